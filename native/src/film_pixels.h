// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "session/buffers.h"

namespace paceline {

/* A merged film, in the caller's memory: rows of pixels from the lowest y up. Not changed here. */
struct FilmView {
  float *data;
  size_t bytes;
  /* Samples that every pixel has. */
  int samples;
};

/* Pixels as an image file holds them: sums divided by samples, exposure applied. */
struct PassPixels {
  std::vector<std::string> channels;
  /* width * height * channels.size() floats, lowest y first. */
  std::vector<float> values;
};

/* Turns one pass of a film into pixels with Cycles' own pass accessor. */
PassPixels read_pass(const ccl::BufferParams &params, const FilmView &film, const std::string &name);

/* Writes passes into one image file whose format is that of the path's extension, top row first. A single
 * pass has plain channel names (R, G, B, A); of several, all but the combined one have NAME.CHANNEL. */
void write_image(const ccl::BufferParams &params,
                 const FilmView &film,
                 const std::vector<std::string> &names,
                 const std::string &path);

}  // namespace paceline
