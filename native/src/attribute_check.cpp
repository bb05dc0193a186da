// SPDX-License-Identifier: Apache-2.0
#include "attribute_check.h"

#include "bvh_format.h"

// clang-format off
#include "kernel/device/cpu/compat.h"
#include "kernel/device/cpu/globals.h"
#include "kernel/svm/types.h"
// clang-format on

namespace paceline {

namespace {

using ccl::AttributeMap;
using ccl::KernelObject;
using Shape = BvhContent::Geometry;

/* A shader uses a few; this bounds the search through a table that leads back into itself. */
constexpr int MOST_ATTRIBUTES = 4096;

[[noreturn]] void refuse(size_t object, const std::string &what)
{
  throw Error("the scene: element " + std::to_string(object) + " of objects has " + what);
}

/* First and last index that the kernels add to an attribute's offset. */
struct Indices {
  int64_t first, last;
};

Indices of(uint64_t first, uint64_t count)
{
  return {int64_t(first), int64_t(first) + int64_t(count) - 1};
}

/* All steps but the middle one are behind one another. */
Indices with_steps(Indices one, const KernelObject &object, int64_t elements)
{
  return {one.first, one.last + (int64_t(object.numsteps) * 2 - 1) * elements};
}

Indices indices(const KernelObject &object, const Shape &shape, int element)
{
  switch (element) {
    case ccl::ATTR_ELEMENT_VERTEX:
      return of(shape.first_element, shape.elements);
    case ccl::ATTR_ELEMENT_VERTEX_MOTION:
      return with_steps(of(shape.first_element, shape.elements),
                        object,
                        shape.kind == bvh_format::MESH ? object.numverts : object.numkeys);
    case ccl::ATTR_ELEMENT_FACE:
    case ccl::ATTR_ELEMENT_CURVE:
      return of(shape.first_prim, shape.prims);
    case ccl::ATTR_ELEMENT_CORNER:
    case ccl::ATTR_ELEMENT_CORNER_BYTE:
      return of(shape.first_prim * 3, shape.prims * 3);
    case ccl::ATTR_ELEMENT_CURVE_KEY:
      return of(shape.first_element, shape.elements);
    case ccl::ATTR_ELEMENT_CURVE_KEY_MOTION:
      return with_steps(of(shape.first_element, shape.elements), object, object.numkeys);
    default:
      return {0, 0};
  }
}

/* Some the kernels read with the type that Cycles gives them, whatever the table says. */
int type_read(const AttributeMap &entry, uint8_t kind)
{
  switch (entry.id) {
    case ccl::ATTR_STD_UV:
      return ccl::NODE_ATTR_FLOAT2;
    case ccl::ATTR_STD_UV_TANGENT:
    case ccl::ATTR_STD_GENERATED:
    case ccl::ATTR_STD_POSITION_UNDEFORMED:
    case ccl::ATTR_STD_POSITION_UNDISPLACED:
    case ccl::ATTR_STD_MOTION_VERTEX_NORMAL:
      return ccl::NODE_ATTR_FLOAT3;
    case ccl::ATTR_STD_MOTION_VERTEX_POSITION:
      return kind == bvh_format::MESH ? ccl::NODE_ATTR_FLOAT3 : ccl::NODE_ATTR_FLOAT4;
    case ccl::ATTR_STD_GENERATED_TRANSFORM:
      return ccl::NODE_ATTR_MATRIX;
    case ccl::ATTR_STD_UV_TANGENT_SIGN:
    case ccl::ATTR_STD_CURVE_INTERCEPT:
    case ccl::ATTR_STD_CURVE_LENGTH:
    case ccl::ATTR_STD_CURVE_RANDOM:
    case ccl::ATTR_STD_POINT_RANDOM:
    case ccl::ATTR_STD_SHADOW_TRANSPARENCY:
      return ccl::NODE_ATTR_FLOAT;
    default:
      return entry.type;
  }
}

}  // namespace

struct AttributeCheck::Arrays {
  explicit Arrays(const BufferLookup &buffers, size_t texture_slots)
      : map(buffers, "attributes_map"),
        floats(SceneArray<float>(buffers, "attributes_float").size()),
        float2s(SceneArray<ccl::float2>(buffers, "attributes_float2").size()),
        float3s(SceneArray<ccl::packed_float3>(buffers, "attributes_float3").size()),
        float4s(SceneArray<ccl::float4>(buffers, "attributes_float4").size()),
        uchar4s(SceneArray<ccl::uchar4>(buffers, "attributes_uchar4").size()),
        patches(buffers, "tri_patch"),
        textures(texture_slots)
  {
  }

  /* How many elements the array of an attribute has. */
  uint64_t length(const AttributeMap &entry, int type) const
  {
    if (entry.element == ccl::ATTR_ELEMENT_CORNER_BYTE) {
      return uchar4s;
    }
    switch (type) {
      case ccl::NODE_ATTR_FLOAT:
        return floats;
      case ccl::NODE_ATTR_FLOAT2:
        return float2s;
      case ccl::NODE_ATTR_FLOAT3:
        return float3s;
      default:
        return float4s;
    }
  }

  SceneArray<AttributeMap> map;
  uint64_t floats, float2s, float3s, float4s, uchar4s;
  SceneArray<uint32_t> patches;
  uint64_t textures;
};

AttributeCheck::AttributeCheck(const BufferLookup &buffers, size_t texture_slots)
    : arrays_(std::make_unique<Arrays>(buffers, texture_slots))
{
}

AttributeCheck::~AttributeCheck() = default;

void AttributeCheck::check(const KernelObject &object,
                           size_t index,
                           const Shape *shape,
                           bool moves) const
{
  const auto &map = arrays_->map;
  if (moves && (object.numsteps < 1 || object.numsteps > (1 << 16) || object.numverts < 0 ||
                object.numkeys < 0)) {
    refuse(index, "motion of " + std::to_string(object.numsteps) + " steps");
  }
  /* Attributes of diced triangles are found through their patches. */
  const bool diced = shape && shape->kind == bvh_format::MESH && shape->prims > 0 &&
                     shape->first_prim < arrays_->patches.size() &&
                     arrays_->patches[shape->first_prim] != ~0u;
  bool has_motion = false;
  for (int prim = 0; prim < ccl::ATTR_PRIM_TYPES; prim++) {
    uint64_t at = uint64_t(object.attribute_map_offset) + prim;
    for (int steps = 0;; steps++) {
      if (at >= map.size() || steps > MOST_ATTRIBUTES) {
        refuse(index, "a table of attributes without an end");
      }
      const AttributeMap &entry = map[at];
      if (entry.id == ccl::ATTR_STD_NONE) {
        if (entry.element == 0) {
          break;
        }
        at = uint64_t(uint32_t(entry.offset));
        continue;
      }
      at += ccl::ATTR_PRIM_TYPES;
      if (prim == ccl::ATTR_PRIM_GEOMETRY && shape) {
        has_motion |= entry.id == ccl::ATTR_STD_MOTION_VERTEX_POSITION &&
                      entry.element != ccl::ATTR_ELEMENT_NONE;
        if (!diced && (entry.flags & ccl::ATTR_SUBDIVIDED) == 0) {
          check_entry(object, index, *shape, entry);
        }
      }
    }
  }
  if (moves && !has_motion) {
    refuse(index, "moving geometry without its positions");
  }
}

void AttributeCheck::check_entry(const KernelObject &object,
                                 size_t index,
                                 const Shape &shape,
                                 const AttributeMap &entry) const
{
  if (entry.element == ccl::ATTR_ELEMENT_NONE) {
    return;
  }
  if (entry.element == ccl::ATTR_ELEMENT_VOXEL) {
    if (entry.offset < 0 || uint64_t(entry.offset) >= arrays_->textures) {
      refuse(index, "a volume whose texture isn't there");
    }
    return;
  }
  const int type = type_read(entry, shape.kind);
  const Indices range = indices(object, shape, entry.element);
  if (range.last < range.first) {
    return;
  }
  const int64_t each = type == ccl::NODE_ATTR_MATRIX ? 3 : 1;
  if (int64_t(entry.offset) + range.first < 0 ||
      int64_t(entry.offset) + range.last + each > int64_t(arrays_->length(entry, type))) {
    refuse(index, "attribute " + std::to_string(entry.id) + " outside its array");
  }
}

}  // namespace paceline
