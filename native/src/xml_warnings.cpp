// SPDX-License-Identifier: Apache-2.0
#include "xml_warnings.h"

#include "error.h"

namespace paceline {

namespace {

std::string at(const XmlDocument &document, pugi::xml_node node)
{
  return document.place(node) + ": <" + node.name() + ">: ";
}

}  // namespace

void XmlWarnings::add(const XmlDocument &document, pugi::xml_node node, const std::string &what)
{
  const std::string text = at(document, node) + what;
  if (known_.insert(text).second) {
    all_.push_back(text);
  }
}

std::string ignored_text(pugi::xml_node text)
{
  constexpr size_t MAX_SHOWN = 40;
  const std::string value = text.value();
  const size_t first = value.find_first_not_of(" \t\r\n");
  const size_t last = value.find_last_not_of(" \t\r\n");
  const std::string trimmed = first == std::string::npos ? "" : value.substr(first, last + 1 - first);
  return "the text \"" + trimmed.substr(0, MAX_SHOWN) + (trimmed.size() > MAX_SHOWN ? "..." : "") +
         "\" is ignored";
}

void refuse(const XmlDocument &document, pugi::xml_node node, const std::string &why)
{
  throw Error(at(document, node) + why);
}

}  // namespace paceline
