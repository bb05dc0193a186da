// SPDX-License-Identifier: Apache-2.0
#include "xml_reader.h"

#include "scene_extent.h"
#include "xml_check.h"

/* Cycles' reader gives out one function, which reads a file; reading an element of a parsed document is
 * internal to this source, and having it here as it is beats writing snippets to temporary files. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "app/cycles_xml.cpp"
#pragma GCC diagnostic pop

namespace paceline {

namespace {

bool has_shader(const ccl::Scene *scene, const std::string &name)
{
  for (const ccl::Shader *shader : scene->shaders) {
    if (shader->name == name) {
      return true;
    }
  }
  return false;
}

/* Cycles' reader drops names, and mattes are asked for by them. An object that is part of nothing is an asset
 * by itself, as in Blender. */
void name_object(ccl::Object *object, pugi::xml_node mesh)
{
  const std::string name = mesh.attribute("name").value();
  const std::string asset = mesh.attribute("asset_name").value();
  if (!name.empty()) {
    object->name = name;
  }
  object->set_asset_name(asset.empty() ? object->name : ccl::ustring(asset));
}

/* Goes through a scene as Cycles' reader does, and has that read each element. Included documents are those that were
 * checked, and names of files in them are no longer relative to anything. */
class Reading {
 public:
  Reading(ccl::Scene *scene, XmlDocuments &documents, XmlWarnings &warnings)
      : scene_(scene), documents_(documents), warnings_(warnings)
  {
  }

  void scene(const XmlDocument &document)
  {
    ccl::XMLReadState state;
    state.scene = scene_;
    state.shader = scene_->default_surface;
    elements(state, document, document.cycles());
    scene_->params.bvh_type = ccl::BVH_TYPE_STATIC;
  }

 private:
  void elements(ccl::XMLReadState &state, const XmlDocument &document, pugi::xml_node parent)
  {
    for (pugi::xml_node node : parent.children()) {
      const std::string name = ccl::string_to_lower(node.name());
      if (name == "include") {
        ccl::XMLReadState inner = state;
        const XmlDocument &included = documents_.file(node.attribute("src").value());
        elements(inner, included, included.cycles());
      }
      else if (name == "transform") {
        ccl::XMLReadState inner = state;
        ccl::xml_read_transform(node, inner.tfm);
        elements(inner, document, node);
      }
      else if (name == "state") {
        ccl::XMLReadState inner = state;
        read_state(inner, node);
        elements(inner, document, node);
      }
      else {
        element(state, document, node, name);
      }
    }
  }

  /* Cycles' reader prints a line for an unknown shader, which has been warned of. */
  static void read_state(ccl::XMLReadState &state, pugi::xml_node node)
  {
    pugi::xml_attribute shader = node.attribute("shader");
    const bool unknown = shader && !has_shader(state.scene, shader.value());
    if (unknown) {
      shader.set_name("unknown_shader");
    }
    ccl::xml_read_state(state, node);
    if (unknown) {
      shader.set_name("shader");
    }
  }

  void element(ccl::XMLReadState &state,
               const XmlDocument &document,
               pugi::xml_node node,
               const std::string &name)
  {
    if (name == "film") {
      ccl::xml_read_node(state, scene_->film, node);
    }
    else if (name == "integrator") {
      ccl::xml_read_node(state, scene_->integrator, node);
    }
    else if (name == "camera") {
      ccl::xml_read_camera(state, node);
      if (!invertible(state.tfm)) {
        warnings_.add(document, node,
                      "stands in a <transform> that squashes it flat (a scale of 0): it sees nothing");
      }
    }
    else if (name == "shader") {
      ccl::xml_read_shader(state, node);
    }
    else if (name == "background") {
      ccl::xml_read_background(state, node);
    }
    else if (name == "mesh") {
      ccl::xml_read_mesh(state, node);
      name_object(scene_->objects.back(), node);
    }
    else if (name == "light") {
      ccl::xml_read_light(state, node);
    }
  }

  ccl::Scene *scene_;
  XmlDocuments &documents_;
  XmlWarnings &warnings_;
};

XmlFindings read(ccl::Scene *scene,
                 const XmlDocument &document,
                 XmlDocuments &documents)
{
  XmlWarnings warnings;
  XmlCheck check(documents, warnings);
  for (const ccl::Shader *shader : scene->shaders) {
    check.add_shader(shader->name.string());
  }
  check.scene(document);
  Reading(scene, documents, warnings).scene(document);
  return {warnings.all(), check.images()};
}

}  // namespace

XmlFindings read_xml_file(ccl::Scene *scene, const std::string &path)
{
  XmlDocuments documents;
  return read(scene, documents.file(path), documents);
}

XmlFindings read_xml_text(ccl::Scene *scene, const std::string &text, const std::string &base)
{
  XmlDocuments documents;
  return read(scene, XmlDocument::from_text(text, base), documents);
}

}  // namespace paceline
