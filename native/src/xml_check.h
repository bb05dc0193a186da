// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <pugixml.hpp>

namespace paceline {

/* A parsed scene document that knows the line of each of its elements. */
class XmlDocument {
 public:
  /* Throw Error with file, line and reason. */
  static XmlDocument from_file(const std::string &path);
  static XmlDocument from_text(const std::string &text, const std::string &base);

  pugi::xml_node cycles() const
  {
    return document_->child("cycles");
  }

  const std::string &base() const
  {
    return base_;
  }

  const std::string &name() const
  {
    return name_;
  }

  /* FILE:LINE of an element, for messages. */
  std::string place(pugi::xml_node node) const;

 private:
  XmlDocument(std::string name, std::string base, std::string text);
  std::string place(ptrdiff_t offset) const;

  std::string name_, base_, text_;
  std::unique_ptr<pugi::xml_document> document_;
};

/* What a mesh element calls its object. */
struct ObjectNames {
  std::string object;
  /* What the object is a part of. */
  std::string asset;
};

/* Finds in a document, and in what it includes, whatever would make Cycles' reader crash or end the process
 * (throws Error) or silently render something else (a warning). */
class XmlCheck {
 public:
  void scene(const XmlDocument &document);

  /* A shader that documents may refer to without defining it. */
  void add_shader(const std::string &name);

  const std::vector<std::string> &warnings() const
  {
    return warnings_;
  }

  /* Of the objects that Cycles' reader makes, in its order. */
  const std::vector<ObjectNames> &objects() const
  {
    return objects_;
  }

 private:
  void elements(const XmlDocument &document, pugi::xml_node parent, int depth);
  void include(const XmlDocument &document, pugi::xml_node node, int depth);
  void mesh(const XmlDocument &document, pugi::xml_node node);
  void shader_graph(const XmlDocument &document, pugi::xml_node node);
  void image(const XmlDocument &document, pugi::xml_node node);
  void light(const XmlDocument &document, pugi::xml_node node);
  void transform(const XmlDocument &document, pugi::xml_node node);
  void state(const XmlDocument &document, pugi::xml_node node);
  void sockets(const XmlDocument &document, pugi::xml_node node, const std::string &type);
  void warn(const XmlDocument &document, pugi::xml_node node, const std::string &what);

  std::vector<std::string> warnings_;
  std::vector<ObjectNames> objects_;
  std::set<std::string> shaders_;
  std::vector<std::string> including_;
};

}  // namespace paceline
