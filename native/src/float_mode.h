// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <xmmintrin.h>

namespace paceline {

/* Cycles and Embree switch denormals off for whichever thread calls them and leave it so. Here that
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

  /* The mode that Cycles renders in. TBB hands it on to the threads of every arena made from here. */
  static void flush_denormals()
  {
    constexpr unsigned FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040;
    _mm_setcsr(_mm_getcsr() | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
  }

 private:
  unsigned saved_;
};

}  // namespace paceline
