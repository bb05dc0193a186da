// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace paceline {

/* Why an image file's pixels could not all be read when Cycles last loaded them; empty if they could. */
std::string image_error(const std::string &path);

}  // namespace paceline
