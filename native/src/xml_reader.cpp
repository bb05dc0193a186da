// SPDX-License-Identifier: Apache-2.0
#include "xml_reader.h"

#include "xml_check.h"

/* Cycles' reader gives out one function, which reads a file; reading an element of a parsed document is
 * internal to this source, and having it here as it is beats writing snippets to temporary files. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "app/cycles_xml.cpp"
#pragma GCC diagnostic pop

namespace paceline {

namespace {

void read_elements(ccl::Scene *scene, pugi::xml_node cycles, const std::string &base)
{
  ccl::XMLReadState state;
  state.scene = scene;
  state.shader = scene->default_surface;
  state.base = base;
  ccl::xml_read_scene(state, cycles);
  scene->params.bvh_type = ccl::BVH_TYPE_STATIC;
}

/* Cycles' reader drops names, and mattes are asked for by them. An object that is part of nothing is an asset
 * by itself, as in Blender. */
void name_objects(ccl::Scene *scene, size_t first, const std::vector<ObjectNames> &names)
{
  for (size_t i = first; i < scene->objects.size(); i++) {
    ccl::Object *object = scene->objects[i];
    const ObjectNames &own = names.at(i - first);
    if (!own.object.empty()) {
      object->name = own.object;
    }
    object->set_asset_name(own.asset.empty() ? object->name : ccl::ustring(own.asset));
  }
}

}  // namespace

std::vector<std::string> read_xml_file(ccl::Scene *scene, const std::string &path)
{
  XmlCheck check;
  const XmlDocument document = XmlDocument::from_file(path);
  check.scene(document);
  const size_t objects = scene->objects.size();
  read_elements(scene, document.cycles(), document.base());
  name_objects(scene, objects, check.objects());
  return check.warnings();
}

std::vector<std::string> read_xml_text(ccl::Scene *scene,
                                       const std::string &text,
                                       const std::string &base)
{
  XmlCheck check;
  for (const ccl::Shader *shader : scene->shaders) {
    check.add_shader(shader->name.string());
  }
  const XmlDocument document = XmlDocument::from_text(text, base);
  check.scene(document);
  const size_t objects = scene->objects.size();
  read_elements(scene, document.cycles(), base);
  name_objects(scene, objects, check.objects());
  return check.warnings();
}

}  // namespace paceline
