// SPDX-License-Identifier: Apache-2.0
#include "cryptomatte.h"

#include <array>
#include <set>

#include "error.h"
#include "scene/object.h"
#include "scene/scene.h"
#include "scene/shader.h"
#include "util/murmurhash.h"

namespace paceline {

namespace {

/* Digits of a layer's name that the keys of its attributes begin with. */
constexpr size_t KEY_DIGITS = 7;

std::string hash_digits(const std::string &text)
{
  const uint32_t hash = ccl::util_murmur_hash3(text.data(), int(text.size()), 0);
  std::array<char, 9> digits;
  snprintf(digits.data(), digits.size(), "%08x", hash);
  return digits.data();
}

std::string json_string(const std::string &text)
{
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    if (uint8_t(c) < 0x20) {
      std::array<char, 7> escape;
      snprintf(escape.data(), escape.size(), "\\u%04x", unsigned(c));
      quoted += escape.data();
    }
    else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

/* The names in the order of the scene, each once. */
std::vector<std::string> names(const ccl::Scene &scene, const std::string &layer_name)
{
  std::vector<std::string> result;
  std::set<std::string> seen;
  const auto add = [&](const ccl::ustring &name) {
    if (seen.insert(name.string()).second) {
      result.push_back(name.string());
    }
  };
  if (layer_name == "CryptoMaterial") {
    for (const ccl::Shader *shader : scene.shaders) {
      add(shader->name);
    }
    return result;
  }
  for (const ccl::Object *object : scene.objects) {
    add(layer_name == "CryptoAsset" ? object->get_asset_name() : object->name);
  }
  return result;
}

std::string manifest(const std::vector<std::string> &names)
{
  std::string json = "{";
  for (const std::string &name : names) {
    json += (json.size() > 1 ? "," : "") + json_string(name) + ":\"" + hash_digits(name) + "\"";
  }
  return json + "}";
}

}  // namespace

std::vector<CryptomatteAttribute> cryptomatte_attributes(const ccl::Scene &scene,
                                                         const ccl::BufferPass &first,
                                                         const std::string &layer)
{
  const std::string pass_name = first.name.string();
  const std::string own_name = pass_name.substr(0, pass_name.find_last_not_of("0123456789") + 1);
  const std::string name = layer.empty() ? own_name : layer + "." + own_name;
  const std::string key = "cryptomatte/" + hash_digits(name).substr(0, KEY_DIGITS) + "/";
  return {{key + "name", name},
          {key + "hash", "MurmurHash3_32"},
          {key + "conversion", "uint32_to_float32"},
          {key + "manifest", manifest(names(scene, own_name))}};
}

void sort_cryptomatte(std::vector<float> &values, int components)
{
  for (size_t pixel = 0; pixel < values.size(); pixel += size_t(components)) {
    float *pairs = &values[pixel];
    for (int slot = 2; slot < components; slot += 2) {
      for (int at = slot; at > 0 && pairs[at + 1] > pairs[at - 1]; at -= 2) {
        std::swap(pairs[at], pairs[at - 2]);
        std::swap(pairs[at + 1], pairs[at - 1]);
      }
    }
  }
}

}  // namespace paceline
