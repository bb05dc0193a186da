// SPDX-License-Identifier: Apache-2.0
#include "xml_check.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sys/stat.h>

#include <OpenImageIO/imageio.h>

#include "error.h"
#include "graph/node_enum.h"
#include "graph/node_type.h"
#include "scene_extent.h"
#include "util/path.h"
#include "util/string.h"

namespace paceline {

namespace {

/* The reader recurses for each level of nesting; deeper than this is no scene, but a full stack. */
constexpr int MAX_DEPTH = 256;

[[noreturn]] void fail(const XmlDocument &document, pugi::xml_node node, const std::string &why)
{
  throw Error(document.place(node) + ": <" + node.name() + ">: " + why);
}

/* Calls `each` with every number of a list as Cycles' reader splits it. */
template<typename Each> size_t for_each_token(const char *list, Each each)
{
  size_t count = 0;
  const char *at = list;
  while (*at) {
    const size_t space = std::strspn(at, " \t");
    at += space;
    const size_t length = std::strcspn(at, " \t");
    if (length > 0) {
      each(at);
      count++;
    }
    at += length;
  }
  return count;
}

/* Larger numbers, and what is no finite one, become rays that end the process inside Embree. */
void check_numbers(const XmlDocument &document, pugi::xml_node node, const char *attribute)
{
  for_each_token(node.attribute(attribute).value(), [&](const char *token) {
    const double value = std::strtod(token, nullptr);
    /* Distances that mean "no limit" are harmless. */
    const bool limit = std::strcmp(attribute, "farclip") == 0 ||
                       std::strcmp(attribute, "ao_distance") == 0;
    if (!(std::fabs(value) <= MAX_COORDINATE) && !(limit && value > 0)) {
      fail(document, node,
           std::string(attribute) + " holds " + std::string(token, std::strcspn(token, " \t")) +
               ", which is not a number up to 1e15");
    }
  });
}

size_t count_tokens(const char *list)
{
  return for_each_token(list, [](const char *) {});
}

std::string read_file(const std::string &path)
{
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

}  // namespace

XmlDocument::XmlDocument(std::string name, std::string base, std::string text)
    : name_(std::move(name)),
      base_(std::move(base)),
      text_(std::move(text)),
      document_(std::make_unique<pugi::xml_document>())
{
  const pugi::xml_parse_result result = document_->load_buffer(text_.data(), text_.size());
  if (!result) {
    throw Error(place(result.offset) + ": " + result.description());
  }
  if (!cycles()) {
    throw Error(name_ + ": has no <cycles> element, so it is not a Cycles scene");
  }
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
  const auto end = text_.begin() + std::min(offset, ptrdiff_t(text_.size()));
  return name_ + ":" + std::to_string(1 + std::count(text_.begin(), end, '\n'));
}

std::string XmlDocument::place(pugi::xml_node node) const
{
  return place(node.offset_debug());
}

void XmlCheck::warn(const XmlDocument &document, pugi::xml_node node, const std::string &what)
{
  warnings_.push_back(document.place(node) + ": <" + node.name() + ">: " + what);
}

void XmlCheck::add_shader(const std::string &name)
{
  shaders_.insert(name);
}

void XmlCheck::scene(const XmlDocument &document)
{
  elements(document, document.cycles(), 0);
}

void XmlCheck::elements(const XmlDocument &document, pugi::xml_node parent, int depth)
{
  if (depth > MAX_DEPTH) {
    fail(document, parent, "nested deeper than " + std::to_string(MAX_DEPTH) + " levels");
  }
  using Handler = std::function<void(pugi::xml_node)>;
  const auto plain = [&](const char *type) -> Handler {
    return [this, &document, type](pugi::xml_node node) { sockets(document, node, type); };
  };
  const std::map<std::string, Handler> handlers = {
      {"film", plain("film")},
      {"integrator", plain("integrator")},
      {"camera", plain("camera")},
      {"light", [&](pugi::xml_node node) { light(document, node); }},
      {"shader",
       [&](pugi::xml_node node) {
         add_shader(node.attribute("name").value());
         shader_graph(document, node);
       }},
      {"background", [&](pugi::xml_node node) { shader_graph(document, node); }},
      {"mesh", [&](pugi::xml_node node) { mesh(document, node); }},
      {"include", [&](pugi::xml_node node) { include(document, node, depth); }},
      {"transform",
       [&](pugi::xml_node node) {
         transform(document, node);
         elements(document, node, depth + 1);
       }},
      {"state",
       [&](pugi::xml_node node) {
         state(document, node);
         elements(document, node, depth + 1);
       }},
  };
  for (pugi::xml_node node : parent.children()) {
    if (node.type() != pugi::node_element) {
      continue;
    }
    const auto handler = handlers.find(ccl::string_to_lower(node.name()));
    if (handler == handlers.end()) {
      warn(document, node, "unknown element, ignored");
    }
    else {
      handler->second(node);
    }
  }
}

void XmlCheck::include(const XmlDocument &document, pugi::xml_node node, int depth)
{
  const pugi::xml_attribute src = node.attribute("src");
  if (!src) {
    fail(document, node, "has no src");
  }
  const std::string path = ccl::path_join(document.base(), src.value());
  if (including_.size() >= size_t(MAX_DEPTH) ||
      std::find(including_.begin(), including_.end(), path) != including_.end())
  {
    fail(document, node, path + " includes itself");
  }
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    fail(document, node, path + ": " + std::strerror(errno));
  }
  including_.push_back(path);
  const XmlDocument included = XmlDocument::from_file(path);
  elements(included, included.cycles(), depth + 1);
  including_.pop_back();
}

void XmlCheck::mesh(const XmlDocument &document, pugi::xml_node node)
{
  objects_.push_back({node.attribute("name").value(), node.attribute("asset_name").value()});
  check_numbers(document, node, "P");
  check_numbers(document, node, "UV");
  const size_t coordinates = count_tokens(node.attribute("P").value());
  if (coordinates % 3 != 0) {
    fail(document, node,
         "P has " + std::to_string(coordinates) + " numbers, which is no multiple of 3");
  }
  const long points = long(coordinates / 3);

  size_t corners = 0;
  for_each_token(node.attribute("verts").value(), [&](const char *token) {
    const long vertex = std::strtol(token, nullptr, 10);
    if (vertex < 0 || vertex >= points) {
      fail(document, node,
           "verts[" + std::to_string(corners) + "] is " + std::to_string(vertex) +
               ", but P has " + std::to_string(points) + " points");
    }
    corners++;
  });

  size_t faces = 0, used = 0;
  for_each_token(node.attribute("nverts").value(), [&](const char *token) {
    const long count = std::strtol(token, nullptr, 10);
    if (count < 3 || size_t(count) > corners) {
      fail(document, node,
           "nverts[" + std::to_string(faces) + "] is " + std::to_string(count) +
               "; a face needs 3 or more of the " + std::to_string(corners) + " verts");
    }
    used += size_t(count);
    faces++;
  });
  if (used != corners) {
    fail(document, node,
         "nverts adds up to " + std::to_string(used) + ", but there are " +
             std::to_string(corners) + " verts");
  }

  const pugi::xml_attribute uv = node.attribute("UV");
  const std::string subdivision = ccl::string_to_lower(node.attribute("subdivision").value());
  const bool subdivided = subdivision == "catmull-clark" || subdivision == "linear";
  if (uv && subdivided) {
    /* Cycles 3.4 makes room for two floats per corner and writes four. */
    fail(document, node, "UV on a subdivided mesh overruns memory in Cycles 3.4; leave it out");
  }
  if (uv && count_tokens(uv.value()) < corners * 2) {
    fail(document, node,
         "UV has " + std::to_string(count_tokens(uv.value())) + " numbers, two for each of " +
             std::to_string(corners) + " verts are needed");
  }
  if (node.attribute("subdivision") && !subdivided && subdivision != "none") {
    warn(document, node, "unknown subdivision \"" + subdivision + "\", not subdivided");
  }
}

void XmlCheck::shader_graph(const XmlDocument &document, pugi::xml_node node)
{
  sockets(document, node, ccl::string_to_lower(node.name()));
  std::set<std::string> names = {"output"};
  for (pugi::xml_node child : node.children()) {
    if (child.type() != pugi::node_element) {
      continue;
    }
    std::string type = child.name();
    if (type == "connect") {
      for (const char *end : {"from", "to"}) {
        const std::string socket = child.attribute(end).value();
        const std::string from = socket.substr(0, socket.find(' '));
        if (names.count(from) == 0) {
          warn(document, child,
               std::string(end) + "=\"" + socket + "\" names no node above it, ignored");
        }
      }
      continue;
    }
    names.insert(child.attribute("name").value());
    if (type == "image_texture" || type == "environment_texture") {
      image(document, child);
    }
    /* The name of the shader node that collides with the scene's background. */
    if (type == "background") {
      type = "background_shader";
    }
    const ccl::NodeType *known = ccl::NodeType::find(ccl::ustring(type));
    if (!known || known->type != ccl::NodeType::SHADER || !known->create) {
      warn(document, child, "unknown shader node, ignored");
    }
    else {
      sockets(document, child, type);
    }
  }
}

void XmlCheck::image(const XmlDocument &document, pugi::xml_node node)
{
  const std::string file = node.attribute("filename").value();
  if (file.find("<UDIM>") != std::string::npos || file.find("<UVTILE>") != std::string::npos) {
    return;
  }
  const std::string path = ccl::path_join(document.base(), file);
  if (!OIIO::ImageInput::open(path)) {
    const std::string reason = OIIO::geterror();
    warn(document, node,
         "image " + path + " can't be read, Cycles shows pink instead" +
             (reason.empty() ? "" : ": " + reason));
  }
}

void XmlCheck::light(const XmlDocument &document, pugi::xml_node node)
{
  sockets(document, node, "light");
  /* Blender's limit; the map takes 16 bytes times twice the square of it. */
  constexpr int MAX_MAP_RESOLUTION = 8192;
  const int resolution = node.attribute("map_resolution").as_int();
  if (resolution < 0 || resolution > MAX_MAP_RESOLUTION) {
    fail(document, node,
         "map_resolution is " + std::to_string(resolution) + ", 0 to " +
             std::to_string(MAX_MAP_RESOLUTION) + " is possible");
  }
}

void XmlCheck::transform(const XmlDocument &document, pugi::xml_node node)
{
  const std::map<std::string, size_t> lengths = {
      {"matrix", 16}, {"translate", 3}, {"rotate", 4}, {"scale", 3}};
  for (const auto &[name, length] : lengths) {
    const pugi::xml_attribute attribute = node.attribute(name.c_str());
    const size_t count = count_tokens(attribute.value());
    if (attribute && count != length) {
      fail(document, node,
           name + " has " + std::to_string(count) + " numbers instead of " +
               std::to_string(length));
    }
    check_numbers(document, node, name.c_str());
  }
}

void XmlCheck::state(const XmlDocument &document, pugi::xml_node node)
{
  const pugi::xml_attribute shader = node.attribute("shader");
  if (shader && shaders_.count(shader.value()) == 0) {
    warn(document, node,
         std::string("unknown shader \"") + shader.value() + "\", the one around it is used");
  }
}

void XmlCheck::sockets(const XmlDocument &document,
                       pugi::xml_node node,
                       const std::string &type)
{
  const ccl::NodeType *node_type = ccl::NodeType::find(ccl::ustring(type));
  if (!node_type) {
    return;
  }
  for (const ccl::SocketType &socket : node_type->inputs) {
    const pugi::xml_attribute attribute = node.attribute(socket.name.c_str());
    if (!attribute) {
      continue;
    }
    if (socket.type == ccl::SocketType::ENUM) {
      if (!socket.enum_values->exists(ccl::ustring(attribute.value()))) {
        warn(document, node,
             socket.name.string() + "=\"" + attribute.value() + "\" is unknown, ignored");
      }
    }
    else if (ccl::SocketType::is_float3(socket.type) || socket.type == ccl::SocketType::FLOAT ||
             socket.type == ccl::SocketType::POINT2)
    {
      check_numbers(document, node, socket.name.c_str());
    }
  }
}

}  // namespace paceline
