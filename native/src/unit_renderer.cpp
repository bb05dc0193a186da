// SPDX-License-Identifier: Apache-2.0
#include "unit_renderer.h"

#include <cstdint>
#include <cstring>
#include <string>

#include "device/device.h"
#include "error.h"
#include "scene/integrator.h"
#include "scene/scene.h"
#include "session/buffers.h"
#include "util/tbb.h"

namespace paceline {

namespace {

/* A unit of another image would get this one's pixels, or none. */
void check_inside(const Unit &unit, const ccl::KernelCamera &camera)
{
  const auto width = int64_t(camera.width), height = int64_t(camera.height);
  if (unit.x + int64_t(unit.width) > width || unit.y + int64_t(unit.height) > height) {
    throw Error("a work unit of " + std::to_string(unit.width) + "x" +
                std::to_string(unit.height) + " pixels at (" + std::to_string(unit.x) + ", " +
                std::to_string(unit.y) + ") isn't inside the scene's image of " +
                std::to_string(width) + "x" + std::to_string(height));
  }
}

void check(const Unit &unit, int stride, int scene_stride, size_t pass_bytes)
{
  if (stride != scene_stride) {
    throw Error("this scene renders " + std::to_string(scene_stride) +
                " floats per pixel, but a pass with " + std::to_string(stride) + " is wanted");
  }
  const auto pixels = int64_t(unit.width) * unit.height;
  if (unit.x < 0 || unit.y < 0 || unit.width < 1 || unit.height < 1 ||
      unit.x > UnitPieces::MAX_SIDE - unit.width || unit.y > UnitPieces::MAX_SIDE - unit.height) {
    throw Error("a work unit of " + std::to_string(unit.width) + "x" +
                std::to_string(unit.height) + " pixels at (" + std::to_string(unit.x) + ", " +
                std::to_string(unit.y) + ") can't be rendered");
  }
  if (unit.first_sample < 0 || unit.samples < 1 ||
      unit.samples > ccl::Integrator::MAX_SAMPLES - unit.first_sample) {
    throw Error("samples " + std::to_string(unit.first_sample) + " + " +
                std::to_string(unit.samples) + " are not in 0.." +
                std::to_string(ccl::Integrator::MAX_SAMPLES));
  }
  if (uint64_t(pixels) * uint64_t(stride) * sizeof(float) != pass_bytes) {
    throw Error("a work unit of " + std::to_string(pixels) + " pixels with " +
                std::to_string(stride) + " floats each doesn't fill a pass of " +
                std::to_string(pass_bytes) + " bytes");
  }
}

}  // namespace

UnitRenderer::UnitRenderer(ccl::Device *device, ccl::DeviceScene *scene, int threads) : scene_(scene)
{
  for (int i = 0; i < threads; i++) {
    works_.push_back(ccl::PathTraceWork::create(device, nullptr, scene, &cancelled_));
  }
}

void UnitRenderer::scene_changed()
{
  for (const auto &work : works_) {
    work->alloc_work_memory();
    work->init_execution();
  }
}

/* While it lives, cancel() means the render that is running. */
class UnitRenderer::Running {
 public:
  explicit Running(UnitRenderer *renderer) : renderer_(renderer)
  {
    const std::lock_guard<std::mutex> lock(renderer_->mutex_);
    renderer_->rendering_ = true;
    __atomic_store_n(&renderer_->cancelled_, false, __ATOMIC_RELAXED);
  }

  ~Running()
  {
    const std::lock_guard<std::mutex> lock(renderer_->mutex_);
    renderer_->rendering_ = false;
  }

  Running(const Running &) = delete;
  Running &operator=(const Running &) = delete;

 private:
  UnitRenderer *renderer_;
};

bool UnitRenderer::render(const Unit &unit, int stride, float *pass, size_t pass_bytes)
{
  check(unit, stride, scene_->data.film.pass_stride, pass_bytes);
  check_inside(unit, scene_->data.cam);
  const Running running(this);
  const auto threads = int(works_.size());
  UnitPieces pieces(unit, threads);
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(
        0,
        threads,
        [&](int i) { render_pieces(works_[i].get(), &pieces, unit, stride, pass); },
        tbb::simple_partitioner());
  });

  return !__atomic_load_n(&cancelled_, __ATOMIC_RELAXED);
}

void UnitRenderer::render_pieces(
    ccl::PathTraceWork *work, UnitPieces *pieces, const Unit &unit, int stride, float *pass)
{
  Unit piece;
  while (!__atomic_load_n(&cancelled_, __ATOMIC_RELAXED) && pieces->take(piece)) {
    ccl::BufferParams params;
    params.width = params.window_width = piece.width;
    params.height = params.window_height = piece.height;
    params.full_x = piece.x;
    params.full_y = piece.y;
    params.full_width = int(scene_->data.cam.width);
    params.full_height = int(scene_->data.cam.height);
    params.pass_stride = stride;
    params.update_offset_stride();
    work->set_effective_buffer_params(params, params, params);
    work->get_render_buffers()->reset(params);
    work->zero_render_buffers();

    ccl::PathTraceWork::RenderStatistics statistics;
    /* With a sample-count pass the kernel takes what that pass has counted plus the offset; without
     * one it takes the start sample and ignores the offset. Giving both is right in either case. */
    work->render_samples(statistics, piece.first_sample, piece.samples, piece.first_sample);
    work->copy_render_buffers_from_device();

    /* A piece is as wide as the unit or one row high, so its pixels are together in the pass. */
    const size_t before = size_t(piece.y - unit.y) * unit.width + size_t(piece.x - unit.x);
    const size_t pixels = size_t(piece.width) * piece.height;
    std::memcpy(pass + before * stride,
                work->get_render_buffers()->buffer.data(),
                pixels * stride * sizeof(float));
  }
}

void UnitRenderer::cancel()
{
  const std::lock_guard<std::mutex> lock(mutex_);
  if (rendering_) {
    __atomic_store_n(&cancelled_, true, __ATOMIC_RELAXED);
  }
}

}  // namespace paceline
