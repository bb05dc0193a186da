// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "film_pixels.h"

namespace ccl {
class Scene;
}

namespace paceline {

struct ImageRequest {
  /* Passes of the film. */
  std::vector<std::string> passes;
  /* Its extension is the format. */
  std::string file_name;
  /* The view layer whose name channels begin with; empty for none. */
  std::string layer;
};

/* Encodes passes as an image file, top row first.
 *
 * Returns the descriptor of a file in memory, which the caller closes: OpenImageIO's writers don't report
 * every failure of a disk, so none is involved. */
int encode_image(const ccl::Scene &scene,
                 const ccl::BufferParams &params,
                 const FilmView &film,
                 const ImageRequest &request);

}  // namespace paceline
