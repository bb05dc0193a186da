// SPDX-License-Identifier: Apache-2.0
#include "film_pixels.h"

#include "cryptomatte.h"
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

}  // namespace

std::vector<float> read_pass(const ccl::BufferParams &params,
                             const FilmView &film,
                             const std::string &name)
{
  const std::vector<const ccl::BufferPass *> passes = find_passes(params, name);
  const LentBuffers buffers(params, film);
  const size_t pixels = size_t(params.width) * size_t(params.height);

  int components = 0;
  for (const ccl::BufferPass *pass : passes) {
    components += pass->get_info().num_components;
  }
  std::vector<float> result(pixels * size_t(components));

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
        result[i * size_t(components) + size_t(first + k)] = values[i * size_t(own) + k];
      }
    }
    first += own;
  }
  if (passes.front()->type == ccl::PASS_CRYPTOMATTE) {
    sort_cryptomatte(result, components);
  }
  return result;
}

}  // namespace paceline
