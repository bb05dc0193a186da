// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "embree_memory.h"
#include "util/profiling.h"

namespace paceline {

/* Cycles' devices keep references to both and use them until their destructor ends, so they must be
 * owned by something that outlives the device: an earlier member, or an earlier base of a subclass. */
struct DeviceCounters {
  EmbreeMemory stats;
  ccl::Profiler profiler;
};

}  // namespace paceline
