// SPDX-License-Identifier: Apache-2.0
#include "channel_names.h"

#include <map>
#include <set>

#include "error.h"

namespace paceline {

namespace {

struct Names {
  const char *pass;
  /* One letter a channel. */
  const char *letters;
};

/* Blender's, and in the same manner those of passes that Blender doesn't have. */
const std::map<ccl::PassType, Names> NAMES = {
    {ccl::PASS_COMBINED, {"Combined", "RGBA"}},
    {ccl::PASS_DEPTH, {"Depth", "Z"}},
    {ccl::PASS_MIST, {"Mist", "Z"}},
    {ccl::PASS_POSITION, {"Position", "XYZ"}},
    {ccl::PASS_NORMAL, {"Normal", "XYZ"}},
    {ccl::PASS_ROUGHNESS, {"Roughness", "X"}},
    {ccl::PASS_UV, {"UV", "UVA"}},
    {ccl::PASS_MOTION, {"Vector", "XYZW"}},
    {ccl::PASS_MOTION_WEIGHT, {"VectorWeight", "X"}},
    {ccl::PASS_OBJECT_ID, {"IndexOB", "X"}},
    {ccl::PASS_MATERIAL_ID, {"IndexMA", "X"}},
    {ccl::PASS_DIFFUSE, {"Diff", "RGB"}},
    {ccl::PASS_DIFFUSE_DIRECT, {"DiffDir", "RGB"}},
    {ccl::PASS_DIFFUSE_INDIRECT, {"DiffInd", "RGB"}},
    {ccl::PASS_DIFFUSE_COLOR, {"DiffCol", "RGB"}},
    {ccl::PASS_GLOSSY, {"Gloss", "RGB"}},
    {ccl::PASS_GLOSSY_DIRECT, {"GlossDir", "RGB"}},
    {ccl::PASS_GLOSSY_INDIRECT, {"GlossInd", "RGB"}},
    {ccl::PASS_GLOSSY_COLOR, {"GlossCol", "RGB"}},
    {ccl::PASS_TRANSMISSION, {"Trans", "RGB"}},
    {ccl::PASS_TRANSMISSION_DIRECT, {"TransDir", "RGB"}},
    {ccl::PASS_TRANSMISSION_INDIRECT, {"TransInd", "RGB"}},
    {ccl::PASS_TRANSMISSION_COLOR, {"TransCol", "RGB"}},
    {ccl::PASS_VOLUME, {"Volume", "RGB"}},
    {ccl::PASS_VOLUME_DIRECT, {"VolumeDir", "RGB"}},
    {ccl::PASS_VOLUME_INDIRECT, {"VolumeInd", "RGB"}},
    {ccl::PASS_EMISSION, {"Emit", "RGB"}},
    {ccl::PASS_BACKGROUND, {"Env", "RGB"}},
    {ccl::PASS_AO, {"AO", "RGB"}},
    {ccl::PASS_SHADOW, {"Shadow", "RGB"}},
    {ccl::PASS_SAMPLE_COUNT, {"Debug Sample Count", "X"}},
    /* These have names of their own. */
    {ccl::PASS_CRYPTOMATTE, {"", "RGBA"}},
    {ccl::PASS_AOV_COLOR, {"", "RGBA"}},
    {ccl::PASS_AOV_VALUE, {"", "X"}},
};

std::string pass_name(const ccl::BufferPass &pass, const Names &names)
{
  if (!pass.lightgroup.empty()) {
    return "Combined_" + pass.lightgroup.string();
  }
  return *names.pass ? names.pass : pass.name.string();
}

}  // namespace

std::vector<std::string> channel_names(const ccl::BufferPass &pass, const std::string &layer)
{
  const auto found = NAMES.find(pass.type);
  if (found == NAMES.end()) {
    throw Error("render pass \"" + pass.name.string() + "\" has no name in image files");
  }
  const std::string name = pass_name(pass, found->second);
  std::string letters = std::string(found->second.letters)
                            .substr(0, size_t(pass.get_info().num_components));
  const bool known_to_all = layer.empty() && (name == "Combined" || name == "Depth");
  std::string prefix = known_to_all ? "" : name + ".";
  if (!layer.empty()) {
    prefix = layer + "." + prefix;
    /* Blender's choice: no program then takes the ids for colours. */
    if (pass.type == ccl::PASS_CRYPTOMATTE) {
      letters = "rgba";
    }
  }
  std::vector<std::string> channels;
  for (const char letter : letters) {
    channels.push_back(prefix + letter);
  }
  return channels;
}

void check_distinct(const std::vector<std::string> &channels)
{
  std::set<std::string> seen;
  for (const std::string &channel : channels) {
    if (!seen.insert(channel).second) {
      throw Error("two passes have the channel " + channel +
                  "; give the AOV or the light group another name");
    }
  }
}

}  // namespace paceline
