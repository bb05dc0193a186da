// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include "bvh_description.h"
#include "bvh_format.h"
#include "scene/hair.h"
#include "scene/mesh.h"
#include "scene/object.h"
#include "scene/pointcloud.h"
#include "scene/scene.h"
#include "wire.h"

namespace paceline {

namespace {

using namespace bvh_format;

/* Where a geometry's motion steps lie in attributes_float3, or -1. Cycles tells nobody that offset, so it
 * is read from the attribute map as the kernels do and believed only if the floats there are the same. */
int64_t motion_offset(const ccl::Scene &scene,
                      const ccl::Geometry &geometry,
                      size_t first_element,
                      const ccl::float3 *steps,
                      size_t count)
{
  const auto &map = scene.dscene.attributes_map;
  const auto &floats = scene.dscene.attributes_float3;
  for (size_t i = geometry.attr_map_offset; i < map.size(); i++) {
    const ccl::AttributeMap &entry = map.data()[i];
    if (entry.id == ccl::ATTR_STD_NONE) {
      break;
    }
    if (entry.id != ccl::ATTR_STD_MOTION_VERTEX_POSITION) {
      continue;
    }
    const int64_t offset = int64_t(entry.offset) + int64_t(first_element);
    if (offset < 0 || size_t(offset) + count > floats.size()) {
      continue;
    }
    const ccl::packed_float3 *packed = floats.data() + offset;
    size_t same = 0;
    while (same < count && packed[same].x == steps[same].x && packed[same].y == steps[same].y &&
           packed[same].z == steps[same].z) {
      same++;
    }
    if (same == count) {
      return offset;
    }
  }
  return -1;
}

void describe_motion(ByteWriter &out,
                     const ccl::Scene &scene,
                     const ccl::Geometry &geometry,
                     size_t first_element,
                     size_t elements)
{
  const ccl::Attribute *attribute =
      geometry.get_use_motion_blur() ?
          geometry.attributes.find(ccl::ATTR_STD_MOTION_VERTEX_POSITION) :
          nullptr;
  if (!attribute) {
    out.put(NONE);
    return;
  }
  const auto steps = uint32_t(geometry.get_motion_steps());
  const size_t count = (steps - 1) * elements;
  const ccl::float3 *data = attribute->data_float3();
  const int64_t offset = motion_offset(scene, geometry, first_element, data, count);
  out.put(offset >= 0 ? IN_BUFFER : EMBEDDED);
  out.put(steps);
  if (offset >= 0) {
    out.put(uint64_t(offset));
    return;
  }
  for (size_t i = 0; i < count; i++) {
    out.put(ccl::packed_float3(data[i]));
  }
}

void describe_params(ByteWriter &out, const ccl::BVHParams &params)
{
  out.put(uint8_t(params.use_spatial_split));
  out.put(uint8_t(params.use_compact_structure));
  out.put(uint8_t(params.use_unaligned_nodes));
  out.put(int32_t(params.bvh_type));
  out.put(int32_t(params.curve_subdivisions));
  out.put(int32_t(params.num_motion_triangle_steps));
  out.put(int32_t(params.num_motion_curve_steps));
  out.put(int32_t(params.num_motion_point_steps));
}

/* `vert_offset` is private to Cycles' mesh, but simply counts the vertices of the meshes before it. */
void describe_geometry(ByteWriter &out,
                       const ccl::Scene &scene,
                       const ccl::Geometry &geometry,
                       size_t &vert_offset)
{
  const auto head = [&](Kind kind) {
    out.put(kind);
    out.put(uint64_t(geometry.prim_offset));
  };
  switch (geometry.geometry_type) {
    case ccl::Geometry::MESH:
    case ccl::Geometry::VOLUME: {
      const auto &mesh = static_cast<const ccl::Mesh &>(geometry);
      const size_t verts = mesh.get_verts().size();
      head(MESH);
      out.put(uint64_t(mesh.num_triangles()));
      out.put(uint64_t(vert_offset));
      out.put(uint64_t(verts));
      describe_motion(out, scene, geometry, vert_offset, verts);
      vert_offset += verts;
      break;
    }
    case ccl::Geometry::HAIR: {
      const auto &hair = static_cast<const ccl::Hair &>(geometry);
      head(HAIR);
      out.put(uint64_t(hair.num_curves()));
      out.put(uint64_t(hair.curve_key_offset));
      out.put(uint64_t(hair.num_keys()));
      out.put(uint64_t(hair.curve_segment_offset));
      out.put(uint8_t(hair.curve_shape));
      describe_motion(out, scene, geometry, hair.curve_key_offset, hair.num_keys());
      break;
    }
    case ccl::Geometry::POINTCLOUD: {
      const auto &points = static_cast<const ccl::PointCloud &>(geometry);
      head(POINTS);
      out.put(uint64_t(points.num_points()));
      describe_motion(out, scene, geometry, points.prim_offset, points.num_points());
      break;
    }
  }
  out.put(uint8_t(geometry.is_instanced()));
  if (geometry.is_instanced()) {
    describe_params(out, geometry.bvh->params);
  }
}

void describe_object(ByteWriter &out, const ccl::Object &object, uint32_t geometry)
{
  if (!object.is_traceable()) {
    out.put(uint8_t(0));
    return;
  }
  out.put(uint8_t(TRACEABLE | (object.get_is_shadow_catcher() ? SHADOW_CATCHER : 0)));
  out.put(geometry);
  out.put(uint32_t(object.get_visibility()));
  out.put(object.get_tfm());
  const auto &motion = object.get_motion();
  out.put(uint32_t(motion.size()));
  for (size_t i = 0; i < motion.size(); i++) {
    out.put(motion[i]);
  }
}

}  // namespace

std::vector<uint8_t> describe_bvh(const ccl::Scene &scene)
{
  ByteWriter out;
  out.put(MAGIC);
  out.put(BRIDGE_PROTOCOL);
  describe_params(out, scene.bvh->params);

  std::unordered_map<const ccl::Geometry *, uint32_t> indices;
  out.put(uint64_t(scene.geometry.size()));
  size_t vert_offset = 0;
  for (const ccl::Geometry *geometry : scene.geometry) {
    indices[geometry] = uint32_t(indices.size());
    describe_geometry(out, scene, *geometry, vert_offset);
  }

  out.put(uint64_t(scene.objects.size()));
  for (const ccl::Object *object : scene.objects) {
    describe_object(out, *object, indices.at(object->get_geometry()));
  }
  return out.take();
}

}  // namespace paceline
