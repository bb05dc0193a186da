// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bvh_description.h"
#include "buffer_meta.h"
#include "device/cpu/device_impl.h"
#include "device_counters.h"
#include "scene/scene.h"
#include "scene_check.h"
#include "thread_budget.h"
#include "unit_renderer.h"

namespace paceline {

/* A CPU device that renders a scene which was built elsewhere. The buffers stay where the caller has them:
 * the kernels read them in place. All calls from one thread, but cancel from any. */
class WorkerDevice : private DeviceCounters, public ccl::CPUDevice {
 public:
  static std::unique_ptr<WorkerDevice> open(int threads, const std::string &kernel_level);
  ~WorkerDevice() noexcept(false) override;

  void attach(const std::string &name,
              const void *metadata,
              size_t metadata_length,
              void *address,
              size_t length);
  void detach(const std::string &name);
  void set_constant(const std::string &name, const void *value, size_t length);
  void describe_bvh(const void *description, size_t length);

  /* Makes what was attached, described and set the scene to render. */
  void commit();

  bool render(const Unit &unit, int stride, float *pass, size_t pass_bytes);
  void cancel();
  void reset();

  /* What Embree holds; the most that it may hold. */
  int64_t held_bytes() const;
  void limit_bytes(int64_t most);

  std::string description() const;

  /* The kernels' instruction set; Embree's beside it, where that goes further. */
  std::string kernels() const;

 private:
  class Attached;

  WorkerDevice(const ccl::DeviceInfo &info, std::unique_ptr<ThreadBudget> budget);

  void changed();
  BufferView find(const std::string &name) const;
  template<typename Work> void in_arena(Work work);

  std::unique_ptr<ThreadBudget> budget_;
  ccl::DeviceScene scene_;
  std::map<std::string, std::unique_ptr<Attached>> attached_;
  std::vector<uint8_t> kernel_data_;
  BuiltBvh bvh_;
  UnitRenderer renderer_;
  SceneCheck check_;
  bool arrays_checked_ = false;
  bool ready_ = false;
  int64_t most_bytes_ = INT64_MAX;
};

}  // namespace paceline
