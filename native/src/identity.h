// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace paceline {

/* What host and worker must have in common for one's bytes to mean the same to the other. */
struct Identity {
  std::string renderer, version, abi;

  static Identity of_this_build();
};

}  // namespace paceline
