// SPDX-License-Identifier: Apache-2.0
#include "xml_document.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

#include "error.h"
#include "file_reads.h"
#include "graph/node_type.h"
#include "util/path.h"
#include "util/string.h"

namespace paceline {

namespace {

std::string read_file(const std::string &path)
{
  const FileRead reading(path);
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    throw Error(path + ": " + std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    throw Error(path + ": is a directory, not a scene file");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(path + ": " + std::strerror(errno));
  }
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

/* Of an element, the attribute that names a file: src of an include, filename of what shader node has one. */
pugi::xml_attribute file_attribute(pugi::xml_node node)
{
  if (ccl::string_iequals(node.name(), "include")) {
    return node.attribute("src");
  }
  const ccl::NodeType *type = ccl::NodeType::find(ccl::ustring(node.name()));
  const ccl::SocketType *socket = type ? type->find_input(ccl::ustring("filename")) : nullptr;
  return socket && socket->type == ccl::SocketType::STRING ? node.attribute("filename") :
                                                             pugi::xml_attribute();
}

class FileNames : public pugi::xml_tree_walker {
 public:
  explicit FileNames(const std::string &base) : base_(base)
  {
  }

  bool for_each(pugi::xml_node &node) override
  {
    pugi::xml_attribute file = file_attribute(node);
    if (file) {
      file.set_value(scene_path(base_, file.value()).c_str());
    }
    return true;
  }

 private:
  const std::string &base_;
};

}  // namespace

std::string scene_path(const std::string &base, const std::string &name)
{
  if (name.empty() || (name[0] == '/' && name.compare(0, 2, "//") != 0)) {
    return name;
  }
  return ccl::path_join(base, name.substr(std::min(name.find_first_not_of('/'), name.size())));
}

XmlDocument::XmlDocument(std::string name, const std::string &base, const std::string &text)
    : name_(std::move(name)),
      text_(text.begin(), text.end()),
      lines_({0}),
      document_(std::make_unique<pugi::xml_document>())
{
  for (size_t i = text.find('\n'); i != std::string::npos; i = text.find('\n', i + 1)) {
    lines_.push_back(ptrdiff_t(i) + 1);
  }
  const pugi::xml_parse_result result = document_->load_buffer_inplace(text_.data(), text_.size());
  if (!result) {
    throw Error(place(result.offset) + ": " + result.description());
  }
  if (!cycles()) {
    throw Error(name_ + ": has no <cycles> element, so it is not a Cycles scene");
  }
  FileNames names(base);
  document_->traverse(names);
}

XmlDocument XmlDocument::from_file(const std::string &path)
{
  return XmlDocument(path, ccl::path_dirname(path), read_file(path));
}

XmlDocument XmlDocument::from_text(const std::string &text, const std::string &base)
{
  return XmlDocument("XML snippet", base, "<cycles>" + text + "</cycles>");
}

std::string XmlDocument::place(ptrdiff_t offset) const
{
  const auto line = std::upper_bound(lines_.begin(), lines_.end(), std::max<ptrdiff_t>(offset, 0));
  return name_ + ":" + std::to_string(line - lines_.begin());
}

std::string XmlDocument::place(pugi::xml_node node) const
{
  return place(node.offset_debug());
}

const XmlDocument &XmlDocuments::file(const std::string &path)
{
  const auto known = files_.find(path);
  return known != files_.end() ? known->second :
                                 files_.emplace(path, XmlDocument::from_file(path)).first->second;
}

}  // namespace paceline
