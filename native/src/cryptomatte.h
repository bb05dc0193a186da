// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "session/buffers.h"

namespace ccl {
class Scene;
}

namespace paceline {

/* What an image file tells of a cryptomatte layer besides its pixels, so that a matte can be had by name.
 * https://github.com/Psyop/Cryptomatte/blob/master/specification/cryptomatte_specification.pdf */
struct CryptomatteAttribute {
  std::string key, value;
};

/* Of the layer that a pass (CryptoObject00 ...) is the first of; `layer` is the file's name for the view
 * layer, or empty. */
std::vector<CryptomatteAttribute> cryptomatte_attributes(const ccl::Scene &scene,
                                                         const ccl::BufferPass &first,
                                                         const std::string &layer);

/* Brings each pixel's (id, weight) pairs into the order of falling weights; the film has them as they came. */
void sort_cryptomatte(std::vector<float> &values, int components);

}  // namespace paceline
