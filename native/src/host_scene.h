// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device_counters.h"
#include "film_passes.h"
#include "film_pixels.h"
#include "host_device.h"
#include "scene/scene.h"
#include "session/buffers.h"
#include "thread_budget.h"
#include "unit_renderer.h"
#include "util/progress.h"
#include "xml_reader.h"

namespace paceline {

struct SceneSettings {
  /* 0 takes the scene's own camera size. */
  int width = 0, height = 0;
  int samples = 1;
  /* For updating the scene; 0 takes all cores. */
  int threads = 0;
  /* Builds a BVH of its own and can render; such a scene has no calls to take. */
  bool traced = false;
  std::vector<std::string> passes;
  /* What would be a warning of the scene's files is an error. */
  bool strict = false;
};

/* A Cycles scene with its device, prepared for a render the way that Cycles' own session does it. */
class HostScene {
 public:
  explicit HostScene(const SceneSettings &settings);

  /* To be filled before the first update and edited between updates. */
  ccl::Scene *scene()
  {
    return scene_.get();
  }

  void read_file(const std::string &path);
  void read_text(const std::string &xml, const std::string &base);

  /* Brings the device up to date with the scene. Addresses of earlier calls become invalid. */
  void update();

  /* The device calls since they were last taken. */
  std::vector<HostDevice::Call> take_calls();

  /* The description of all BVHs if one was to be built since this was last asked, else nothing. */
  std::vector<uint8_t> take_bvh();

  /* After the first update. */
  const ccl::BufferParams &film() const;

  const std::vector<std::string> &warnings() const
  {
    return warnings_;
  }

  /* Of a traced scene only. */
  UnitRenderer &renderer();

 private:
  HostDevice &recorder();
  void add(const XmlFindings &findings);
  void add_mistake(const std::string &warning);
  void warn_if_empty();
  void warn_of_damaged_images();
  void refuse_if_strict() const;
  void prepare_camera();
  void prepare_integrator();
  void prepare_film();

  SceneSettings settings_;
  ThreadBudget budget_;
  DeviceCounters counters_;
  std::unique_ptr<ccl::Device> device_;
  /* The same device; null for a traced scene. */
  HostDevice *recorder_ = nullptr;
  std::unique_ptr<ccl::Scene> scene_;
  std::unique_ptr<UnitRenderer> renderer_;
  ccl::Progress progress_;
  ccl::BufferParams film_;
  std::vector<std::string> warnings_;
  /* Those of them that the scene's author would want to know of. */
  std::vector<std::string> mistakes_;
  ImagePlaces images_;
  bool passes_requested_ = false;
  bool updated_ = false;
};

}  // namespace paceline
