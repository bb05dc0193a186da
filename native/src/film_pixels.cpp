// SPDX-License-Identifier: Apache-2.0
#include "film_pixels.h"

#include <OpenImageIO/imageio.h>

#include "error.h"
#include "film_passes.h"
#include "integrator/pass_accessor_cpu.h"

namespace paceline {

namespace {

/* Lends the film to Cycles as render buffers for as long as this lives. */
class LentBuffers {
 public:
  LentBuffers(const ccl::BufferParams &params, const FilmView &film) : buffers_(nullptr)
  {
    const size_t wanted = size_t(params.width) * size_t(params.height) *
                          size_t(params.pass_stride) * sizeof(float);
    if (film.bytes != wanted) {
      throw Error("a film of " + std::to_string(film.bytes) + " bytes, but this scene's has " +
                  std::to_string(wanted));
    }
    buffers_.params = params;
    buffers_.buffer.host_pointer = film.data;
  }

  ~LentBuffers()
  {
    buffers_.buffer.host_pointer = nullptr;
  }

  const ccl::RenderBuffers *get() const
  {
    return &buffers_;
  }

 private:
  ccl::RenderBuffers buffers_;
};

/* Cryptomatte wants each pixel's pairs by falling weight; the film has them as they came. */
void sort_pairs(std::vector<float> &values, int components)
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

std::vector<std::string> channel_names(const ccl::BufferPass &pass, int components)
{
  if (components == 1) {
    return {pass.type == ccl::PASS_DEPTH ? "Z" : "V"};
  }
  switch (pass.type) {
    case ccl::PASS_POSITION:
    case ccl::PASS_NORMAL:
      return {"X", "Y", "Z"};
    case ccl::PASS_UV:
      return {"U", "V", "A"};
    case ccl::PASS_MOTION:
      return {"X", "Y", "Z", "W"};
    default:
      return components == 3 ? std::vector<std::string>{"R", "G", "B"} :
                               std::vector<std::string>{"R", "G", "B", "A"};
  }
}

/* What a file calls a pass: nothing for the combined one, so that every viewer shows it. */
std::string layer_prefix(const std::string &name)
{
  return name == "combined" ? "" : name + ".";
}

}  // namespace

PassPixels read_pass(const ccl::BufferParams &params, const FilmView &film, const std::string &name)
{
  const std::vector<const ccl::BufferPass *> passes = find_passes(params, name);
  const LentBuffers buffers(params, film);
  const size_t pixels = size_t(params.width) * size_t(params.height);

  PassPixels result;
  int components = 0;
  for (const ccl::BufferPass *pass : passes) {
    components += pass->get_info().num_components;
  }
  result.values.resize(pixels * size_t(components));

  int first = 0;
  for (const ccl::BufferPass *pass : passes) {
    const int own = pass->get_info().num_components;
    std::vector<float> values(pixels * size_t(own));
    const ccl::PassAccessor::PassAccessInfo info(*pass);
    const ccl::PassAccessorCPU accessor(info, params.exposure, film.samples);
    const ccl::PassAccessor::Destination destination(values.data(), own);
    if (!accessor.get_render_tile_pixels(buffers.get(), destination)) {
      throw Error("Cycles can't read render pass \"" + name + "\"");
    }
    for (size_t i = 0; i < pixels; i++) {
      for (int k = 0; k < own; k++) {
        result.values[i * size_t(components) + size_t(first + k)] = values[i * size_t(own) + k];
      }
    }
    for (const std::string &channel : channel_names(*pass, own)) {
      const std::string part = passes.size() > 1 ? "0" + std::to_string(first / own) + "." : "";
      result.channels.push_back(part + channel);
    }
    first += own;
  }
  if (passes.front()->type == ccl::PASS_CRYPTOMATTE) {
    sort_pairs(result.values, components);
  }
  return result;
}

void write_image(const ccl::BufferParams &params,
                 const FilmView &film,
                 const std::vector<std::string> &names,
                 const std::string &path)
{
  const auto fail = [&](const std::string &why) { throw Error("can't write " + path + ": " + why); };
  const auto output = OIIO::ImageOutput::create(path);
  if (!output) {
    fail(OIIO::geterror());
  }

  std::vector<std::string> channels;
  std::vector<PassPixels> parts;
  for (const std::string &name : names) {
    parts.push_back(read_pass(params, film, name));
    for (const std::string &channel : parts.back().channels) {
      channels.push_back((names.size() > 1 ? layer_prefix(name) : "") + channel);
    }
  }
  const size_t count = channels.size();
  if (count > 4 && !output->supports("nchannels")) {
    fail(std::string(output->format_name()) + " holds no more than four channels, " +
         std::to_string(count) + " are wanted; write an .exr");
  }

  const int width = params.width, height = params.height;
  OIIO::ImageSpec spec(width, height, int(count), OIIO::TypeDesc::FLOAT);
  if (names.size() > 1) {
    spec.channelnames = channels;
  }
  std::vector<float> pixels(size_t(width) * size_t(height) * count);
  size_t first = 0;
  for (const PassPixels &part : parts) {
    const size_t own = part.channels.size();
    for (size_t i = 0; i < size_t(width) * size_t(height); i++) {
      std::copy_n(&part.values[i * own], own, &pixels[i * count + first]);
    }
    first += own;
  }

  if (!output->open(path, spec)) {
    fail(output->geterror());
  }
  /* Cycles' lowest row comes first, a file's highest. */
  const OIIO::stride_t row = OIIO::stride_t(size_t(width) * count * sizeof(float));
  const bool written = output->write_image(OIIO::TypeDesc::FLOAT,
                                           pixels.data() + size_t(height - 1) * width * count,
                                           OIIO::AutoStride,
                                           -row,
                                           OIIO::AutoStride);
  if (!written || !output->close()) {
    fail(output->geterror());
  }
}

}  // namespace paceline
