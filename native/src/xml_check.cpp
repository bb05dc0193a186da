// SPDX-License-Identifier: Apache-2.0
#include "xml_check.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <sys/stat.h>

#include "nearest.h"
#include "util/string.h"
#include "xml_shader.h"

namespace paceline {

namespace {

/* The reader recurses for each level of nesting; deeper than this is no scene, but a full stack. */
constexpr int MAX_DEPTH = 256;

size_t count_words(const char *list)
{
  return for_each_word(list, [](const char *) {});
}

const ccl::NodeType *node_type(pugi::xml_node node)
{
  return ccl::NodeType::find(ccl::ustring(ccl::string_to_lower(node.name())));
}

}  // namespace

bool XmlCheck::Scope::has(const std::string &name) const
{
  return names.count(name) != 0 || (outer && outer->has(name));
}

void XmlCheck::add_shader(const std::string &name)
{
  shaders_.insert(name);
}

void XmlCheck::scene(const XmlDocument &document)
{
  elements(document, document.cycles(), 0, Scope());
}

void XmlCheck::elements(const XmlDocument &document, pugi::xml_node parent, int depth, Scope scope)
{
  if (depth > MAX_DEPTH) {
    refuse(document, parent, "nested deeper than " + std::to_string(MAX_DEPTH) + " levels");
  }
  std::vector<pugi::xml_node> ignored;
  for (pugi::xml_node node : parent.children()) {
    if (node.type() != pugi::node_element) {
      warnings_.add(document, parent, ignored_text(node));
      ignored.push_back(node);
    }
    else if (!takes(document, node, depth, scope)) {
      ignored.push_back(node);
    }
  }
  for (pugi::xml_node node : ignored) {
    parent.remove_child(node);
  }
}

bool XmlCheck::takes(const XmlDocument &document, pugi::xml_node node, int depth, Scope &scope)
{
  const std::string name = ccl::string_to_lower(node.name());
  if (name == "film" || name == "integrator") {
    plain(document, node, scope);
    no_content(document, node);
  }
  else if (name == "camera") {
    camera(document, node, scope);
    no_content(document, node);
  }
  else if (name == "light") {
    light(document, node, scope);
    no_content(document, node);
  }
  else if (name == "mesh") {
    mesh(document, node);
    no_content(document, node);
  }
  else if (name == "include") {
    include(document, node, depth, scope);
    no_content(document, node);
  }
  else if (name == "shader" || name == "background") {
    plain(document, node, scope);
    if (name == "shader") {
      add_shader(node.attribute("name").value());
    }
    check_shader_graph(document, node, images_, warnings_);
  }
  else if (name == "transform") {
    transform(document, node);
    elements(document, node, depth + 1, {&scope});
  }
  else if (name == "state") {
    state(document, node);
    elements(document, node, depth + 1, {&scope});
  }
  else {
    warnings_.add(document, node,
                  "unknown element, ignored" +
                      suggestion(name, {"film", "integrator", "camera", "light", "mesh", "include", "shader",
                                        "background", "transform", "state"}));
    return false;
  }
  return true;
}

void XmlCheck::plain(const XmlDocument &document,
                     pugi::xml_node node,
                     Scope &scope,
                     const std::vector<std::string> &others)
{
  const ccl::NodeType *type = node_type(node);
  check_attributes(document,
                   node,
                   {type, others, [&](const std::string &name) { return scope.has(name); }},
                   warnings_);
  const pugi::xml_attribute label = node.attribute("name");
  scope.names.insert(label ? label.value() : type->name.string());
}

void XmlCheck::no_content(const XmlDocument &document, pugi::xml_node node)
{
  while (const pugi::xml_node child = node.first_child()) {
    warnings_.add(document, node,
                  child.type() == pugi::node_element ?
                      std::string("<") + child.name() + "> inside it is ignored" :
                      ignored_text(child));
    node.remove_child(child);
  }
}

void XmlCheck::include(const XmlDocument &document,
                       pugi::xml_node node,
                       int depth,
                       const Scope &scope)
{
  check_attributes(document, node, {nullptr, {"src"}}, warnings_);
  const pugi::xml_attribute src = node.attribute("src");
  if (!src) {
    refuse(document, node, "has no src");
  }
  const std::string path = src.value();
  if (including_.size() >= size_t(MAX_DEPTH) ||
      std::find(including_.begin(), including_.end(), path) != including_.end())
  {
    refuse(document, node, path + " includes itself");
  }
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    refuse(document, node, path + ": " + std::strerror(errno));
  }
  including_.push_back(path);
  const XmlDocument &included = documents_.file(path);
  elements(included, included.cycles(), depth + 1, {&scope});
  including_.pop_back();
}

void XmlCheck::camera(const XmlDocument &document, pugi::xml_node node, Scope &scope)
{
  plain(document, node, scope, {"width", "height"});
  for (const char *side : {"width", "height"}) {
    const pugi::xml_attribute attribute = node.attribute(side);
    const std::string size = attribute.value();
    if (attribute && size.find_first_not_of("0123456789") != std::string::npos) {
      const int read = attribute.as_int();
      warnings_.add(document, node,
                    std::string(side) + "=\"" + size + "\" is no number of pixels, " +
                        (read > 0 ? "read as " + std::to_string(read) : "the default is used"));
    }
    else if (attribute && attribute.as_int() < 1) {
      warnings_.add(document, node,
                    std::string(side) + "=\"" + size + "\": an image has 1 pixel or more, the default is used");
    }
  }
  if (bool(node.attribute("width")) != bool(node.attribute("height"))) {
    warnings_.add(document, node,
                  "has one of width and height, the default is used for the other");
  }
  const pugi::xml_attribute type = node.attribute("camera_type"), fov = node.attribute("fov");
  const double angle = fov ? std::strtod(fov.value(), nullptr) : 1;
  if ((!type || type.value() == std::string("perspective")) && !(angle > 0 && angle < M_PI)) {
    warnings_.add(document, node,
                  std::string("fov=\"") + fov.value() +
                      "\": the angle is in radians, between 0 and 3.1416" +
                      (angle < 180 && angle > 0 ?
                           ccl::string_printf("; is \"%.4g\" meant?", angle * M_PI / 180) :
                           ""));
  }
}

void XmlCheck::mesh(const XmlDocument &document, pugi::xml_node node)
{
  check_attributes(document,
                   node,
                   {nullptr, {"P", "verts", "nverts", "UV", "subdivision", "dicing_rate", "asset_name"}},
                   warnings_);
  for (const char *list : {"P", "UV", "dicing_rate"}) {
    numbers(document, node, list);
  }
  const size_t coordinates = count_words(node.attribute("P").value());
  if (coordinates % 3 != 0) {
    refuse(document, node,
         "P has " + std::to_string(coordinates) + " numbers, which is no multiple of 3");
  }
  const long points = long(coordinates / 3);

  size_t corners = 0;
  for_each_word(node.attribute("verts").value(), [&](const char *token) {
    const long vertex = std::strtol(token, nullptr, 10);
    if (vertex < 0 || vertex >= points) {
      refuse(document, node,
           "verts[" + std::to_string(corners) + "] is " + std::to_string(vertex) +
               ", but P has " + std::to_string(points) + " points");
    }
    corners++;
  });

  size_t faces = 0, used = 0;
  for_each_word(node.attribute("nverts").value(), [&](const char *token) {
    const long count = std::strtol(token, nullptr, 10);
    if (count < 3 || size_t(count) > corners) {
      refuse(document, node,
           "nverts[" + std::to_string(faces) + "] is " + std::to_string(count) +
               "; a face needs 3 or more of the " + std::to_string(corners) + " verts");
    }
    used += size_t(count);
    faces++;
  });
  if (used != corners) {
    refuse(document, node,
         "nverts adds up to " + std::to_string(used) + ", but there are " +
             std::to_string(corners) + " verts");
  }

  if (faces == 0) {
    warnings_.add(document, node, "has no faces, so nothing of it is seen");
  }

  const pugi::xml_attribute uv = node.attribute("UV");
  const std::string subdivision = ccl::string_to_lower(node.attribute("subdivision").value());
  const bool subdivided = subdivision == "catmull-clark" || subdivision == "linear";
  if (uv && subdivided) {
    /* Cycles 3.4 makes room for two floats per corner and writes four. */
    refuse(document, node, "UV on a subdivided mesh overruns memory in Cycles 3.4; leave it out");
  }
  if (uv && count_words(uv.value()) < corners * 2) {
    refuse(document, node,
         "UV has " + std::to_string(count_words(uv.value())) + " numbers, two for each of " +
             std::to_string(corners) + " verts are needed");
  }
  if (node.attribute("subdivision") && !subdivided && subdivision != "none") {
    warnings_.add(document, node, "unknown subdivision \"" + subdivision + "\", not subdivided");
  }
}

void XmlCheck::light(const XmlDocument &document, pugi::xml_node node, Scope &scope)
{
  plain(document, node, scope);
  /* Blender's limit; the map takes 16 bytes times twice the square of it. */
  constexpr int MAX_MAP_RESOLUTION = 8192;
  const int resolution = node.attribute("map_resolution").as_int();
  if (resolution < 0 || resolution > MAX_MAP_RESOLUTION) {
    refuse(document, node,
           "map_resolution is " + std::to_string(resolution) + ", 0 to " +
               std::to_string(MAX_MAP_RESOLUTION) + " is possible");
  }
}

void XmlCheck::transform(const XmlDocument &document, pugi::xml_node node)
{
  const std::map<std::string, size_t> lengths = {
      {"matrix", 16}, {"translate", 3}, {"rotate", 4}, {"scale", 3}};
  check_attributes(
      document, node, {nullptr, {"matrix", "translate", "rotate", "scale"}}, warnings_);
  for (const auto &[name, length] : lengths) {
    const pugi::xml_attribute attribute = node.attribute(name.c_str());
    const size_t count = count_words(attribute.value());
    if (attribute && count != length) {
      refuse(document, node,
             name + " has " + std::to_string(count) + " numbers instead of " +
                 std::to_string(length));
    }
    numbers(document, node, name.c_str());
  }
}

void XmlCheck::state(const XmlDocument &document, pugi::xml_node node)
{
  check_attributes(
      document, node, {nullptr, {"shader", "dicing_rate", "interpolation"}}, warnings_);
  numbers(document, node, "dicing_rate");
  const pugi::xml_attribute shader = node.attribute("shader");
  if (shader && shaders_.count(shader.value()) == 0) {
    warnings_.add(document, node,
                  std::string("unknown shader \"") + shader.value() +
                      "\", the one around it is used" +
                      suggestion(shader.value(), {shaders_.begin(), shaders_.end()}));
  }
  const pugi::xml_attribute interpolation = node.attribute("interpolation");
  const std::string smoothness = ccl::string_to_lower(interpolation.value());
  if (interpolation && smoothness != "smooth" && smoothness != "flat") {
    warnings_.add(document, node,
                  std::string("interpolation=\"") + interpolation.value() +
                      "\": neither smooth nor flat, ignored");
  }
}

void XmlCheck::numbers(const XmlDocument &document, pugi::xml_node node, const char *list)
{
  const std::string wrong = check_numbers(document, node, list);
  if (!wrong.empty()) {
    warnings_.add(document, node, std::string(list) + " holds \"" + wrong + "\", which is no number");
  }
}

}  // namespace paceline
