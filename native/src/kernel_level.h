// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace paceline {

/* The instruction set that Cycles' kernels and Embree may use.
 *
 * Cycles picks its kernels once per process, so the first choice stands: a later request for another
 * level throws. Workers with different CPUs give bit-identical pixels only at a common level. */
class KernelLevel {
 public:
  /* `name` is auto, avx2, avx, sse41, sse3 or sse2; auto is the best that this CPU has. */
  static void choose(const std::string &name);

  /* For callers that take whatever was chosen, and auto when nothing was. */
  static void settle();

  /* What auto resolved to, or the chosen level. */
  static std::string chosen();

  /* The settings string for rtcNewDevice. */
  static std::string embree_config();

  /* The highest level that this CPU can run. */
  static std::string best();
};

}  // namespace paceline
