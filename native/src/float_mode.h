// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <xmmintrin.h>

namespace paceline {

/* Cycles switches denormals off for whichever thread creates an Embree BVH and leaves it so. Here that
 * thread belongs to the JVM, whose arithmetic must not change: each native call restores the mode. */
class FloatModeScope {
 public:
  FloatModeScope() : saved_(_mm_getcsr())
  {
  }
  ~FloatModeScope()
  {
    _mm_setcsr(saved_);
  }
  FloatModeScope(const FloatModeScope &) = delete;
  FloatModeScope &operator=(const FloatModeScope &) = delete;

 private:
  unsigned saved_;
};

}  // namespace paceline
