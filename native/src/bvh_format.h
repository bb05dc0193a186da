// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/* The BVH description, in the order of its bytes (all little-endian):
 *
 *   u32 magic, u16 protocol, parameters
 *   u64 geometries, each:
 *     u8 kind, u64 prim_offset
 *     mesh:   u64 triangles, u64 vert_offset, u64 verts
 *     hair:   u64 curves, u64 key_offset, u64 keys, u64 segment_offset, u8 shape
 *     points: u64 points
 *     u8 motion; unless NONE: u32 steps, then
 *       IN_BUFFER: u64 offset into attributes_float3
 *       EMBEDDED:  (steps - 1) * n packed float3
 *     u8 instanced; only if so: parameters
 *   u64 objects, each:
 *     u8 flags; only if TRACEABLE: u32 geometry, u32 visibility, 12 floats transform,
 *     u32 motion transforms, each 12 floats
 *
 * Parameters are those of the top level, and of the BVH that instances of a geometry share; Cycles chooses
 * them differently, and both show in the image:
 *   u8 use_spatial_split, u8 use_compact_structure, u8 use_unaligned_nodes,
 *   i32 bvh_type, i32 curve_subdivisions, i32 motion steps of triangles, curves, points
 */
namespace paceline::bvh_format {

constexpr uint32_t MAGIC = 0x48564250; /* "PBVH" */

enum Kind : uint8_t { MESH = 0, HAIR = 1, POINTS = 2 };
enum Motion : uint8_t { NONE = 0, IN_BUFFER = 1, EMBEDDED = 2 };
enum ObjectFlags : uint8_t { TRACEABLE = 1, SHADOW_CATCHER = 2 };

}  // namespace paceline::bvh_format
