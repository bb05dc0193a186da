// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "integrator/path_trace_work.h"

namespace ccl {
class Device;
class DeviceScene;
}  // namespace ccl

namespace paceline {

struct Unit {
  int x, y, width, height;
  int first_sample, samples;
};

/* Renders work units through Cycles' PathTraceWork, which carries GPU devices as well as CPU ones. One
 * thread renders; any may cancel. */
class UnitRenderer {
 public:
  UnitRenderer(ccl::Device *device, ccl::DeviceScene *scene);

  /* To be called after any change of the scene. */
  void scene_changed();

  /* Renders from zero and writes width * height * stride floats to `pass`. False if cancelled. */
  bool render(const Unit &unit, int stride, float *pass, size_t pass_bytes);

  /* Without a render running this does nothing. */
  void cancel();

 private:
  ccl::DeviceScene *scene_;
  std::mutex mutex_;
  bool rendering_ = false;
  /* PathTraceWork polls a plain bool at every sample of every pixel. */
  bool cancelled_ = false;
  ccl::unique_ptr<ccl::PathTraceWork> work_;
};

}  // namespace paceline
