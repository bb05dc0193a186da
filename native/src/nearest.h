// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace paceline {

/* What somebody who wrote `name` may have meant, as the end of a sentence: the nearest of the names that exist, or all
 * if they are few. Empty if there is nothing to say. */
std::string suggestion(const std::string &name, const std::vector<std::string> &existing);

}  // namespace paceline
