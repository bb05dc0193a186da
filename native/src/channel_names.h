// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "session/buffers.h"

namespace paceline {

/* What the channels of a pass are called in an image file: as Blender calls them.
 *
 * With a layer, LAYER.PASS.CHANNEL, as in Blender's multi-layer files. Without, PASS.CHANNEL; the combined
 * pass and depth are then R, G, B, A and Z alone, the names that every reader of OpenEXR knows. */
std::vector<std::string> channel_names(const ccl::BufferPass &pass, const std::string &layer);

/* Throws if two channels of a file have one name. */
void check_distinct(const std::vector<std::string> &channels);

}  // namespace paceline
