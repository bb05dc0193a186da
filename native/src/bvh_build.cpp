// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "bvh_description.h"
#include "bvh_format.h"
#include "device/device.h"
#include "scene/hair.h"
#include "scene/mesh.h"
#include "scene/object.h"
#include "scene/pointcloud.h"
#include "scene_extent.h"
#include "util/tbb.h"
#include "wire.h"

namespace paceline {

namespace {

using namespace bvh_format;

[[noreturn]] void refuse(const std::string &why)
{
  throw Error("BVH description: " + why);
}

/* One typed scene buffer that the description points into. */
template<typename T> class Array {
 public:
  Array(const BufferLookup &buffers, const char *name) : name_(name)
  {
    const BufferView view = buffers(name);
    data_ = static_cast<const T *>(view.data);
    size_ = view.bytes / sizeof(T);
  }

  /* `count` elements from `first` on. */
  const T *range(uint64_t first, uint64_t count) const
  {
    if (first > size_ || count > size_ - first) {
      refuse(std::to_string(count) + " elements at " + std::to_string(first) + " lie outside " +
             name_ + ", which has " + std::to_string(size_));
    }
    return data_ + first;
  }

 private:
  const char *name_;
  const T *data_;
  uint64_t size_;
};

struct SceneArrays {
  explicit SceneArrays(const BufferLookup &buffers)
      : tri_vindex(buffers, "tri_vindex"),
        tri_verts(buffers, "tri_verts"),
        tri_vnormal(buffers, "tri_vnormal"),
        curves(buffers, "curves"),
        curve_keys(buffers, "curve_keys"),
        curve_segments(buffers, "curve_segments"),
        points(buffers, "points"),
        motion(buffers, "attributes_float3")
  {
  }

  Array<ccl::uint4> tri_vindex;
  Array<ccl::packed_float3> tri_verts, tri_vnormal;
  Array<ccl::KernelCurve> curves;
  Array<ccl::float4> curve_keys;
  Array<ccl::KernelCurveSegment> curve_segments;
  Array<ccl::float4> points;
  Array<ccl::packed_float3> motion;
};

/* Sizes of arrays in Cycles are int in places. */
size_t checked_count(uint64_t count, const char *what)
{
  if (count > INT32_MAX / 4) {
    refuse(std::to_string(count) + " " + what + " are too many");
  }
  return size_t(count);
}

void read_motion(ByteReader &in,
                 const SceneArrays &arrays,
                 ccl::Geometry &geometry,
                 size_t elements)
{
  const auto motion = in.get<uint8_t>();
  if (motion == NONE) {
    return;
  }
  const auto steps = in.get<uint32_t>();
  if (steps < 3 || steps > ccl::Geometry::MAX_MOTION_STEPS || steps % 2 == 0) {
    refuse(std::to_string(steps) + " motion steps; an odd number from 3 to " +
           std::to_string(ccl::Geometry::MAX_MOTION_STEPS) + " is needed");
  }
  const size_t count = (steps - 1) * elements;
  std::vector<ccl::packed_float3> embedded;
  const ccl::packed_float3 *packed;
  if (motion == IN_BUFFER) {
    packed = arrays.motion.range(in.get<uint64_t>(), count);
  }
  else if (motion == EMBEDDED) {
    const uint8_t *bytes = in.bytes(count * sizeof(ccl::packed_float3));
    embedded.resize(count);
    std::memcpy(embedded.data(), bytes, count * sizeof(ccl::packed_float3));
    packed = embedded.data();
  }
  else {
    refuse("unknown motion kind " + std::to_string(motion));
  }
  geometry.set_motion_steps(steps);
  geometry.set_use_motion_blur(true);
  ccl::Attribute *attribute = geometry.attributes.add(ccl::ATTR_STD_MOTION_VERTEX_POSITION);
  ccl::float3 *data = attribute->data_float3();
  for (size_t i = 0; i < count; i++) {
    data[i] = packed[i];
  }
}

std::unique_ptr<ccl::Geometry> read_mesh(ByteReader &in,
                                         const SceneArrays &arrays,
                                         uint64_t prim_offset,
                                         BvhContent::Geometry &content)
{
  const size_t triangles = checked_count(in.get<uint64_t>(), "triangles");
  const auto vert_offset = in.get<uint64_t>();
  const size_t verts = checked_count(in.get<uint64_t>(), "vertices");
  content.prims = content.hits = triangles;
  content.first_element = vert_offset;
  content.elements = verts;
  const ccl::uint4 *indices = arrays.tri_vindex.range(prim_offset, triangles);
  const ccl::packed_float3 *corners = arrays.tri_verts.range(prim_offset * 3, triangles * 3);
  if (triangles > 0) {
    arrays.tri_vnormal.range(vert_offset, verts);
  }

  /* The buffers hold positions per corner; vertices that no triangle uses don't matter to a BVH. */
  ccl::array<ccl::float3> positions(triangles > 0 ? verts : 0);
  std::fill(positions.begin(), positions.end(), ccl::zero_float3());
  ccl::array<int> vertices(triangles * 3);
  for (size_t i = 0; i < triangles; i++) {
    const uint32_t corner[3] = {indices[i].x, indices[i].y, indices[i].z};
    for (int k = 0; k < 3; k++) {
      const uint64_t vertex = corner[k] - vert_offset;
      if (corner[k] < vert_offset || vertex >= verts) {
        refuse("triangle " + std::to_string(prim_offset + i) + " uses vertex " +
               std::to_string(corner[k]) + " outside its mesh");
      }
      vertices[i * 3 + k] = int(vertex);
      positions[vertex] = corners[i * 3 + k];
    }
  }
  auto mesh = std::make_unique<ccl::Mesh>();
  mesh->set_verts(positions);
  mesh->set_triangles(vertices);
  read_motion(in, arrays, *mesh, verts);
  return mesh;
}

std::unique_ptr<ccl::Geometry> read_hair(ByteReader &in,
                                         const SceneArrays &arrays,
                                         uint64_t prim_offset,
                                         BvhContent::Geometry &content)
{
  const size_t curves = checked_count(in.get<uint64_t>(), "curves");
  const auto key_offset = in.get<uint64_t>();
  const size_t keys = checked_count(in.get<uint64_t>(), "curve keys");
  const auto segment_offset = in.get<uint64_t>();
  const auto shape = in.get<uint8_t>();
  if (shape > ccl::CURVE_THICK) {
    refuse("unknown curve shape " + std::to_string(shape));
  }
  const ccl::KernelCurve *curve = arrays.curves.range(prim_offset, curves);
  const ccl::float4 *key = arrays.curve_keys.range(key_offset, keys);

  ccl::array<int> first_keys(curves);
  uint64_t next_key = 0, segments = 0;
  for (size_t i = 0; i < curves; i++) {
    /* Cycles derives a curve's length from where the next begins. */
    if (curve[i].num_keys < 2 || uint64_t(curve[i].first_key) != key_offset + next_key) {
      refuse("curve " + std::to_string(prim_offset + i) +
             " doesn't have two or more keys right after the curve before");
    }
    first_keys[i] = int(next_key);
    next_key += uint64_t(curve[i].num_keys);
    segments += uint64_t(curve[i].num_keys - 1);
  }
  if (next_key != keys) {
    refuse(std::to_string(curves) + " curves use " + std::to_string(next_key) + " keys of " +
           std::to_string(keys));
  }
  arrays.curve_segments.range(segment_offset, segments);
  content.prims = curves;
  content.first_element = key_offset;
  content.elements = keys;
  content.first_hit = segment_offset;
  content.hits = segments;

  ccl::array<ccl::float3> positions(keys);
  ccl::array<float> radii(keys);
  for (size_t i = 0; i < keys; i++) {
    positions[i] = ccl::float4_to_float3(key[i]);
    radii[i] = key[i].w;
  }
  auto hair = std::make_unique<ccl::Hair>();
  hair->set_curve_keys(positions);
  hair->set_curve_radius(radii);
  hair->set_curve_first_key(first_keys);
  hair->curve_key_offset = key_offset;
  hair->curve_segment_offset = segment_offset;
  hair->curve_shape = ccl::CurveShapeType(shape);
  read_motion(in, arrays, *hair, keys);
  return hair;
}

std::unique_ptr<ccl::Geometry> read_points(ByteReader &in,
                                           const SceneArrays &arrays,
                                           uint64_t prim_offset,
                                           BvhContent::Geometry &content)
{
  const size_t count = checked_count(in.get<uint64_t>(), "points");
  content.prims = content.elements = content.hits = count;
  const ccl::float4 *point = arrays.points.range(prim_offset, count);
  ccl::array<ccl::float3> positions(count);
  ccl::array<float> radii(count);
  for (size_t i = 0; i < count; i++) {
    positions[i] = ccl::float4_to_float3(point[i]);
    radii[i] = point[i].w;
  }
  auto cloud = std::make_unique<ccl::PointCloud>();
  cloud->set_points(positions);
  cloud->set_radius(radii);
  read_motion(in, arrays, *cloud, count);
  return cloud;
}

ccl::BVHParams read_params(ByteReader &in)
{
  ccl::BVHParams params;
  params.bvh_layout = ccl::BVH_LAYOUT_EMBREE;
  params.use_spatial_split = in.get<uint8_t>() != 0;
  params.use_compact_structure = in.get<uint8_t>() != 0;
  params.use_unaligned_nodes = in.get<uint8_t>() != 0;
  params.bvh_type = in.get<int32_t>();
  params.curve_subdivisions = in.get<int32_t>();
  params.num_motion_triangle_steps = in.get<int32_t>();
  params.num_motion_curve_steps = in.get<int32_t>();
  params.num_motion_point_steps = in.get<int32_t>();
  if (params.curve_subdivisions < 1 || params.curve_subdivisions > 16) {
    refuse("curve_subdivisions=" + std::to_string(params.curve_subdivisions) +
           " is not in 1..16");
  }
  return params;
}

struct DescribedGeometry {
  std::unique_ptr<ccl::Geometry> geometry;
  /* Meaningful if the geometry is instanced. */
  ccl::BVHParams params;
  BvhContent::Geometry content = {};
};

DescribedGeometry read_geometry(ByteReader &in, const SceneArrays &arrays)
{
  const auto kind = in.get<uint8_t>();
  const auto prim_offset = in.get<uint64_t>();
  if (prim_offset > INT32_MAX) {
    refuse("primitive offset " + std::to_string(prim_offset) + " is too large");
  }
  DescribedGeometry described;
  BvhContent::Geometry &content = described.content;
  content.kind = kind;
  content.first_prim = content.first_element = content.first_hit = prim_offset;
  switch (kind) {
    case MESH:
      described.geometry = read_mesh(in, arrays, prim_offset, content);
      break;
    case HAIR:
      described.geometry = read_hair(in, arrays, prim_offset, content);
      break;
    case POINTS:
      described.geometry = read_points(in, arrays, prim_offset, content);
      break;
    default:
      refuse("unknown geometry kind " + std::to_string(kind));
  }
  const bool instanced = in.get<uint8_t>() != 0;
  content.instanced = instanced;
  if (instanced) {
    described.params = read_params(in);
  }
  described.geometry->prim_offset = prim_offset;
  described.geometry->transform_applied = !instanced;
  return described;
}

ccl::Transform read_transform(ByteReader &in, bool instance)
{
  const auto transform = in.get<ccl::Transform>();
  if (!within_extent(transform) || (instance && !invertible(transform))) {
    refuse("an object's transform is not finite, too large or squashes it flat");
  }
  return transform;
}

std::unique_ptr<ccl::Object> read_object(ByteReader &in,
                                         const std::vector<DescribedGeometry> &geometry,
                                         uint32_t &index)
{
  /* An object that can't be hit still takes its index; without bounds Cycles skips it. */
  auto object = std::make_unique<ccl::Object>();
  const auto flags = in.get<uint8_t>();
  if ((flags & TRACEABLE) == 0) {
    return object;
  }
  index = in.get<uint32_t>();
  if (index >= geometry.size()) {
    refuse("an object uses geometry " + std::to_string(index) + " of " +
           std::to_string(geometry.size()));
  }
  object->set_geometry(geometry[index].geometry.get());
  object->set_is_shadow_catcher((flags & SHADOW_CATCHER) != 0);
  object->set_visibility(in.get<uint32_t>());
  const bool instance = geometry[index].geometry->is_instanced();
  object->set_tfm(read_transform(in, instance));
  const auto steps = in.get<uint32_t>();
  if (steps > ccl::Object::MAX_MOTION_STEPS) {
    refuse("an object has " + std::to_string(steps) + " motion transforms");
  }
  ccl::array<ccl::Transform> motion(steps);
  for (uint32_t i = 0; i < steps; i++) {
    motion[i] = read_transform(in, instance);
  }
  object->set_motion(motion);
  object->bounds = ccl::BoundBox(ccl::zero_float3(), ccl::one_float3());
  return object;
}

/* What the BVHs are built from; gone once they are. */
struct Ingredients {
  std::vector<DescribedGeometry> geometry;
  std::vector<std::unique_ptr<ccl::Object>> objects;
  /* As BvhContent has them. */
  std::vector<uint32_t> object_geometry;

  ~Ingredients()
  {
    /* Objects refer to geometry, and geometry would delete the BVH that its BuiltBvh owns. */
    objects.clear();
    for (DescribedGeometry &each : geometry) {
      if (each.geometry) {
        each.geometry->bvh = nullptr;
      }
    }
  }
};

/* The same call that Cycles makes for geometry with instances: all visibility bits are set, because the
 * top level tests the object's. */
std::unique_ptr<ccl::BVH> build_geometry(ccl::Device *device,
                                         const ccl::BVHParams &params,
                                         ccl::Geometry *geometry)
{
  ccl::Object object;
  object.set_is_shadow_catcher(true);
  object.set_visibility(~0u);
  object.set_geometry(geometry);
  std::unique_ptr<ccl::BVH> bvh(ccl::BVH::create(params, {geometry}, {&object}, device));
  ccl::Progress progress;
  device->build_bvh(bvh.get(), progress, false);
  return bvh;
}

}  // namespace

BuiltBvh BuiltBvh::build(ccl::Device *device,
                         const void *description,
                         size_t length,
                         const BufferLookup &buffers)
{
  ByteReader in(description, length, "BVH description");
  if (in.get<uint32_t>() != MAGIC) {
    refuse("it doesn't begin with its magic number");
  }
  const auto protocol = in.get<uint16_t>();
  if (protocol != BRIDGE_PROTOCOL) {
    refuse("it is of bridge protocol " + std::to_string(protocol) + ", this side speaks " +
           std::to_string(BRIDGE_PROTOCOL));
  }
  ccl::BVHParams params = read_params(in);
  const SceneArrays arrays(buffers);

  Ingredients from;
  constexpr size_t SMALLEST_GEOMETRY = 1 + 1 + 8 + 8 + 1, SMALLEST_OBJECT = 1;
  from.geometry.resize(in.count(SMALLEST_GEOMETRY));
  for (DescribedGeometry &geometry : from.geometry) {
    geometry = read_geometry(in, arrays);
  }
  from.objects.resize(in.count(SMALLEST_OBJECT));
  for (auto &object : from.objects) {
    from.object_geometry.push_back(BvhContent::UNTRACEABLE);
    object = read_object(in, from.geometry, from.object_geometry.back());
  }
  in.expect_end();

  BuiltBvh built;
  for (const DescribedGeometry &each : from.geometry) {
    built.content.geometry.push_back(each.content);
  }
  built.content.objects = std::move(from.object_geometry);
  built.geometry.resize(from.geometry.size());
  ccl::parallel_for(size_t(0), from.geometry.size(), [&](size_t i) {
    ccl::Geometry *geometry = from.geometry[i].geometry.get();
    if (geometry->is_instanced()) {
      built.geometry[i] = build_geometry(device, from.geometry[i].params, geometry);
      geometry->bvh = built.geometry[i].get();
    }
  });

  ccl::vector<ccl::Geometry *> geometry;
  for (const DescribedGeometry &each : from.geometry) {
    geometry.push_back(each.geometry.get());
  }
  ccl::vector<ccl::Object *> objects;
  for (auto &each : from.objects) {
    objects.push_back(each.get());
  }
  params.top_level = true;
  built.top.reset(ccl::BVH::create(params, geometry, objects, device));
  ccl::Progress progress;
  device->build_bvh(built.top.get(), progress, false);
  return built;
}

}  // namespace paceline
