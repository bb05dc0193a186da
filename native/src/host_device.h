// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "device/cpu/device_impl.h"
#include "wire.h"

namespace paceline {

/* The device that a scene is built on at the host.
 *
 * It is a full CPU device, because updating a scene evaluates shaders (displacement, the importance map
 * of the background, transparency of hair). On top it remembers everything that is copied to it, so that
 * the same calls can be made on other machines' devices; it never builds a BVH itself. */
class HostDevice : public ccl::CPUDevice {
 public:
  /* One remembered call. Addresses point into the renderer's own memory and stay valid until the next
   * update of the scene. */
  struct Call {
    enum Kind : uint8_t { GLOBAL = 0, TEXTURE = 1, CONSTANT = 2, FREE = 3 };
    Kind kind;
    std::string name;
    std::vector<uint8_t> metadata;
    const void *address;
    size_t length;
  };

  HostDevice(const ccl::DeviceInfo &info, ccl::Stats &stats, ccl::Profiler &profiler);

  void mem_copy_to(ccl::device_memory &memory) override;
  void mem_free(ccl::device_memory &memory) override;
  void const_copy_to(const char *name, void *host, size_t size) override;
  void build_bvh(ccl::BVH *bvh, ccl::Progress &progress, bool refit) override;

  /* The calls that bring a device from the state of the last take to now. */
  std::vector<Call> take_calls();

  /* True if a BVH was to be built since this was last asked. */
  bool take_bvh_changed();

 private:
  struct Buffer {
    Call call;
    bool changed;
  };
  struct Constant {
    std::vector<uint8_t> value;
    bool changed;
  };

  std::mutex mutex_;
  std::map<std::string, Buffer> buffers_;
  std::map<std::string, Constant> constants_;
  /* Names that the other side holds. */
  std::set<std::string> taken_;
  bool bvh_changed_ = false;
};

}  // namespace paceline
