// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "util/profiling.h"
#include "util/stats.h"

namespace paceline {

/* Cycles' devices keep references to both and use them until their destructor ends, so they must be
 * owned by something that outlives the device: an earlier member, or an earlier base of a subclass. */
struct DeviceCounters {
  ccl::Stats stats;
  ccl::Profiler profiler;
};

}  // namespace paceline
