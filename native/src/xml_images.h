// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "xml_warnings.h"

namespace paceline {

/* The image files that a scene names, and where: path to FILE:LINE: <ELEMENT>. */
using ImagePlaces = std::map<std::string, std::string>;

/* Warns of an image file that can't be opened; throws Error for one that is too large for Cycles' kernels. */
void check_image(const XmlDocument &document,
                 pugi::xml_node node,
                 ImagePlaces &places,
                 XmlWarnings &warnings);

/* Warns of a light's IES file that can't be read. */
void check_ies(const XmlDocument &document, pugi::xml_node node, XmlWarnings &warnings);

}  // namespace paceline
