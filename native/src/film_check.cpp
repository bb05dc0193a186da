// SPDX-License-Identifier: Apache-2.0
#include "film_check.h"

#include <string>

#include "error.h"

// clang-format off
#include "kernel/device/cpu/compat.h"
#include "kernel/device/cpu/globals.h"
// clang-format on

namespace paceline {

namespace {

using ccl::KernelData;
using ccl::KernelFilm;

struct FilmPass {
  const char *name;
  int KernelFilm::*offset;
  int floats;
  /* The bit of pass_flag or light_pass_flag that makes the kernels write it unasked; PASS_NONE: they look
   * whether it is used. */
  ccl::PassType flag;
};

#define PASS(member, floats, flag) \
  { \
    #member, &KernelFilm::pass_##member, floats, ccl::flag \
  }

const FilmPass PASSES[] = {
    PASS(combined, 4, PASS_COMBINED),
    PASS(depth, 1, PASS_DEPTH),
    PASS(position, 3, PASS_POSITION),
    PASS(normal, 3, PASS_NORMAL),
    PASS(roughness, 1, PASS_ROUGHNESS),
    PASS(motion, 4, PASS_MOTION),
    PASS(motion_weight, 1, PASS_MOTION),
    PASS(uv, 3, PASS_UV),
    PASS(object_id, 1, PASS_OBJECT_ID),
    PASS(material_id, 1, PASS_MATERIAL_ID),
    PASS(diffuse_color, 3, PASS_DIFFUSE_COLOR),
    PASS(glossy_color, 3, PASS_GLOSSY_COLOR),
    PASS(transmission_color, 3, PASS_TRANSMISSION_COLOR),
    PASS(diffuse_indirect, 3, PASS_NONE),
    PASS(glossy_indirect, 3, PASS_NONE),
    PASS(transmission_indirect, 3, PASS_NONE),
    PASS(volume_indirect, 3, PASS_NONE),
    PASS(diffuse_direct, 3, PASS_NONE),
    PASS(glossy_direct, 3, PASS_NONE),
    PASS(transmission_direct, 3, PASS_NONE),
    PASS(volume_direct, 3, PASS_NONE),
    PASS(emission, 3, PASS_NONE),
    PASS(background, 3, PASS_NONE),
    PASS(ao, 3, PASS_NONE),
    PASS(shadow, 3, PASS_NONE),
    PASS(shadow_catcher, 3, PASS_NONE),
    PASS(shadow_catcher_sample_count, 1, PASS_NONE),
    PASS(shadow_catcher_matte, 4, PASS_NONE),
    PASS(adaptive_aux_buffer, 4, PASS_NONE),
    PASS(sample_count, 1, PASS_NONE),
    PASS(mist, 1, PASS_MIST),
    PASS(denoising_normal, 3, PASS_NONE),
    PASS(denoising_albedo, 3, PASS_NONE),
    PASS(denoising_depth, 1, PASS_NONE),
    PASS(aov_color, 4, PASS_AOV_COLOR),
    PASS(aov_value, 1, PASS_AOV_VALUE),
    PASS(lightgroup, 3, PASS_NONE),
    PASS(guiding_color, 3, PASS_NONE),
    PASS(guiding_probability, 1, PASS_NONE),
    PASS(guiding_avg_roughness, 1, PASS_NONE),
};

#undef PASS

[[noreturn]] void refuse(const std::string &why)
{
  throw Error("the scene's film: " + why);
}

bool is_flagged(const KernelFilm &film, ccl::PassType type)
{
  const int flags = type <= ccl::PASS_CATEGORY_LIGHT_END ? film.light_pass_flag : film.pass_flag;
  return (flags & int(1u << (type % 32))) != 0;
}

void require_within(const char *name, int64_t offset, int64_t floats, int stride)
{
  if (offset < 0 || offset + floats > stride) {
    refuse("pass " + std::string(name) + " of " + std::to_string(floats) + " floats at " +
           std::to_string(offset) + " lies outside the pixel's " + std::to_string(stride));
  }
}

void check_cryptomatte(const KernelFilm &film)
{
  const int kinds = __builtin_popcount(unsigned(film.cryptomatte_passes) &
                                       (ccl::CRYPT_OBJECT | ccl::CRYPT_MATERIAL | ccl::CRYPT_ASSET));
  if (kinds == 0) {
    return;
  }
  if (film.cryptomatte_depth < 1) {
    refuse("cryptomatte passes of depth " + std::to_string(film.cryptomatte_depth));
  }
  /* Per level two pairs of id and weight. */
  require_within("cryptomatte",
                 film.pass_cryptomatte,
                 int64_t(kinds) * film.cryptomatte_depth * 4,
                 film.pass_stride);
}

}  // namespace

void FilmCheck::check(const KernelData &data)
{
  const KernelFilm &film = data.film;
  if (film.pass_stride < 1 || film.pass_stride > MAX_STRIDE) {
    refuse(std::to_string(film.pass_stride) + " floats per pixel are not in 1.." +
           std::to_string(MAX_STRIDE));
  }
  for (const FilmPass &pass : PASSES) {
    const int offset = film.*pass.offset;
    /* An offset whose bit is off is left over from a film that had the pass. */
    const bool written = pass.flag == ccl::PASS_NONE ? offset != PASS_UNUSED :
                                                       is_flagged(film, pass.flag);
    if (written) {
      require_within(pass.name, offset, pass.floats, film.pass_stride);
    }
  }
  if ((data.kernel_features & ccl::KERNEL_FEATURE_AO_PASS) != 0) {
    require_within("ao", film.pass_ao, 3, film.pass_stride);
  }
  if (data.integrator.has_shadow_catcher != 0) {
    require_within("shadow_catcher", film.pass_shadow_catcher, 3, film.pass_stride);
    require_within(
        "shadow_catcher_sample_count", film.pass_shadow_catcher_sample_count, 1, film.pass_stride);
    require_within("shadow_catcher_matte", film.pass_shadow_catcher_matte, 4, film.pass_stride);
  }
  check_cryptomatte(film);
}

void FilmCheck::check_light_group(const KernelData &data, int group)
{
  if (group == LIGHTGROUP_NONE || data.film.pass_lightgroup == PASS_UNUSED) {
    return;
  }
  if (group < 0) {
    refuse("light group " + std::to_string(group));
  }
  require_within("lightgroup",
                 int64_t(data.film.pass_lightgroup) + int64_t(group) * 3,
                 3,
                 data.film.pass_stride);
}

}  // namespace paceline
