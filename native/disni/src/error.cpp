// SPDX-License-Identifier: Apache-2.0

#include "error.h"

#include <system_error>

namespace paceline {

VerbsError::VerbsError(const std::string &what, int code)
    : std::runtime_error(what + ": " + std::generic_category().message(code) + " (errno " +
                         std::to_string(code) + ")"),
      code_(code)
{
}

}  // namespace paceline
