// SPDX-License-Identifier: Apache-2.0
#include "scene_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "attribute_check.h"
#include "bvh_format.h"
#include "error.h"
#include "film_check.h"
#include "scene_array.h"

// clang-format off
#include "kernel/device/cpu/compat.h"
#include "kernel/device/cpu/globals.h"
// clang-format on

namespace paceline {

namespace {

using ccl::KernelData;

constexpr uint64_t BECKMANN_TABLE_FLOATS = 256 * 256;

[[noreturn]] void refuse(const std::string &why)
{
  throw Error("the scene: " + why);
}

void require_range(const char *what, int64_t value, int64_t least, int64_t most)
{
  if (value < least || value > most) {
    refuse(std::string(what) + "=" + std::to_string(value) + " is not in " +
           std::to_string(least) + ".." + std::to_string(most));
  }
}

void require_time(const char *what, float value)
{
  if (!(value >= 0.0f && value <= 1.0f)) {
    refuse(std::string(what) + " is " + std::to_string(value) + ", not in 0..1");
  }
}

/* In loops over millions the text is made only when it is needed. */
[[noreturn]] void refuse_element(const char *array, size_t index, const char *what)
{
  refuse("element " + std::to_string(index) + " of " + array + " has " + what);
}

void check_tables(const KernelData &data, const BufferLookup &buffers)
{
  const SceneArray<float> lookup(buffers, "lookup_table");
  lookup.require(data.tables.filter_table_offset, FILTER_TABLE_SIZE);
  if (data.tables.beckmann_offset != 0 || lookup.size() > 0) {
    lookup.require(data.tables.beckmann_offset, BECKMANN_TABLE_FLOATS);
  }
  if (data.cam.shuttertime != -1.0f) {
    /* Times choose motion steps. */
    lookup.require(data.cam.shutter_table_offset, SHUTTER_TABLE_SIZE);
    for (int i = 0; i < SHUTTER_TABLE_SIZE; i++) {
      require_time("a time of the shutter", lookup[size_t(data.cam.shutter_table_offset) + i]);
    }
    require_time("the rolling shutter's duration", data.cam.rolling_shutter_duration);
  }
  if (data.integrator.sampling_pattern != ccl::SAMPLING_PATTERN_SOBOL_BURLEY) {
    const int sequence = data.integrator.pmj_sequence_size;
    require_range("pmj_sequence_size", sequence, 1, MAX_PMJ_SAMPLES);
    if ((sequence & (sequence - 1)) != 0) {
      refuse("pmj_sequence_size=" + std::to_string(sequence) + " is no power of two");
    }
    SceneArray<float>(buffers, "sample_pattern_lut")
        .require(0, int64_t(sequence) * NUM_PMJ_PATTERNS * NUM_PMJ_DIMENSIONS);
  }
}

void check_camera(const KernelData &data, const BufferLookup &buffers)
{
  if (data.cam.num_motion_steps != 0) {
    require_range("the camera's motion steps", data.cam.num_motion_steps, 2, 1 << 16);
    SceneArray<ccl::DecomposedTransform>(buffers, "camera_motion")
        .require(0, data.cam.num_motion_steps);
  }
}

class ShaderIds {
 public:
  explicit ShaderIds(const BufferLookup &buffers)
      : shaders_(SceneArray<ccl::KernelShader>(buffers, "shaders").size())
  {
  }

  bool has(int id) const
  {
    return uint64_t(unsigned(id) & ccl::SHADER_MASK) < shaders_;
  }

  uint64_t size() const
  {
    return shaders_;
  }

 private:
  const uint64_t shaders_;
};

void check_background(const KernelData &data, const BufferLookup &buffers)
{
  const auto &background = data.background;
  const ShaderIds shaders(buffers);
  if (!shaders.has(background.surface_shader) ||
      (background.volume_shader != SHADER_NONE && !shaders.has(background.volume_shader))) {
    refuse("its background's shader is none of its " + std::to_string(shaders.size()));
  }
  FilmCheck::check_light_group(data, background.lightgroup);
  const SceneArray<ccl::KernelLight> lights(buffers, "lights");
  if (background.num_portals != 0) {
    require_range("portals", background.num_portals, 0, int64_t(lights.size()));
    lights.require(background.portal_offset, background.num_portals);
  }
  const int64_t width = background.map_res_x, height = background.map_res_y;
  if (background.map_weight > 0.0f || width != 0 || height != 0) {
    require_range("the background map's width", width, 1, 1 << 20);
    require_range("the background map's height", height, 1, 1 << 20);
    SceneArray<ccl::float2>(buffers, "light_background_marginal_cdf").require(0, height + 1);
    SceneArray<ccl::float2>(buffers, "light_background_conditional_cdf")
        .require(0, (width + 1) * height);
  }
}

void check_shaders(const BufferLookup &buffers, const ShaderIds &shaders)
{
  /* A shader's number is the place of the jump into its program. */
  const SceneArray<ccl::uint4> nodes(buffers, "svm_nodes");
  nodes.require(0, int64_t(shaders.size()));
  for (size_t i = 0; i < shaders.size(); i++) {
    const ccl::uint4 &jump = nodes[i];
    if (jump.x != ccl::NODE_SHADER_JUMP || jump.y >= nodes.size() || jump.z >= nodes.size() ||
        jump.w >= nodes.size()) {
      refuse_element("svm_nodes", i, "no jump to a shader's program");
    }
  }
}

void check_triangles(const BufferLookup &buffers, const ShaderIds &shaders)
{
  const SceneArray<ccl::uint4> triangles(buffers, "tri_vindex");
  const SceneArray<ccl::packed_float3> normals(buffers, "tri_vnormal");
  const SceneArray<ccl::packed_float3> corners(buffers, "tri_verts");
  const SceneArray<uint32_t> shader(buffers, "tri_shader");
  const SceneArray<uint32_t> patch(buffers, "tri_patch");
  const SceneArray<ccl::float2> patch_uv(buffers, "tri_patch_uv");
  const SceneArray<uint32_t> patches(buffers, "patches");
  const auto count = int64_t(triangles.size());
  shader.require(0, count);
  patch.require(0, count);
  for (size_t i = 0; i < triangles.size(); i++) {
    const ccl::uint4 &t = triangles[i];
    const uint64_t last = std::max(t.x, std::max(t.y, t.z));
    if (last >= normals.size() || uint64_t(t.w) + 3 > corners.size()) {
      refuse_element("tri_vindex", i, "a vertex that isn't there");
    }
    if (!shaders.has(int(shader[i]))) {
      refuse_element("tri_shader", i, "a shader that isn't there");
    }
    if (patch[i] != ~0u && (uint64_t(patch[i]) + 8 > patches.size() || last >= patch_uv.size())) {
      refuse_element("tri_patch", i, "a patch that isn't there");
    }
  }
}

void check_curves(const BufferLookup &buffers, const ShaderIds &shaders)
{
  const SceneArray<ccl::KernelCurve> curves(buffers, "curves");
  const SceneArray<ccl::float4> keys(buffers, "curve_keys");
  for (size_t i = 0; i < curves.size(); i++) {
    const ccl::KernelCurve &curve = curves[i];
    if (curve.first_key < 0 || curve.num_keys < 2 ||
        uint64_t(curve.first_key) + uint64_t(curve.num_keys) > keys.size()) {
      refuse_element("curves", i, "keys that aren't there");
    }
    if (!shaders.has(curve.shader_id)) {
      refuse_element("curves", i, "a shader that isn't there");
    }
  }
  const SceneArray<ccl::KernelCurveSegment> segments(buffers, "curve_segments");
  for (size_t i = 0; i < segments.size(); i++) {
    const ccl::KernelCurveSegment &segment = segments[i];
    if (segment.prim < 0 || uint64_t(segment.prim) >= curves.size() ||
        (segment.type & ccl::PRIMITIVE_CURVE) == 0 ||
        (segment.type & (ccl::PRIMITIVE_ALL & ~(ccl::PRIMITIVE_CURVE | ccl::PRIMITIVE_MOTION))) != 0 ||
        (unsigned(segment.type) >> ccl::PRIMITIVE_NUM_BITS) + 1 >=
            unsigned(curves[size_t(segment.prim)].num_keys)) {
      refuse_element("curve_segments", i, "a curve or segment that isn't there");
    }
  }
}

void check_points(const BufferLookup &buffers, const ShaderIds &shaders)
{
  const SceneArray<ccl::float4> points(buffers, "points");
  const SceneArray<uint32_t> shader(buffers, "points_shader");
  shader.require(0, int64_t(points.size()));
  for (size_t i = 0; i < points.size(); i++) {
    if (!shaders.has(int(shader[i]))) {
      refuse_element("points_shader", i, "a shader that isn't there");
    }
  }
}

/* Which of Cycles' primitive types an object's geometry is made of. */
bool is_of(uint8_t kind, int type)
{
  const int shape = type & ~ccl::PRIMITIVE_MOTION;
  switch (kind) {
    case bvh_format::MESH:
      return shape == ccl::PRIMITIVE_TRIANGLE || shape == ccl::PRIMITIVE_VOLUME;
    case bvh_format::HAIR:
      return shape == ccl::PRIMITIVE_CURVE_THICK || shape == ccl::PRIMITIVE_CURVE_RIBBON;
    default:
      return shape == ccl::PRIMITIVE_POINT;
  }
}

/* Which geometry has curve segments that move: the kernels go by the segments, not by the object. */
std::vector<bool> moving_hair(const BufferLookup &buffers, const BvhContent &bvh)
{
  const SceneArray<ccl::KernelCurveSegment> segments(buffers, "curve_segments");
  std::vector<bool> moving(bvh.geometry.size());
  for (size_t i = 0; i < bvh.geometry.size(); i++) {
    const BvhContent::Geometry &hair = bvh.geometry[i];
    if (hair.kind == bvh_format::HAIR) {
      for (uint64_t k = hair.first_hit; k < hair.first_hit + hair.hits && !moving[i]; k++) {
        moving[i] = (segments[k].type & ccl::PRIMITIVE_MOTION) != 0;
      }
    }
  }
  return moving;
}

void check_objects(const BufferLookup &buffers, const BvhContent &bvh, size_t texture_slots)
{
  const SceneArray<ccl::KernelObject> objects(buffers, "objects");
  const SceneArray<uint32_t> flags(buffers, "object_flag");
  const SceneArray<ccl::DecomposedTransform> motion(buffers, "object_motion");
  const SceneArray<ccl::KernelParticle> particles(buffers, "particles");
  const auto count = int64_t(objects.size());
  if (bvh.objects.size() != objects.size()) {
    refuse("its BVH is of " + std::to_string(bvh.objects.size()) + " objects, it has " +
           std::to_string(count));
  }
  flags.require(0, count);
  const AttributeCheck attributes(buffers, texture_slots);
  const std::vector<bool> moving = moving_hair(buffers, bvh);
  for (size_t i = 0; i < objects.size(); i++) {
    const ccl::KernelObject &object = objects[i];
    if (object.particle_index < 0 || uint64_t(object.particle_index) >= particles.size()) {
      refuse_element("objects", i, "a particle that isn't there");
    }
    if ((flags[i] & ccl::SD_OBJECT_MOTION) != 0 &&
        (object.numsteps < 1 || object.numsteps > (1 << 16) ||
         uint64_t(object.motion_offset) + uint64_t(object.numsteps) * 2 + 1 > motion.size())) {
      refuse_element("objects", i, "motion that isn't there");
    }
    const uint32_t geometry = bvh.objects[i];
    if (geometry == BvhContent::UNTRACEABLE) {
      attributes.check(object, i, nullptr, false);
      continue;
    }
    const BvhContent::Geometry &shape = bvh.geometry[geometry];
    if (!is_of(shape.kind, object.primitive_type)) {
      refuse_element("objects", i, "another kind of geometry in the BVH");
    }
    /* What the kernels take for an instance's scene in the BVH is none otherwise. */
    if (((flags[i] & ccl::SD_OBJECT_TRANSFORM_APPLIED) == 0) != shape.instanced) {
      refuse_element("object_flag", i, "no instance in the BVH where it says so, or one where not");
    }
    attributes.check(object,
                     i,
                     &shape,
                     moving[geometry] || (object.primitive_type & ccl::PRIMITIVE_MOTION) != 0);
  }
}

void check_lights(const BufferLookup &buffers, const ShaderIds &shaders, const BvhContent &bvh)
{
  const SceneArray<ccl::KernelLight> lights(buffers, "lights");
  for (size_t i = 0; i < lights.size(); i++) {
    if (!shaders.has(lights[i].shader_id)) {
      refuse_element("lights", i, "a shader that isn't there");
    }
    if (lights[i].type < ccl::LIGHT_POINT || lights[i].type > ccl::LIGHT_SPOT) {
      refuse_element("lights", i, "an unknown type");
    }
  }
  const SceneArray<ccl::KernelLightDistribution> distribution(buffers, "light_distribution");
  const SceneArray<ccl::uint4> triangles(buffers, "tri_vindex");
  for (size_t i = 0; i < distribution.size(); i++) {
    const int64_t prim = distribution[i].prim;
    const bool lamp = prim < 0;
    if (lamp ? uint64_t(-prim - 1) >= lights.size() :
               uint64_t(prim) >= triangles.size() ||
                   uint64_t(uint32_t(distribution[i].mesh_light.object_id)) >= bvh.objects.size()) {
      /* The last one only ends the table. */
      if (i + 1 < distribution.size()) {
        refuse_element("light_distribution", i, "a light that isn't there");
      }
    }
  }
}

/* Whether what a hit names uses vertices, keys and curves of its own geometry only. */
bool is_part(const BvhContent::Geometry &of,
             uint64_t hit,
             const SceneArray<ccl::uint4> &triangles,
             const SceneArray<ccl::KernelCurve> &curves,
             const SceneArray<ccl::KernelCurveSegment> &segments)
{
  const uint64_t end = of.first_element + of.elements;
  if (of.kind == bvh_format::MESH) {
    const ccl::uint4 &t = triangles[hit];
    return std::min(t.x, std::min(t.y, t.z)) >= of.first_element &&
           std::max(t.x, std::max(t.y, t.z)) < end;
  }
  if (of.kind == bvh_format::HAIR) {
    const auto prim = uint64_t(segments[hit].prim);
    if (prim < of.first_prim || prim >= of.first_prim + of.prims) {
      return false;
    }
    const ccl::KernelCurve &curve = curves[prim];
    return uint64_t(curve.first_key) >= of.first_element &&
           uint64_t(curve.first_key) + uint64_t(curve.num_keys) <= end;
  }
  return true;
}

/* The BVH may have been built of arrays that were replaced since. */
void check_bvh(const BufferLookup &buffers, const BvhContent &bvh)
{
  const SceneArray<ccl::uint4> triangles(buffers, "tri_vindex");
  const SceneArray<ccl::KernelCurve> curves(buffers, "curves");
  const SceneArray<ccl::KernelCurveSegment> segments(buffers, "curve_segments");
  const uint64_t points = SceneArray<ccl::float4>(buffers, "points").size();
  for (const BvhContent::Geometry &each : bvh.geometry) {
    const uint64_t end = each.first_hit + each.hits;
    const uint64_t there = each.kind == bvh_format::MESH ? triangles.size() :
                           each.kind == bvh_format::HAIR ? segments.size() :
                                                           points;
    if (end > there) {
      refuse("its BVH has " + std::to_string(end) + " primitives where its arrays have " +
             std::to_string(there));
    }
    for (uint64_t i = each.first_hit; i < end; i++) {
      if (!is_part(each, i, triangles, curves, segments)) {
        refuse_element(each.kind == bvh_format::MESH ? "tri_vindex" : "curve_segments",
                       i,
                       "what belongs to other geometry");
      }
    }
  }
}

}  // namespace

void SceneCheck::check_arrays(const BufferLookup &buffers,
                              const BvhContent &bvh,
                              size_t texture_slots)
{
  const ShaderIds shaders(buffers);
  check_shaders(buffers, shaders);
  check_triangles(buffers, shaders);
  check_curves(buffers, shaders);
  check_points(buffers, shaders);
  check_bvh(buffers, bvh);
  check_objects(buffers, bvh, texture_slots);
  check_lights(buffers, shaders, bvh);

  least_light_group_ = most_light_group_ = LIGHTGROUP_NONE;
  const SceneArray<ccl::KernelObject> objects(buffers, "objects");
  for (size_t i = 0; i < objects.size(); i++) {
    note_light_group(objects[i].lightgroup);
  }
  const SceneArray<ccl::KernelLight> lights(buffers, "lights");
  for (size_t i = 0; i < lights.size(); i++) {
    note_light_group(lights[i].lightgroup);
  }
}

void SceneCheck::note_light_group(int group)
{
  least_light_group_ = std::min(least_light_group_, group);
  most_light_group_ = std::max(most_light_group_, group);
}

void SceneCheck::check_data(const KernelData &data, const BufferLookup &buffers) const
{
  FilmCheck::check(data);
  FilmCheck::check_light_group(data, least_light_group_);
  FilmCheck::check_light_group(data, most_light_group_);
  require_range("max_closures", int64_t(data.max_closures), 0, MAX_CLOSURE);
  require_range("volume_stack_size", int64_t(data.volume_stack_size), 1, MAX_VOLUME_STACK_SIZE);
  if (data.bake.use != 0) {
    refuse("it is to be baked, which workers don't do");
  }
  check_tables(data, buffers);
  check_camera(data, buffers);
  check_background(data, buffers);
  const auto objects = int64_t(SceneArray<ccl::KernelObject>(buffers, "objects").size());
  if (data.integrator.use_volumes) {
    SceneArray<float>(buffers, "object_volume_step").require(0, objects);
  }
  if ((data.film.pass_flag & (1 << (ccl::PASS_MOTION % 32))) != 0) {
    SceneArray<ccl::Transform>(buffers, "object_motion_pass")
        .require(0, objects * OBJECT_MOTION_PASS_SIZE);
  }
  const SceneArray<ccl::KernelLight> lights(buffers, "lights");
  require_range("num_all_lights", data.integrator.num_all_lights, 0, int64_t(lights.size()));
  if (data.integrator.use_direct_light || data.integrator.num_distribution != 0) {
    require_range("num_distribution", data.integrator.num_distribution, 1, INT32_MAX - 1);
    SceneArray<ccl::KernelLightDistribution>(buffers, "light_distribution")
        .require(0, int64_t(data.integrator.num_distribution) + 1);
  }
}

}  // namespace paceline
