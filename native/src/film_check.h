// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ccl {
struct KernelData;
}

namespace paceline {

/* Checks that the kernels write a pixel's passes inside the pixel. */
class FilmCheck {
 public:
  static constexpr int MAX_STRIDE = 1024;

  /* Throws Error, naming the pass. */
  static void check(const ccl::KernelData &data);

  /* For each group that a light, an object or the background names. */
  static void check_light_group(const ccl::KernelData &data, int group);
};

}  // namespace paceline
