// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bvh_description.h"

namespace ccl {
struct KernelData;
}

namespace paceline {

/* Checks what decides where the kernels read and write: they use every offset, count and index that a host
 * sends without a look of their own. What the shaders' programs (svm_nodes) say beyond their entry points, and
 * the control points of adaptively subdivided meshes (patches), is not checked. */
class SceneCheck {
 public:
  /* Every index in the scene's arrays, in one pass over them: after any of them changed. Throws Error. */
  void check_arrays(const BufferLookup &buffers, const BvhContent &bvh, size_t texture_slots);

  /* The film's passes, counts and tables, beside arrays that were checked: after every change. Takes no time
   * to speak of. Throws Error. */
  void check_data(const ccl::KernelData &data, const BufferLookup &buffers) const;

 private:
  void note_light_group(int group);

  /* Among those of objects and lights. */
  int least_light_group_ = 0, most_light_group_ = 0;
};

}  // namespace paceline
