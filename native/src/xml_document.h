// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <pugixml.hpp>

namespace paceline {

/* A parsed scene document that knows the line of each of its elements. Names of files in it are ready to be opened:
 * resolved against the directory of the document. */
class XmlDocument {
 public:
  /* Throw Error with file, line and reason. */
  static XmlDocument from_file(const std::string &path);
  static XmlDocument from_text(const std::string &text, const std::string &base);

  pugi::xml_node cycles() const
  {
    return document_->child("cycles");
  }

  /* FILE:LINE of an element, for messages. */
  std::string place(pugi::xml_node node) const;

 private:
  XmlDocument(std::string name, const std::string &base, const std::string &text);
  std::string place(ptrdiff_t offset) const;

  std::string name_;
  /* The parser's nodes point into it. */
  std::vector<char> text_;
  /* Offset of the first character of each line. */
  std::vector<ptrdiff_t> lines_;
  std::unique_ptr<pugi::xml_document> document_;
};

/* The documents that a scene includes, each read once however often it is included. */
class XmlDocuments {
 public:
  const XmlDocument &file(const std::string &path);

 private:
  std::map<std::string, XmlDocument> files_;
};

/* The path of a file that a scene in directory `base` names. An absolute name is absolute; one that begins with two
 * slashes is relative, as in Blender. */
std::string scene_path(const std::string &base, const std::string &name);

}  // namespace paceline
