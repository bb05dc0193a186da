// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bvh/bvh.h"
#include "util/progress.h"

namespace ccl {
class Device;
class Scene;
}  // namespace ccl

namespace paceline {

/* The bytes of a scene buffer that a description points into; null when there is none of that name. */
struct BufferView {
  const void *data = nullptr;
  size_t bytes = 0;
};

using BufferLookup = std::function<BufferView(const std::string &name)>;

/* Describes every BVH of an updated scene: the arguments of Cycles' build_bvh calls. Vertices, curve keys
 * and points are named by their place in the scene buffers, which workers have anyway; only motion steps
 * that no buffer holds are embedded. */
std::vector<uint8_t> describe_bvh(const ccl::Scene &scene);

/* What a hit in a BVH can name. */
struct BvhContent {
  static constexpr uint32_t UNTRACEABLE = ~0u;

  struct Geometry {
    uint8_t kind;
    bool instanced;
    /* Triangles, curves or points in their array; vertices, keys or points. */
    uint64_t first_prim, prims, first_element, elements;
    /* What a hit names: triangles, curve segments or points. */
    uint64_t first_hit, hits;
  };

  std::vector<Geometry> geometry;
  /* For each object its geometry's index, or UNTRACEABLE. */
  std::vector<uint32_t> objects;
};

/* BVHs built on a device; owns them. The instances among them must outlive the top level. */
struct BuiltBvh {
  std::vector<std::unique_ptr<ccl::BVH>> geometry;
  std::unique_ptr<ccl::BVH> top;
  BvhContent content;

  /* Rebuilds the geometry that a description names and builds the BVHs on `device`. Everything in the
   * description and every index it makes reachable is checked; throws Error. */
  static BuiltBvh build(ccl::Device *device,
                        const void *description,
                        size_t length,
                        const BufferLookup &buffers);

  void clear()
  {
    top.reset();
    geometry.clear();
    content = BvhContent();
  }
};

}  // namespace paceline
