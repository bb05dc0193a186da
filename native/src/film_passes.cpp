// SPDX-License-Identifier: Apache-2.0
#include "film_passes.h"

#include <array>
#include <set>

#include "error.h"
#include "scene/film.h"
#include "scene/integrator.h"
#include "scene/pass.h"
#include "scene/scene.h"

namespace paceline {

namespace {

struct CryptomatteLayer {
  const char *name;
  /* Blender's names, which compositors look for. */
  const char *pass_prefix;
  int flag;
};

const std::array<CryptomatteLayer, 3> CRYPTOMATTE_LAYERS = {{
    {"cryptomatte_object", "CryptoObject", ccl::CRYPT_OBJECT},
    {"cryptomatte_material", "CryptoMaterial", ccl::CRYPT_MATERIAL},
    {"cryptomatte_asset", "CryptoAsset", ccl::CRYPT_ASSET},
}};

/* Passes per layer, with two (id, weight) pairs each: Blender's default of six levels. */
constexpr int CRYPTOMATTE_DEPTH = 3;

const CryptomatteLayer *cryptomatte_layer_of(const ccl::BufferPass &pass)
{
  for (const CryptomatteLayer &layer : CRYPTOMATTE_LAYERS) {
    if (pass.type == ccl::PASS_CRYPTOMATTE && pass.name.string().rfind(layer.pass_prefix, 0) == 0) {
      return &layer;
    }
  }
  return nullptr;
}

[[noreturn]] void refuse(const std::string &name, const std::string &why)
{
  throw Error("render pass \"" + name + "\" " + why);
}

void add_pass(ccl::Scene *scene,
              ccl::PassType type,
              const std::string &name,
              const std::string &lightgroup = "")
{
  auto *pass = scene->create_node<ccl::Pass>();
  pass->set_type(type);
  pass->set_name(ccl::ustring(name));
  /* To Cycles a light group of "" is one, other than none. */
  if (!lightgroup.empty()) {
    pass->set_lightgroup(ccl::ustring(lightgroup));
  }
}

void check_merges(const std::string &name, ccl::PassType type)
{
  switch (type) {
    case ccl::PASS_DENOISING_NORMAL:
    case ccl::PASS_DENOISING_ALBEDO:
    case ccl::PASS_DENOISING_DEPTH:
    case ccl::PASS_DENOISING_PREVIOUS:
      refuse(name, "is an input of the denoiser, which runs on finished images, not here");
    case ccl::PASS_SHADOW_CATCHER:
    case ccl::PASS_SHADOW_CATCHER_SAMPLE_COUNT:
    case ccl::PASS_SHADOW_CATCHER_MATTE:
      refuse(name, "needs shadow catchers, which are not supported");
    case ccl::PASS_ADAPTIVE_AUX_BUFFER:
      refuse(name, "belongs to adaptive sampling, which is off");
    case ccl::PASS_BAKE_PRIMITIVE:
    case ccl::PASS_BAKE_DIFFERENTIAL:
      refuse(name, "belongs to baking, which is not supported");
    case ccl::PASS_CRYPTOMATTE:
      refuse(name, "has layers: ask for cryptomatte_object, _material or _asset");
    case ccl::PASS_AOV_COLOR:
    case ccl::PASS_AOV_VALUE:
      refuse(name, "needs the name of its output node, as in " + name + ":NAME");
    default:
      break;
  }
}

/* Adds passes of the form KIND:NAME. */
void request_named_pass(ccl::Scene *scene,
                        const std::string &whole,
                        const std::string &kind,
                        const std::string &name)
{
  if (name.empty()) {
    refuse(whole, "lacks a name after the colon");
  }
  if (kind == "aov_color") {
    add_pass(scene, ccl::PASS_AOV_COLOR, name);
  }
  else if (kind == "aov_value") {
    add_pass(scene, ccl::PASS_AOV_VALUE, name);
  }
  else if (kind == "lightgroup") {
    add_pass(scene, ccl::PASS_COMBINED, whole, name);
  }
  else {
    refuse(whole, "is not of the form aov_color:NAME, aov_value:NAME or lightgroup:NAME");
  }
}

void request_pass(ccl::Scene *scene, const std::string &name)
{
  const size_t colon = name.find(':');
  if (colon != std::string::npos) {
    request_named_pass(scene, name, name.substr(0, colon), name.substr(colon + 1));
    return;
  }
  const ccl::NodeEnum *types = ccl::Pass::get_type_enum();
  const ccl::ustring type_name(name);
  if (!types->exists(type_name)) {
    refuse(name, "is not a pass of Cycles");
  }
  const auto type = ccl::PassType((*types)[type_name]);
  check_merges(name, type);
  if (type == ccl::PASS_MOTION || type == ccl::PASS_MOTION_WEIGHT) {
    if (scene->integrator->get_motion_blur()) {
      refuse(name, "excludes motion blur, which this scene uses");
    }
    add_pass(scene, ccl::PASS_MOTION_WEIGHT, "motion_weight");
  }
  if (type != ccl::PASS_MOTION_WEIGHT) {
    add_pass(scene, type, name);
  }
}

MergeRule merge_rule(ccl::PassType type)
{
  switch (type) {
    case ccl::PASS_DEPTH:
    case ccl::PASS_POSITION:
    case ccl::PASS_OBJECT_ID:
    case ccl::PASS_MATERIAL_ID:
      return MergeRule::FIRST;
    case ccl::PASS_SAMPLE_COUNT:
      return MergeRule::COUNT;
    case ccl::PASS_CRYPTOMATTE:
      return MergeRule::CRYPTOMATTE;
    default:
      return MergeRule::SUM;
  }
}

std::string public_name(const ccl::BufferPass &pass)
{
  if (pass.type == ccl::PASS_AOV_COLOR || pass.type == ccl::PASS_AOV_VALUE) {
    return std::string(ccl::pass_type_as_string(pass.type)) + ":" + pass.name.string();
  }
  return pass.name.empty() ? ccl::pass_type_as_string(pass.type) : pass.name.string();
}

}  // namespace

void request_passes(ccl::Scene *scene, const std::vector<std::string> &names)
{
  add_pass(scene, ccl::PASS_COMBINED, "combined");

  const std::set<std::string> wanted(names.begin(), names.end());
  int cryptomatte = ccl::CRYPT_NONE;
  /* The kernel expects the layers in this order. */
  for (const CryptomatteLayer &layer : CRYPTOMATTE_LAYERS) {
    if (wanted.count(layer.name) == 0) {
      continue;
    }
    cryptomatte |= layer.flag;
    for (int i = 0; i < CRYPTOMATTE_DEPTH; i++) {
      add_pass(scene, ccl::PASS_CRYPTOMATTE, layer.pass_prefix + ("0" + std::to_string(i)));
    }
  }
  /* Whatever the scene file says: without the passes the kernel would write over the combined pass. */
  scene->film->set_cryptomatte_passes(ccl::CryptomatteType(cryptomatte));
  scene->film->set_cryptomatte_depth(cryptomatte != ccl::CRYPT_NONE ? CRYPTOMATTE_DEPTH : 0);

  for (const std::string &name : wanted) {
    bool done = name == "combined";
    for (const CryptomatteLayer &layer : CRYPTOMATTE_LAYERS) {
      done |= name == layer.name;
    }
    if (!done) {
      request_pass(scene, name);
    }
  }
}

std::vector<FilmPass> film_passes(const ccl::BufferParams &params)
{
  std::vector<FilmPass> passes;
  for (const ccl::BufferPass &pass : params.passes) {
    if (pass.offset == PASS_UNUSED) {
      continue;
    }
    const int components = pass.get_info().num_components;
    const CryptomatteLayer *layer = cryptomatte_layer_of(pass);
    if (layer && !passes.empty() && passes.back().name == layer->name) {
      passes.back().components += components;
      continue;
    }
    passes.push_back(
        {layer ? layer->name : public_name(pass), pass.offset, components, merge_rule(pass.type)});
  }
  return passes;
}

std::vector<const ccl::BufferPass *> find_passes(const ccl::BufferParams &params,
                                                 const std::string &name)
{
  std::vector<const ccl::BufferPass *> found;
  std::string known;
  for (const ccl::BufferPass &pass : params.passes) {
    const CryptomatteLayer *layer = cryptomatte_layer_of(pass);
    const std::string pass_name = layer ? layer->name : public_name(pass);
    if (pass_name == name) {
      found.push_back(&pass);
    }
    known += (known.empty() ? "" : ", ") + pass_name;
  }
  if (found.empty()) {
    refuse(name, "is not in this film; it has " + known);
  }
  return found;
}

}  // namespace paceline
