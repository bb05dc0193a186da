// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "session/buffers.h"

namespace ccl {
class Scene;
}

namespace paceline {

/* How samples of a pass combine; names as in the Java enum of the same name. */
enum class MergeRule {
  SUM,
  /* Overwritten for sample 0 only. */
  FIRST,
  /* An unsigned count in the bits of a float. */
  COUNT,
  /* (id, weight) pairs. */
  CRYPTOMATTE,
};

struct FilmPass {
  std::string name;
  int offset;
  int components;
  MergeRule rule;
};

/* Adds the combined pass and the wanted ones to a scene.
 *
 * Names are Cycles' pass types (depth, normal, diffuse_direct ...), cryptomatte_object,
 * cryptomatte_material, cryptomatte_asset, aov_color:NAME, aov_value:NAME and lightgroup:NAME. Throws for
 * a pass that is unknown, or whose samples don't merge. */
void request_passes(ccl::Scene *scene, const std::vector<std::string> &names);

/* The passes that the kernels write, helper passes included; cryptomatte layers as one pass each, because
 * their pairs run on from one of Cycles' passes into the next. */
std::vector<FilmPass> film_passes(const ccl::BufferParams &params);

/* Cycles' passes that make up the pass of this name: one, but for cryptomatte. Throws if there is none. */
std::vector<const ccl::BufferPass *> find_passes(const ccl::BufferParams &params,
                                                 const std::string &name);

}  // namespace paceline
