// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "xml_images.h"

namespace ccl {
class Scene;
}

namespace paceline {

/* What there is to tell of what was read. */
struct XmlFindings {
  std::vector<std::string> warnings;
  ImagePlaces images;
};

/* Read Cycles XML into a scene with Cycles' own reader, which prints, skips or exits where it should
 * report: so each document is checked before. Throw Error with file, line and reason. */
XmlFindings read_xml_file(ccl::Scene *scene, const std::string &path);

/* `text` is what may stand inside a <cycles> element; files it names are relative to `base`. */
XmlFindings read_xml_text(ccl::Scene *scene, const std::string &text, const std::string &base);

}  // namespace paceline
