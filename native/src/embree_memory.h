// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "util/stats.h"

namespace paceline {

/* Counts what Embree has allocated for one of Cycles' devices, and sets it a limit. Cycles gives Embree its
 * statistics to count in whenever it builds, so this is such statistics, too. From any thread. */
class EmbreeMemory : public ccl::Stats {
 public:
  int64_t used() const
  {
    return used_;
  }

  void limit(int64_t most)
  {
    most_ = most;
  }

  /* False if that is too much. What is there already counts until it is freed. */
  bool add(int64_t bytes, bool is_there);

 private:
  std::atomic<int64_t> used_{0}, most_{INT64_MAX};
};

}  // namespace paceline
