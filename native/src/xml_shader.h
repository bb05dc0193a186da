// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xml_images.h"
#include "xml_warnings.h"

namespace paceline {

/* Checks the nodes of one shader and the connections between them, and takes out of the document what Cycles' reader
 * would ignore. */
void check_shader_graph(const XmlDocument &document,
                        pugi::xml_node shader,
                        ImagePlaces &images,
                        XmlWarnings &warnings);

}  // namespace paceline
