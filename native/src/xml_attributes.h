// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "graph/node_type.h"
#include "xml_warnings.h"

namespace paceline {

/* The words of an attribute as Cycles' reader splits it. */
std::vector<std::string> words(const char *value);

/* Calls `each` with the start of every word, without a copy: meshes have millions. Returns their number. */
template<typename Each> size_t for_each_word(const char *value, Each each)
{
  size_t count = 0;
  const char *at = value;
  while (*at) {
    at += std::strspn(at, " \t");
    const size_t length = std::strcspn(at, " \t");
    if (length > 0) {
      each(at);
      count++;
    }
    at += length;
  }
  return count;
}

/* Throws Error if an attribute has a number so large that rays would end the process inside Embree. Returns the first
 * word in it that is no number, if there is one. */
std::string check_numbers(const XmlDocument &document, pugi::xml_node node, const char *attribute);

/* Whether a socket of this name may be set by an attribute. */
bool is_attribute(const ccl::SocketType &socket);

/* The attributes that Cycles' reader takes of one element. */
struct KnownAttributes {
  /* Its sockets are attributes; may be null. */
  const ccl::NodeType *type = nullptr;
  /* What the reader looks for itself. */
  std::vector<std::string> others = {};
  /* Tells whether an element of that name can be referred to. */
  std::function<bool(const std::string &)> is_named = [](const std::string &) { return false; };
};

/* Warns of each attribute that the reader would ignore, and takes it out of the document, or read as something else. */
void check_attributes(const XmlDocument &document,
                      pugi::xml_node node,
                      const KnownAttributes &known,
                      XmlWarnings &warnings);

}  // namespace paceline
