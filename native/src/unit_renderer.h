// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "integrator/path_trace_work.h"
#include "unit_pieces.h"

namespace ccl {
class Device;
class DeviceScene;
}  // namespace ccl

namespace paceline {

/* Renders work units through Cycles' PathTraceWork, which carries GPU devices as well as CPU ones. One
 * thread renders; any may cancel. */
class UnitRenderer {
 public:
  /* Cycles cuts a work into eight parts per thread of its device, and leaves threads without anything to
   * do while the last parts are rendered: up to a tenth of a unit's time. So a CPU device has one thread
   * for Cycles here, and `threads` works at once. */
  UnitRenderer(ccl::Device *device, ccl::DeviceScene *scene, int threads);

  /* To be called after any change of the scene. */
  void scene_changed();

  /* Renders from zero and writes width * height * stride floats to `pass`. False if cancelled. */
  bool render(const Unit &unit, int stride, float *pass, size_t pass_bytes);

  /* Without a render running this does nothing. */
  void cancel();

 private:
  class Running;

  void render_pieces(
      ccl::PathTraceWork *work, UnitPieces *pieces, const Unit &unit, int stride, float *pass);

  ccl::DeviceScene *scene_;
  std::mutex mutex_;
  bool rendering_ = false;
  /* PathTraceWork polls a plain bool at every sample of every pixel. */
  bool cancelled_ = false;
  std::vector<ccl::unique_ptr<ccl::PathTraceWork>> works_;
};

}  // namespace paceline
