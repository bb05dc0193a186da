// SPDX-License-Identifier: Apache-2.0
#include "scene_content.h"

#include <cmath>

#include "error.h"
#include "scene/camera.h"
#include "scene/hair.h"
#include "scene/integrator.h"
#include "scene/mesh.h"
#include "scene/object.h"
#include "scene/pointcloud.h"
#include "scene/scene.h"
#include "scene/shader.h"

namespace paceline {

namespace {

constexpr size_t TRANSFORM_FLOATS = 12;

ccl::Shader *find_shader(ccl::Scene *scene, const std::string &name)
{
  std::string known;
  for (ccl::Shader *shader : scene->shaders) {
    if (shader->name == name) {
      return shader;
    }
    known += (known.empty() ? "" : ", ") + shader->name.string();
  }
  throw Error("no shader \"" + name + "\"; there are " + known);
}

void use_shader(ccl::Scene *scene, ccl::Geometry *geometry, const std::string &name)
{
  ccl::array<ccl::Node *> shaders;
  shaders.push_back_slow(find_shader(scene, name));
  geometry->set_used_shaders(shaders);
}

void check_steps(size_t steps, const char *what)
{
  if (steps < 1 || steps % 2 == 0 || steps > ccl::Geometry::MAX_MOTION_STEPS) {
    throw Error(std::to_string(steps) + " motion steps of " + what + "; 1 or an odd number up to " +
                std::to_string(ccl::Geometry::MAX_MOTION_STEPS) + " is needed");
  }
}

/* Elements per step. */
size_t check_positions(const MotionPositions &positions, const char *what)
{
  check_steps(size_t(positions.steps), what);
  const size_t step_floats = positions.xyz.size / size_t(positions.steps);
  if (positions.xyz.size % size_t(positions.steps) != 0 || step_floats % 3 != 0 ||
      step_floats == 0) {
    throw Error(std::to_string(positions.xyz.size) + " coordinates of " + what + " in " +
                std::to_string(positions.steps) + " motion steps are no whole points");
  }
  return step_floats / 3;
}

ccl::float3 position(Span<float> xyz, size_t index)
{
  return ccl::make_float3(xyz.data[index * 3], xyz.data[index * 3 + 1], xyz.data[index * 3 + 2]);
}

ccl::array<ccl::float3> middle_step(const MotionPositions &positions, size_t count)
{
  const size_t first = size_t(positions.steps / 2) * count;
  ccl::array<ccl::float3> result(count);
  for (size_t i = 0; i < count; i++) {
    result[i] = position(positions.xyz, first + i);
  }
  return result;
}

/* Cycles keeps the middle step apart and the others in an attribute. */
void set_motion(ccl::Geometry *geometry, const MotionPositions &positions, size_t count)
{
  if (positions.steps == 1) {
    return;
  }
  geometry->set_motion_steps(uint32_t(positions.steps));
  geometry->set_use_motion_blur(true);
  ccl::float3 *out =
      geometry->attributes.add(ccl::ATTR_STD_MOTION_VERTEX_POSITION)->data_float3();
  for (size_t step = 0; step < size_t(positions.steps); step++) {
    for (size_t i = 0; step != size_t(positions.steps / 2) && i < count; i++) {
      *out++ = position(positions.xyz, step * count + i);
    }
  }
}

void check_vertices(Span<int> indices, size_t vertices)
{
  for (size_t i = 0; i < indices.size; i++) {
    if (indices.data[i] < 0 || size_t(indices.data[i]) >= vertices) {
      throw Error("corner " + std::to_string(i) + " is vertex " + std::to_string(indices.data[i]) +
                  " of " + std::to_string(vertices));
    }
  }
}

void check_radii(Span<float> radii, size_t count, const char *what)
{
  if (radii.size != count) {
    throw Error(std::to_string(radii.size) + " radii for " + std::to_string(count) + " " + what);
  }
}

int number_of_last(const ccl::Scene *scene)
{
  return int(scene->geometry.size()) - 1;
}

ccl::array<ccl::Transform> read_transforms(Span<float> floats)
{
  const size_t steps = floats.size / TRANSFORM_FLOATS;
  if (floats.size % TRANSFORM_FLOATS != 0) {
    throw Error(std::to_string(floats.size) + " floats are no whole 3x4 transforms");
  }
  check_steps(steps, "transforms");
  ccl::array<ccl::Transform> transforms(steps);
  for (size_t i = 0; i < steps; i++) {
    const float *m = floats.data + i * TRANSFORM_FLOATS;
    transforms[i] = ccl::make_transform(
        m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11]);
  }
  return transforms;
}

}  // namespace

int add_mesh(ccl::Scene *scene,
             const MotionPositions &vertices,
             Span<int> triangles,
             Span<float> uv_per_corner,
             bool smooth,
             const std::string &shader)
{
  const size_t count = check_positions(vertices, "vertices");
  if (triangles.size % 3 != 0) {
    throw Error(std::to_string(triangles.size) + " corners are no whole triangles");
  }
  check_vertices(triangles, count);
  if (uv_per_corner.size != 0 && uv_per_corner.size != triangles.size * 2) {
    throw Error(std::to_string(uv_per_corner.size) + " texture coordinates for " +
                std::to_string(triangles.size) + " corners");
  }
  find_shader(scene, shader);

  auto *mesh = scene->create_node<ccl::Mesh>();
  use_shader(scene, mesh, shader);
  ccl::array<ccl::float3> positions = middle_step(vertices, count);
  mesh->set_verts(positions);
  mesh->reserve_mesh(int(count), int(triangles.size / 3));
  for (size_t i = 0; i < triangles.size; i += 3) {
    mesh->add_triangle(
        triangles.data[i], triangles.data[i + 1], triangles.data[i + 2], 0, smooth);
  }
  if (uv_per_corner.size != 0) {
    ccl::float2 *uv =
        mesh->attributes.add(ccl::ATTR_STD_UV, ccl::ustring("UVMap"))->data_float2();
    for (size_t i = 0; i < triangles.size; i++) {
      uv[i] = ccl::make_float2(uv_per_corner.data[i * 2], uv_per_corner.data[i * 2 + 1]);
    }
  }
  set_motion(mesh, vertices, count);
  return number_of_last(scene);
}

int add_subdivided_mesh(ccl::Scene *scene,
                        Span<float> vertices,
                        Span<int> face_sizes,
                        Span<int> corners,
                        const Subdivision &subdivision,
                        bool smooth,
                        const std::string &shader)
{
  const MotionPositions still = {vertices, 1};
  const size_t count = check_positions(still, "vertices");
  check_vertices(corners, count);
  size_t used = 0;
  int ngons = 0;
  for (size_t i = 0; i < face_sizes.size; i++) {
    if (face_sizes.data[i] < 3) {
      throw Error("face " + std::to_string(i) + " has " + std::to_string(face_sizes.data[i]) +
                  " corners");
    }
    used += size_t(face_sizes.data[i]);
    ngons += face_sizes.data[i] == 4 ? 0 : 1;
  }
  if (used != corners.size) {
    throw Error("faces use " + std::to_string(used) + " corners of " +
                std::to_string(corners.size));
  }
  if (!(subdivision.dicing_rate >= 0.1f) || subdivision.max_level < 0 ||
      subdivision.max_level > 16) {
    throw Error("dicing rate " + std::to_string(subdivision.dicing_rate) + " (0.1 or more) or level " +
                std::to_string(subdivision.max_level) + " (0..16) is out of range");
  }
  find_shader(scene, shader);

  auto *mesh = scene->create_node<ccl::Mesh>();
  use_shader(scene, mesh, shader);
  mesh->set_subdivision_type(subdivision.catmull_clark ? ccl::Mesh::SUBDIVISION_CATMULL_CLARK :
                                                         ccl::Mesh::SUBDIVISION_LINEAR);
  ccl::array<ccl::float3> positions = middle_step(still, count);
  mesh->set_verts(positions);
  mesh->reserve_subd_faces(int(face_sizes.size), ngons, int(corners.size));
  size_t first = 0;
  for (size_t i = 0; i < face_sizes.size; i++) {
    mesh->add_subd_face(corners.data + first, face_sizes.data[i], 0, smooth);
    first += size_t(face_sizes.data[i]);
  }
  mesh->set_subd_dicing_rate(subdivision.dicing_rate);
  mesh->set_subd_max_level(subdivision.max_level);
  mesh->set_subd_objecttoworld(ccl::transform_identity());
  return number_of_last(scene);
}

int add_curves(ccl::Scene *scene,
               const MotionPositions &keys,
               Span<float> radii,
               Span<int> first_keys,
               const std::string &shader)
{
  const size_t count = check_positions(keys, "curve keys");
  check_radii(radii, count, "curve keys");
  if (first_keys.size == 0 || first_keys.data[0] != 0) {
    throw Error("the first curve must begin at key 0");
  }
  for (size_t i = 0; i < first_keys.size; i++) {
    const size_t end = i + 1 < first_keys.size ? size_t(first_keys.data[i + 1]) : count;
    if (first_keys.data[i] < 0 || end > count || end < size_t(first_keys.data[i]) + 2) {
      throw Error("curve " + std::to_string(i) + " needs two or more of the " +
                  std::to_string(count) + " keys");
    }
  }
  find_shader(scene, shader);

  auto *hair = scene->create_node<ccl::Hair>();
  use_shader(scene, hair, shader);
  hair->reserve_curves(int(first_keys.size), int(count));
  const ccl::array<ccl::float3> positions = middle_step(keys, count);
  for (size_t i = 0; i < count; i++) {
    hair->add_curve_key(positions[i], radii.data[i]);
  }
  for (size_t i = 0; i < first_keys.size; i++) {
    hair->add_curve(first_keys.data[i], 0);
  }
  set_motion(hair, keys, count);
  return number_of_last(scene);
}

int add_points(ccl::Scene *scene,
               const MotionPositions &points,
               Span<float> radii,
               const std::string &shader)
{
  const size_t count = check_positions(points, "points");
  check_radii(radii, count, "points");
  find_shader(scene, shader);

  auto *cloud = scene->create_node<ccl::PointCloud>();
  use_shader(scene, cloud, shader);
  cloud->reserve(int(count));
  const ccl::array<ccl::float3> positions = middle_step(points, count);
  for (size_t i = 0; i < count; i++) {
    cloud->add_point(positions[i], radii.data[i]);
  }
  set_motion(cloud, points, count);
  return number_of_last(scene);
}

void add_object(ccl::Scene *scene, int geometry, Span<float> transforms)
{
  if (geometry < 0 || size_t(geometry) >= scene->geometry.size()) {
    throw Error("no geometry " + std::to_string(geometry) + " of " +
                std::to_string(scene->geometry.size()));
  }
  ccl::array<ccl::Transform> motion = read_transforms(transforms);
  ccl::Geometry *shape = scene->geometry[size_t(geometry)];
  auto *object = scene->create_node<ccl::Object>();
  object->set_geometry(shape);
  object->set_tfm(motion[motion.size() / 2]);
  if (shape->is_mesh()) {
    /* Dicing measures edges where an instance of the mesh stands. */
    static_cast<ccl::Mesh *>(shape)->set_subd_objecttoworld(object->get_tfm());
  }
  if (motion.size() > 1) {
    object->set_motion(motion);
  }
}

void set_camera(ccl::Scene *scene, Span<float> transforms, float field_of_view)
{
  if (!(field_of_view > 0.0f && field_of_view < float(M_PI))) {
    throw Error("field of view of " + std::to_string(field_of_view) + " is not in 0..pi");
  }
  ccl::array<ccl::Transform> motion = read_transforms(transforms);
  ccl::Camera *camera = scene->camera;
  camera->set_matrix(motion[motion.size() / 2]);
  if (motion.size() == 1) {
    motion.clear();
  }
  camera->set_motion(motion);
  camera->set_fov(field_of_view);
  camera->need_flags_update = true;
  camera->need_device_update = true;
}

void set_motion_blur(ccl::Scene *scene, float shutter)
{
  if (!(shutter > 0.0f)) {
    throw Error("shutter time " + std::to_string(shutter) + " must be more than 0");
  }
  scene->camera->set_shuttertime(shutter);
  scene->integrator->set_motion_blur(true);
}

void set_thick_curves(ccl::Scene *scene, bool thick)
{
  scene->params.hair_shape = thick ? ccl::CURVE_THICK : ccl::CURVE_RIBBON;
}

}  // namespace paceline
