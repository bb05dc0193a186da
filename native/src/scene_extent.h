// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "util/transform.h"

namespace ccl {
class Scene;
}

namespace paceline {

/* Debian's Embree ends the process when a ray is not finite or starts further out than 1.8e18. No
 * coordinate may come near that, or one bad number would take down every worker that renders the scene. */
constexpr float MAX_COORDINATE = 1e15f;

/* False for what is not a number, too. */
bool within_extent(const ccl::Transform &transform);

/* Embree inverts the transform of an instance to take rays into its space. */
bool invertible(const ccl::Transform &transform);

/* Throws, naming the object, light or camera, unless all of an updated scene stays within that and rays can
 * be transformed into the space of every instance. */
void check_extent(const ccl::Scene &scene);

}  // namespace paceline
