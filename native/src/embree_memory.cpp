// SPDX-License-Identifier: Apache-2.0
#include "embree_memory.h"

#include <embree3/rtcore.h>

#include "error.h"

namespace paceline {

namespace {

/* Cycles writes to a geometry's new buffers without a look whether there are any. */
thread_local bool unlimited = false;

}  // namespace

bool EmbreeMemory::add(int64_t bytes, bool is_there)
{
  const int64_t now = used_ += bytes;
  if (bytes <= 0 || now <= most_ || unlimited) {
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

void *__real_rtcSetNewGeometryBuffer(RTCGeometry geometry,
                                     RTCBufferType type,
                                     unsigned int slot,
                                     RTCFormat format,
                                     size_t stride,
                                     size_t count);

void *__wrap_rtcSetNewGeometryBuffer(RTCGeometry geometry,
                                     RTCBufferType type,
                                     unsigned int slot,
                                     RTCFormat format,
                                     size_t stride,
                                     size_t count)
{
  paceline::unlimited = true;
  void *buffer = __real_rtcSetNewGeometryBuffer(geometry, type, slot, format, stride, count);
  paceline::unlimited = false;
  if (!buffer && count > 0) {
    throw paceline::Error("this machine has no memory left for the scene's BVH");
  }
  return buffer;
}

/* In place of Cycles' own function, which only counts (the linker's --wrap). */
void __wrap_rtcSetDeviceMemoryMonitorFunction(RTCDevice device,
                                              RTCMemoryMonitorFunction,
                                              void *statistics)
{
  __real_rtcSetDeviceMemoryMonitorFunction(device, paceline::monitor, statistics);
}

}  // extern "C"
