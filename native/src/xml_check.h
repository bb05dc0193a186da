// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "xml_attributes.h"
#include "xml_images.h"
#include "xml_warnings.h"

namespace paceline {

/* Finds in a document, and in what it includes, whatever would make Cycles' reader crash or end the process (throws
 * Error) or silently render something else (a warning). What the reader would ignore is taken out of the documents, so
 * it prints nothing itself. */
class XmlCheck {
 public:
  explicit XmlCheck(XmlDocuments &documents, XmlWarnings &warnings)
      : documents_(documents), warnings_(warnings)
  {
  }

  void scene(const XmlDocument &document);

  /* A shader that documents may refer to without defining it. */
  void add_shader(const std::string &name);

  const ImagePlaces &images() const
  {
    return images_;
  }

 private:
  /* The names that attributes may refer to: those of an element end with the <state>, <transform> or <include> that it
   * stands in. */
  struct Scope {
    const Scope *outer = nullptr;
    std::set<std::string> names = {};

    bool has(const std::string &name) const;
  };

  void elements(const XmlDocument &document, pugi::xml_node parent, int depth, Scope scope);
  /* False if the reader ignores it. */
  bool takes(const XmlDocument &document, pugi::xml_node node, int depth, Scope &scope);
  void plain(const XmlDocument &document,
             pugi::xml_node node,
             Scope &scope,
             const std::vector<std::string> &others = {});
  void no_content(const XmlDocument &document, pugi::xml_node node);
  void include(const XmlDocument &document, pugi::xml_node node, int depth, const Scope &scope);
  void camera(const XmlDocument &document, pugi::xml_node node, Scope &scope);
  void mesh(const XmlDocument &document, pugi::xml_node node);
  void light(const XmlDocument &document, pugi::xml_node node, Scope &scope);
  void transform(const XmlDocument &document, pugi::xml_node node);
  void state(const XmlDocument &document, pugi::xml_node node);
  void numbers(const XmlDocument &document, pugi::xml_node node, const char *list);

  XmlDocuments &documents_;
  XmlWarnings &warnings_;
  ImagePlaces images_;
  std::set<std::string> shaders_;
  std::vector<std::string> including_;
};

}  // namespace paceline
