// SPDX-License-Identifier: Apache-2.0
#include "host_scene.h"

#include "bvh_description.h"
#include "c_locale.h"
#include "error.h"
#include "image_errors.h"
#include "kernel_level.h"
#include "scene/background.h"
#include "scene/camera.h"
#include "scene/film.h"
#include "scene/integrator.h"
#include "scene/light.h"
#include "scene/mesh.h"
#include "scene/shader.h"
#include "scene/shader_graph.h"
#include "scene/shader_nodes.h"
#include "scene_extent.h"
#include "util/tbb.h"

namespace paceline {

namespace {

/* The size of an image that neither the caller nor the camera gives: that of Cycles' own program. */
constexpr int DEFAULT_WIDTH = 1024, DEFAULT_HEIGHT = 512;
constexpr int MAX_SIDE = 65536;

void check(const SceneSettings &settings)
{
  if (settings.samples < 1 || settings.samples > ccl::Integrator::MAX_SAMPLES) {
    throw Error("samples=" + std::to_string(settings.samples) + " is not in 1.." +
                std::to_string(ccl::Integrator::MAX_SAMPLES));
  }
  for (int side : {settings.width, settings.height}) {
    if (side < 0 || side > MAX_SIDE) {
      throw Error("an image of " + std::to_string(settings.width) + "x" +
                  std::to_string(settings.height) + " pixels can't be rendered");
    }
  }
}

bool has_faces(const ccl::Geometry &geometry)
{
  if (!geometry.is_mesh()) {
    return false;
  }
  const auto &mesh = static_cast<const ccl::Mesh &>(geometry);
  return mesh.num_triangles() > 0 || mesh.get_num_subd_faces() > 0;
}

}  // namespace

HostScene::HostScene(const SceneSettings &settings)
    : settings_(settings), budget_(settings.threads)
{
  check(settings);
  KernelLevel::settle();
  ccl::DeviceInfo info = ccl::Device::available_devices(ccl::DEVICE_MASK_CPU).front();
  info.cpu_threads = budget_.threads();
  if (settings.traced) {
    device_.reset(ccl::Device::create(info, counters_.stats, counters_.profiler));
  }
  else {
    recorder_ = new HostDevice(info, counters_.stats, counters_.profiler);
    device_.reset(recorder_);
  }
  scene_ = std::make_unique<ccl::Scene>(ccl::SceneParams(), device_.get());
  /* What Cycles' XML reader sets; scenes built by calls are to render the same way. */
  scene_->params.bvh_type = ccl::BVH_TYPE_STATIC;
  if (settings.traced) {
    renderer_ = std::make_unique<UnitRenderer>(device_.get(), &scene_->dscene, 1);
  }
}

void HostScene::add(const XmlFindings &findings)
{
  for (const std::string &warning : findings.warnings) {
    add_mistake(warning);
  }
  images_.insert(findings.images.begin(), findings.images.end());
}

void HostScene::add_mistake(const std::string &warning)
{
  warnings_.push_back(warning);
  mistakes_.push_back(warning);
}

void HostScene::read_file(const std::string &path)
{
  add(read_xml_file(scene_.get(), path));
}

void HostScene::read_text(const std::string &xml, const std::string &base)
{
  add(read_xml_text(scene_.get(), xml, base));
}

void HostScene::warn_if_empty()
{
  bool something = scene_->default_background->graph->output()->input("Surface")->link ||
                   scene_->default_background->graph->output()->input("Volume")->link ||
                   !scene_->lights.empty();
  for (const ccl::Geometry *geometry : scene_->geometry) {
    something = something || geometry->is_hair() || geometry->is_pointcloud() || has_faces(*geometry);
  }
  if (!something) {
    add_mistake("nothing to render: the scene has no mesh with faces, no light and no background");
  }
}

/* The loader only knows once it has read all of a file. */
void HostScene::warn_of_damaged_images()
{
  for (const auto &[path, place] : images_) {
    const std::string error = image_error(path);
    if (!error.empty()) {
      add_mistake(place + ": image " + path + " is damaged, what is missing is black: " + error);
    }
  }
  images_.clear();
}

void HostScene::refuse_if_strict() const
{
  if (!settings_.strict || mistakes_.empty()) {
    return;
  }
  std::string all = std::to_string(mistakes_.size()) +
                    (mistakes_.size() == 1 ? " warning" : " warnings") +
                    ", which strict settings make errors:";
  for (const std::string &mistake : mistakes_) {
    all += "\n  " + mistake;
  }
  throw Error(all);
}

void HostScene::prepare_camera()
{
  ccl::Camera *camera = scene_->camera;
  int width = settings_.width, height = settings_.height;
  if (width == 0 || height == 0) {
    width = camera->get_full_width() > 0 ? camera->get_full_width() : DEFAULT_WIDTH;
    height = camera->get_full_height() > 0 ? camera->get_full_height() : DEFAULT_HEIGHT;
  }
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw Error("the camera's " + std::to_string(width) + "x" + std::to_string(height) +
                " pixels are more than " + std::to_string(MAX_SIDE) + " a side");
  }
  camera->set_full_width(width);
  camera->set_full_height(height);
  camera->compute_auto_viewplane();
  camera->set_screen_size(width, height);
  film_.width = film_.full_width = film_.window_width = width;
  film_.height = film_.full_height = film_.window_height = height;
}

void HostScene::prepare_integrator()
{
  ccl::Integrator *integrator = scene_->integrator;
  if (integrator->get_use_adaptive_sampling()) {
    warnings_.push_back("adaptive sampling, which the scene has on, is left out: every pixel gets all " +
                        std::to_string(settings_.samples) + " samples");
    integrator->set_use_adaptive_sampling(false);
  }
  if (integrator->get_use_denoise()) {
    warnings_.push_back("denoising, which the scene has on, is left out");
    integrator->set_use_denoise(false);
  }
  /* Decides which sequence of random numbers all samples are taken from. */
  integrator->set_aa_samples(settings_.samples);
}

void HostScene::prepare_film()
{
  if (!passes_requested_) {
    request_passes(scene_.get(), settings_.passes);
    passes_requested_ = true;
  }
  if (scene_->has_shadow_catcher()) {
    throw Error("the scene has shadow catchers, which are not supported");
  }
  scene_->film->update_passes(scene_.get(), false);
  film_.samples = settings_.samples;
  film_.exposure = scene_->film->get_exposure();
  film_.use_transparent_background = scene_->background->get_transparent();
  film_.update_passes(scene_->passes);
}

void HostScene::update()
{
  prepare_camera();
  prepare_integrator();
  prepare_film();
  if (!updated_) {
    warn_if_empty();
    /* Not after images have been loaded for nothing. */
    refuse_if_strict();
  }
  progress_.reset();
  tbb::task_arena arena(budget_.threads());
  const CLocaleWorkers locale(arena);
  arena.execute([this] {
    scene_->load_kernels(progress_);
    scene_->update(progress_);
  });
  if (progress_.get_error()) {
    throw Error(progress_.get_error_message());
  }
  if (device_->have_error()) {
    throw Error(device_->error_message());
  }
  check_extent(*scene_);
  warn_of_damaged_images();
  refuse_if_strict();
  if (renderer_) {
    renderer_->scene_changed();
  }
  updated_ = true;
}

HostDevice &HostScene::recorder()
{
  if (!recorder_) {
    throw Error("this scene renders on its own device and has no calls for others");
  }
  if (!updated_) {
    throw Error("the scene has not been updated yet");
  }
  return *recorder_;
}

std::vector<HostDevice::Call> HostScene::take_calls()
{
  return recorder().take_calls();
}

std::vector<uint8_t> HostScene::take_bvh()
{
  return recorder().take_bvh_changed() ? describe_bvh(*scene_) : std::vector<uint8_t>();
}

const ccl::BufferParams &HostScene::film() const
{
  if (!updated_) {
    throw Error("the scene has not been updated yet");
  }
  return film_;
}

UnitRenderer &HostScene::renderer()
{
  if (!renderer_ || !updated_) {
    throw Error("only an updated scene that was opened as traced renders by itself");
  }
  return *renderer_;
}

}  // namespace paceline
