// SPDX-License-Identifier: Apache-2.0
#include "identity.h"

#include <embree3/rtcore.h>

// clang-format off
#include "kernel/device/cpu/compat.h"
#include "kernel/device/cpu/globals.h"
// clang-format on
#include "util/texture.h"
#include "wire.h"

namespace paceline {

Identity Identity::of_this_build()
{
  const std::string abi = "bridge=" + std::to_string(BRIDGE_PROTOCOL) +
                          " KernelData=" + std::to_string(sizeof(ccl::KernelData)) +
                          " KernelObject=" + std::to_string(sizeof(ccl::KernelObject)) +
                          " KernelShader=" + std::to_string(sizeof(ccl::KernelShader)) +
                          " TextureInfo=" + std::to_string(sizeof(ccl::TextureInfo)) +
                          " embree=" RTC_VERSION_STRING " build=" PACELINE_BUILD_KEY;
  return {"cycles", PACELINE_CYCLES_PACKAGE, abi};
}

}  // namespace paceline
