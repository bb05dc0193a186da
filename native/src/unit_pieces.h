// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>

namespace paceline {

/* Pixels of the whole picture, and which of their samples. */
struct Unit {
  int x, y, width, height;
  int first_sample, samples;
};

/* Cuts a unit into rectangles for threads that take one after another: large ones first, then ever smaller
 * ones, so that they are few and all threads end together (guided self-scheduling, Polychronopoulos and
 * Kuck 1987). Any thread may take. */
class UnitPieces {
 public:
  /* Of the whole picture. */
  static constexpr int MAX_SIDE = 1 << 16;

  /* One thread gets the whole unit, unless Cycles' pixel index can't reach so far: in a picture of many
   * billions of pixels pieces become narrower. */
  UnitPieces(const Unit &unit, int threads);

  /* False if there is none left. */
  bool take(Unit &piece);

 private:
  const Unit unit_;
  const int threads_;
  std::mutex mutex_;
  int64_t taken_ = 0;
};

}  // namespace paceline
