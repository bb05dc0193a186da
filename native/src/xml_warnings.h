// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "xml_document.h"

namespace paceline {

/* What Cycles would ignore or read as something else without a word: a sentence each, once each. */
class XmlWarnings {
 public:
  void add(const XmlDocument &document, pugi::xml_node node, const std::string &what);

  const std::vector<std::string> &all() const
  {
    return all_;
  }

 private:
  std::vector<std::string> all_;
  std::set<std::string> known_;
};

/* The sentence about text between elements, where Cycles' reader looks for none. */
std::string ignored_text(pugi::xml_node text);

/* Throws Error with file, line and element. */
[[noreturn]] void refuse(const XmlDocument &document, pugi::xml_node node, const std::string &why);

}  // namespace paceline
