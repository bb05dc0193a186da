// SPDX-License-Identifier: Apache-2.0
#include "xml_shader.h"

#include <map>
#include <set>
#include <vector>

#include "nearest.h"
#include "util/string.h"
#include "xml_attributes.h"

namespace paceline {

namespace {

class Graph {
 public:
  Graph(const XmlDocument &document,
        pugi::xml_node shader,
        ImagePlaces &images,
        XmlWarnings &warnings)
      : document_(document), shader_(shader), images_(images), warnings_(warnings)
  {
    nodes_["output"] = ccl::NodeType::find(ccl::ustring("output"));
  }

  void check()
  {
    std::vector<pugi::xml_node> ignored;
    for (pugi::xml_node child : shader_.children()) {
      const bool taken = child.type() != pugi::node_element ? takes_text(child) :
                         child.name() == std::string("connect") ? takes_connection(child) :
                                                                  takes_node(child);
      if (!taken) {
        ignored.push_back(child);
      }
    }
    for (pugi::xml_node child : ignored) {
      shader_.remove_child(child);
    }
  }

 private:
  struct End {
    const ccl::SocketType *socket = nullptr;
    std::string node;
  };

  bool takes_text(pugi::xml_node text)
  {
    warnings_.add(document_, shader_, ignored_text(text));
    return false;
  }

  bool takes_node(pugi::xml_node node)
  {
    /* The name of the shader node that collides with the scene's background. */
    const std::string name = node.name();
    const ccl::NodeType *type = ccl::NodeType::find(
        ccl::ustring(name == "background" ? "background_shader" : name));
    if (!type || type->type != ccl::NodeType::SHADER || !type->create) {
      warnings_.add(document_, node,
                    name == "osl_shader" ?
                        "this build of Cycles has no OSL, ignored" :
                        "unknown shader node, ignored" + suggestion(name, shader_nodes()));
      return false;
    }
    const pugi::xml_attribute label = node.attribute("name");
    nodes_[label ? label.value() : type->name.string()] = type;
    check_attributes(document_, node, {type}, warnings_);
    if (name == "image_texture" || name == "environment_texture") {
      check_image(document_, node, images_, warnings_);
    }
    else if (name == "ies_light") {
      check_ies(document_, node, warnings_);
    }
    return true;
  }

  bool takes_connection(pugi::xml_node connection)
  {
    check_attributes(document_, connection, {nullptr, {"from", "to"}}, warnings_);
    const End from = find(connection, "from"), to = find(connection, "to");
    if (!from.socket || !to.socket) {
      return false;
    }
    if (from.socket->type == ccl::SocketType::CLOSURE && to.socket->type != ccl::SocketType::CLOSURE) {
      ignore(connection, "to", "can't take a closure (what a BSDF, an emission or a volume gives)");
      return false;
    }
    if (!connected_.insert(to.node + " " + to.socket->name.string()).second) {
      ignore(connection, "to", "is connected already");
      return false;
    }
    return true;
  }

  /* One end of a connection, empty and told if there is no such thing. */
  End find(pugi::xml_node connection, const char *end)
  {
    const std::vector<std::string> parts = words(connection.attribute(end).value());
    if (parts.size() != 2) {
      ignore(connection, end, "isn't a node's name and a socket's with a space between them");
      return {};
    }
    const auto node = nodes_.find(parts[0]);
    if (node == nodes_.end()) {
      std::vector<std::string> names;
      for (const auto &[name, type] : nodes_) {
        names.push_back(name);
      }
      ignore(connection, end, "names no node above it", suggestion(parts[0], names));
      return {};
    }
    const bool output = end == std::string("from");
    std::vector<std::string> names;
    for (const ccl::SocketType &socket : output ? node->second->outputs : node->second->inputs) {
      if (!output && !(socket.flags & ccl::SocketType::LINKABLE)) {
        continue;
      }
      if (ccl::string_iequals(socket.name.string(), parts[1])) {
        return {&socket, parts[0]};
      }
      names.push_back(socket.name.string());
    }
    ignore(connection, end,
           std::string("names no ") + (output ? "output" : "input") + " of <" +
               node->second->name.string() + ">",
           suggestion(parts[1], names));
    return {};
  }

  void ignore(pugi::xml_node connection,
              const char *end,
              const std::string &why,
              const std::string &hint = "")
  {
    warnings_.add(document_, connection,
                  std::string(end) + "=\"" + connection.attribute(end).value() + "\" " + why +
                      ", ignored" + hint);
  }

  static std::vector<std::string> shader_nodes()
  {
    std::vector<std::string> names;
    for (const auto &[name, type] : ccl::NodeType::types()) {
      if (type.type == ccl::NodeType::SHADER && type.create) {
        names.push_back(name.string());
      }
    }
    return names;
  }

  const XmlDocument &document_;
  pugi::xml_node shader_;
  ImagePlaces &images_;
  XmlWarnings &warnings_;
  /* The nodes so far by the name that connections give them. */
  std::map<std::string, const ccl::NodeType *> nodes_;
  std::set<std::string> connected_;
};

}  // namespace

void check_shader_graph(const XmlDocument &document,
                        pugi::xml_node shader,
                        ImagePlaces &images,
                        XmlWarnings &warnings)
{
  Graph(document, shader, images, warnings).check();
}

}  // namespace paceline
