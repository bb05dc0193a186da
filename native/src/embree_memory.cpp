// SPDX-License-Identifier: Apache-2.0
#include "embree_memory.h"

#include <embree3/rtcore.h>

namespace paceline {

bool EmbreeMemory::add(int64_t bytes, bool is_there)
{
  const int64_t now = used_ += bytes;
  if (bytes <= 0 || now <= most_) {
    return true;
  }
  if (!is_there) {
    used_ -= bytes;
  }
  return false;
}

namespace {

bool monitor(void *statistics, ssize_t bytes, bool post)
{
  return static_cast<EmbreeMemory *>(static_cast<ccl::Stats *>(statistics))->add(bytes, post);
}

}  // namespace

}  // namespace paceline

extern "C" {

void __real_rtcSetDeviceMemoryMonitorFunction(RTCDevice device,
                                              RTCMemoryMonitorFunction function,
                                              void *statistics);

/* In place of Cycles' own function, which only counts (the linker's --wrap). */
void __wrap_rtcSetDeviceMemoryMonitorFunction(RTCDevice device,
                                              RTCMemoryMonitorFunction,
                                              void *statistics)
{
  __real_rtcSetDeviceMemoryMonitorFunction(device, paceline::monitor, statistics);
}

}  // extern "C"
