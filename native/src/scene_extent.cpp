// SPDX-License-Identifier: Apache-2.0
#include "scene_extent.h"

#include <cmath>

#include "error.h"
#include "scene/camera.h"
#include "scene/geometry.h"
#include "scene/light.h"
#include "scene/object.h"
#include "scene/scene.h"

namespace paceline {

namespace {

/* False for what is not a number, too. */
bool within(float value)
{
  return std::fabs(value) <= MAX_COORDINATE;
}

bool within(const ccl::float3 &v)
{
  return within(v.x) && within(v.y) && within(v.z);
}

bool within(const ccl::array<ccl::Transform> &motion)
{
  for (size_t i = 0; i < motion.size(); i++) {
    if (!within_extent(motion[i])) {
      return false;
    }
  }
  return true;
}

bool stays_invertible(const ccl::Object &object)
{
  const ccl::array<ccl::Transform> &motion = object.get_motion();
  for (size_t i = 0; i < motion.size(); i++) {
    if (!invertible(motion[i])) {
      return false;
    }
  }
  return invertible(object.get_tfm());
}

void require(bool within, const std::string &what)
{
  if (!within) {
    throw Error(what + " has a coordinate or size that is not a number or beyond 1e15");
  }
}

std::string numbered(const char *kind, size_t index, const ccl::Node &node)
{
  return std::string(kind) + " " + std::to_string(index) +
         (node.name == node.type->name ? "" : " (" + node.name.string() + ")");
}

bool light_within(const ccl::Light &light)
{
  return within(light.get_co()) && within(light.get_dir()) && within(light.get_size()) &&
         within(light.get_axisu()) && within(light.get_axisv()) && within(light.get_sizeu()) &&
         within(light.get_sizev()) && within_extent(light.get_tfm());
}

}  // namespace

bool within_extent(const ccl::Transform &transform)
{
  const auto *values = reinterpret_cast<const float *>(&transform);
  for (size_t i = 0; i < sizeof(transform) / sizeof(float); i++) {
    if (!within(values[i])) {
      return false;
    }
  }
  return true;
}

bool invertible(const ccl::Transform &transform)
{
  const ccl::float3 x = ccl::transform_get_column(&transform, 0);
  const ccl::float3 y = ccl::transform_get_column(&transform, 1);
  const ccl::float3 z = ccl::transform_get_column(&transform, 2);
  return std::isnormal(ccl::dot(x, ccl::cross(y, z)));
}

void check_extent(const ccl::Scene &scene)
{
  const ccl::Camera &camera = *scene.camera;
  require(within_extent(camera.cameratoworld) && within(camera.get_motion()) &&
              within(camera.get_focaldistance()) && within(camera.get_aperturesize()) &&
              within(camera.get_nearclip()) && within(camera.get_fov()),
          "the camera");
  for (size_t i = 0; i < scene.objects.size(); i++) {
    const ccl::Object &object = *scene.objects[i];
    /* An empty object has infinite bounds; Cycles leaves it out. */
    require(within_extent(object.get_tfm()) && within(object.get_motion()) &&
                (!object.is_traceable() ||
                 (within(object.bounds.min) && within(object.bounds.max))),
            numbered("object", i, object));
    if (object.is_traceable() && object.get_geometry()->is_instanced() && !stays_invertible(object)) {
      throw Error(numbered("object", i, object) +
                  " is an instance that its transform squashes flat (a scale of 0); leave it out");
    }
  }
  for (size_t i = 0; i < scene.lights.size(); i++) {
    require(light_within(*scene.lights[i]), numbered("light", i, *scene.lights[i]));
  }
}

}  // namespace paceline
