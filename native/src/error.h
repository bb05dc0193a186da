// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace paceline {

/* What went wrong, with which value, what to do. Crosses JNI as CyclesException. */
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace paceline
