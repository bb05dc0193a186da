// SPDX-License-Identifier: Apache-2.0
#include "host_device.h"

#include <cstring>

#include "buffer_meta.h"

namespace paceline {

HostDevice::HostDevice(const ccl::DeviceInfo &info, ccl::Stats &stats, ccl::Profiler &profiler)
    : ccl::CPUDevice(info, stats, profiler)
{
}

void HostDevice::mem_copy_to(ccl::device_memory &memory)
{
  CPUDevice::mem_copy_to(memory);
  /* The rest is scratch of shader evaluation; texture_info holds addresses of this process and is made
   * anew by every device from the textures it gets. */
  const bool scene_data = memory.type == ccl::MEM_GLOBAL || memory.type == ccl::MEM_TEXTURE;
  if (!scene_data || &memory == &texture_info) {
    return;
  }
  Call call = {memory.type == ccl::MEM_GLOBAL ? Call::GLOBAL : Call::TEXTURE,
               memory.name,
               BufferMeta::of(memory).encode(),
               memory.host_pointer,
               memory.memory_size()};
  const std::lock_guard<std::mutex> lock(mutex_);
  buffers_[memory.name] = {std::move(call), true};
}

void HostDevice::mem_free(ccl::device_memory &memory)
{
  CPUDevice::mem_free(memory);
  if (memory.type == ccl::MEM_GLOBAL || memory.type == ccl::MEM_TEXTURE) {
    const std::lock_guard<std::mutex> lock(mutex_);
    buffers_.erase(memory.name);
  }
}

void HostDevice::const_copy_to(const char *name, void *host, size_t size)
{
  CPUDevice::const_copy_to(name, host, size);
  const auto *bytes = static_cast<const uint8_t *>(host);
  const std::lock_guard<std::mutex> lock(mutex_);
  Constant &constant = constants_[name];
  std::vector<uint8_t> value(bytes, bytes + size);
  constant.changed |= constant.value != value;
  constant.value = std::move(value);
}

void HostDevice::build_bvh(ccl::BVH *, ccl::Progress &, bool)
{
  /* Geometry BVHs are built from several threads. */
  const std::lock_guard<std::mutex> lock(mutex_);
  bvh_changed_ = true;
}

std::vector<HostDevice::Call> HostDevice::take_calls()
{
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Call> calls;
  for (auto it = taken_.begin(); it != taken_.end();) {
    if (buffers_.count(*it) == 0) {
      calls.push_back({Call::FREE, *it, {}, nullptr, 0});
      it = taken_.erase(it);
    }
    else {
      ++it;
    }
  }
  for (auto &[name, buffer] : buffers_) {
    if (buffer.changed) {
      calls.push_back(buffer.call);
      buffer.changed = false;
      taken_.insert(name);
    }
  }
  for (auto &[name, constant] : constants_) {
    if (constant.changed) {
      calls.push_back({Call::CONSTANT, name, {}, constant.value.data(), constant.value.size()});
      constant.changed = false;
    }
  }
  return calls;
}

bool HostDevice::take_bvh_changed()
{
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool changed = bvh_changed_;
  bvh_changed_ = false;
  return changed;
}

}  // namespace paceline
