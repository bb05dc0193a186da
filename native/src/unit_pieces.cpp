// SPDX-License-Identifier: Apache-2.0
#include "unit_pieces.h"

#include <algorithm>

namespace paceline {

namespace {

/* Fewer cost more to set up than they save. */
const int64_t FEWEST_PIXELS = 16;

/* Cycles has a buffer begin at -(x + y * width), and indexes it from there with int. */
bool within_index(const Unit &unit)
{
  return unit.x + (int64_t(unit.y) + unit.height) * unit.width <= INT32_MAX;
}

int64_t widest_row(const Unit &row)
{
  return (INT32_MAX - int64_t(row.x)) / (int64_t(row.y) + 1);
}

}  // namespace

UnitPieces::UnitPieces(const Unit &unit, int threads) : unit_(unit), threads_(threads) {}

bool UnitPieces::take(Unit &piece)
{
  const std::lock_guard<std::mutex> lock(mutex_);
  const int64_t left = int64_t(unit_.width) * unit_.height - taken_;
  if (left == 0) {
    return false;
  }
  const int64_t pixels = threads_ == 1 ? left : std::max(FEWEST_PIXELS, left / (2 * threads_));
  const int column = int(taken_ % unit_.width);
  piece = unit_;
  piece.x += column;
  piece.y += int(taken_ / unit_.width);
  if (column == 0 && pixels >= unit_.width && within_index(unit_)) {
    piece.height = int(std::min(pixels, left) / unit_.width);
  }
  else {
    piece.height = 1;
    piece.width = int(std::min<int64_t>({pixels, unit_.width - column, widest_row(piece)}));
  }
  taken_ += int64_t(piece.width) * piece.height;
  return true;
}

}  // namespace paceline
