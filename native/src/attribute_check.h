// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bvh_description.h"
#include "scene_array.h"

namespace ccl {
struct AttributeMap;
struct KernelObject;
}  // namespace ccl

namespace paceline {

/* Checks that the attributes of an object lie inside their arrays, and that a search for one ends. */
class AttributeCheck {
 public:
  /* `texture_slots`: how many textures there may be. */
  AttributeCheck(const BufferLookup &buffers, size_t texture_slots);
  ~AttributeCheck();

  /* Throws Error. `shape` is null for an object that can't be hit; `moves`: if its primitives do. */
  void check(const ccl::KernelObject &object,
             size_t index,
             const BvhContent::Geometry *shape,
             bool moves) const;

 private:
  struct Arrays;

  void check_entry(const ccl::KernelObject &object,
                   size_t index,
                   const BvhContent::Geometry &shape,
                   const ccl::AttributeMap &entry) const;

  std::unique_ptr<Arrays> arrays_;
};

}  // namespace paceline
