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

/* Turns one pass of a film into pixels with Cycles' own pass accessor: sums divided by samples, exposure
 * applied, lowest y first, each pixel's components together. */
std::vector<float> read_pass(const ccl::BufferParams &params,
                             const FilmView &film,
                             const std::string &name);

}  // namespace paceline
