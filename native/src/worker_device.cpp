// SPDX-License-Identifier: Apache-2.0
#include "worker_device.h"

#include <cstring>

#include "error.h"
#include "kernel_level.h"
#include "scene_extent.h"
#include "util/system.h"
#include "util/tbb.h"

namespace paceline {

/* Binds a piece of the caller's memory as one of Cycles' device memories, without owning it. */
class WorkerDevice::Attached {
 public:
  Attached(WorkerDevice *device,
           const std::string &name,
           const BufferMeta &meta,
           void *address,
           size_t length)
      : device_(device), name_(name), view_{address, length}
  {
    if (meta.memory == ccl::MEM_TEXTURE) {
      texture_ = std::make_unique<ccl::device_texture>(
          device,
          name_.c_str(),
          meta.slot,
          ccl::ImageDataType(meta.texture.data_type),
          ccl::InterpolationType(meta.texture.interpolation),
          ccl::ExtensionType(meta.texture.extension));
      texture_->info = meta.texture;
      memory_ = texture_.get();
    }
    else {
      global_ = std::make_unique<Global>(device, name_.c_str());
      memory_ = global_.get();
    }
    memory_->data_type = meta.data_type;
    memory_->data_elements = int(meta.elements);
    memory_->data_size = meta.size;
    memory_->data_width = meta.width;
    memory_->data_height = meta.height;
    memory_->data_depth = meta.depth;
    memory_->host_pointer = address;
    device->mem_copy_to(*memory_);
  }

  ~Attached()
  {
    device_->mem_free(*memory_);
    /* Cycles leaves the kernels' pointers as they were; these regions may be gone soon. */
    if (texture_) {
      device_->texture_info[texture_->slot] = ccl::TextureInfo();
    }
    else {
      ccl::kernel_global_memory_copy(&device_->kernel_globals, name_.c_str(), nullptr, 0);
    }
    memory_->host_pointer = nullptr;
  }

  const BufferView &view() const
  {
    return view_;
  }

 private:
  struct Global : public ccl::device_memory {
    Global(ccl::Device *device, const char *name)
        : ccl::device_memory(device, name, ccl::MEM_GLOBAL)
    {
    }
  };

  WorkerDevice *device_;
  const std::string name_;
  const BufferView view_;
  std::unique_ptr<ccl::device_texture> texture_;
  std::unique_ptr<Global> global_;
  ccl::device_memory *memory_;
};

std::unique_ptr<WorkerDevice> WorkerDevice::open(int threads, const std::string &kernel_level)
{
  KernelLevel::choose(kernel_level);
  auto budget = std::make_unique<ThreadBudget>(threads);
  ccl::DeviceInfo info = ccl::Device::available_devices(ccl::DEVICE_MASK_CPU).front();
  info.cpu_threads = 1;
  return std::unique_ptr<WorkerDevice>(new WorkerDevice(info, std::move(budget)));
}

WorkerDevice::WorkerDevice(const ccl::DeviceInfo &info, std::unique_ptr<ThreadBudget> budget)
    : ccl::CPUDevice(info, DeviceCounters::stats, DeviceCounters::profiler),
      budget_(std::move(budget)),
      scene_(this),
      renderer_(this, &scene_, budget_->threads())
{
  /* Cycles lets Embree choose its instruction set by CPU alone. */
  rtcReleaseDevice(embree_device);
  embree_device = rtcNewDevice(KernelLevel::embree_config().c_str());
  if (!embree_device) {
    throw Error("Embree doesn't start with " + KernelLevel::embree_config());
  }
}

WorkerDevice::~WorkerDevice() noexcept(false)
{
  bvh_.clear();
}

template<typename Work> void WorkerDevice::in_arena(Work work)
{
  tbb::task_arena arena(budget_->threads());
  arena.execute(work);
}

void WorkerDevice::changed()
{
  ready_ = false;
  arrays_checked_ = false;
}

BufferView WorkerDevice::find(const std::string &name) const
{
  const auto found = attached_.find(name);
  return found == attached_.end() ? BufferView() : found->second->view();
}

void WorkerDevice::attach(const std::string &name,
                          const void *metadata,
                          size_t metadata_length,
                          void *address,
                          size_t length)
{
  if (reinterpret_cast<uintptr_t>(address) % MIN_ALIGNMENT_CPU_DATA_TYPES != 0) {
    throw Error("scene buffer " + name + " is not aligned to " +
                std::to_string(MIN_ALIGNMENT_CPU_DATA_TYPES) + " bytes");
  }
  const BufferMeta meta = BufferMeta::decode(name, metadata, metadata_length, length);
  changed();
  attached_.erase(name);
  attached_[name] = std::make_unique<Attached>(this, name, meta, address, length);
}

void WorkerDevice::detach(const std::string &name)
{
  changed();
  attached_.erase(name);
}

void WorkerDevice::set_constant(const std::string &name, const void *value, size_t length)
{
  if (name != "data" || length != sizeof(ccl::KernelData)) {
    throw Error("constant " + name + " of " + std::to_string(length) +
                " bytes; Cycles has one, data, of " + std::to_string(sizeof(ccl::KernelData)));
  }
  const auto *bytes = static_cast<const uint8_t *>(value);
  ready_ = false;
  kernel_data_.assign(bytes, bytes + length);
}

void WorkerDevice::describe_bvh(const void *description, size_t length)
{
  changed();
  /* The old one goes first: two at once might not fit. */
  embree_scene = nullptr;
  bvh_.clear();
  rtcGetDeviceError(embree_device);
  in_arena([&] {
    bvh_ = BuiltBvh::build(
        this, description, length, [this](const std::string &name) { return find(name); });
  });
  const RTCError error = rtcGetDeviceError(embree_device);
  if (error != RTC_ERROR_NONE) {
    embree_scene = nullptr;
    bvh_.clear();
    throw Error(error == RTC_ERROR_OUT_OF_MEMORY ?
                    "the scene's BVH needs more than the " + std::to_string(most_bytes_ >> 20) +
                        " MiB that are left for it; raise worker --memory" :
                    "Embree can't build the BVH, error " + std::to_string(error));
  }
}

void WorkerDevice::commit()
{
  if (kernel_data_.empty()) {
    throw Error("the scene has no constant \"data\"");
  }
  if (!embree_scene) {
    throw Error("the scene has no BVH description");
  }
  /* const_copy_to writes this device's BVH handle into what it is given. */
  ccl::KernelData data;
  std::memcpy(static_cast<void *>(&data), kernel_data_.data(), sizeof(data));
  const auto buffers = [this](const std::string &name) { return find(name); };
  if (!arrays_checked_) {
    check_.check_arrays(buffers, bvh_.content, texture_info.size());
    arrays_checked_ = true;
  }
  check_.check_data(data, buffers);
  if (!within_extent(data.cam.cameratoworld)) {
    throw Error("the scene's camera is not finite or too far out");
  }
  const_copy_to("data", &data, sizeof(data));
  scene_.data = data;
  renderer_.scene_changed();
  ready_ = true;
}

bool WorkerDevice::render(const Unit &unit, int stride, float *pass, size_t pass_bytes)
{
  if (!ready_) {
    throw Error("no scene is committed");
  }
  return renderer_.render(unit, stride, pass, pass_bytes);
}

void WorkerDevice::cancel()
{
  renderer_.cancel();
}

void WorkerDevice::reset()
{
  changed();
  embree_scene = nullptr;
  bvh_.clear();
  attached_.clear();
  kernel_data_.clear();
}

int64_t WorkerDevice::held_bytes() const
{
  return DeviceCounters::stats.used();
}

void WorkerDevice::limit_bytes(int64_t most)
{
  most_bytes_ = most;
  DeviceCounters::stats.limit(most);
}

std::string WorkerDevice::kernels() const
{
  const bool avx512 = rtcGetDeviceProperty(embree_device,
                                           RTC_DEVICE_PROPERTY_NATIVE_RAY16_SUPPORTED) != 0;
  return KernelLevel::chosen() + (avx512 ? "+avx512" : "");
}

std::string WorkerDevice::description() const
{
  return "Cycles on " + ccl::system_cpu_brand_string() + ", " + kernels() + ", " +
         std::to_string(budget_->threads()) + (budget_->threads() == 1 ? " thread" : " threads");
}

}  // namespace paceline
