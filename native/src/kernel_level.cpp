// SPDX-License-Identifier: Apache-2.0
#include "kernel_level.h"

#include <array>
#include <mutex>

#include "device/cpu/kernel.h"
#include "device/device.h"
#include "error.h"
#include "util/debug.h"
#include "util/system.h"

namespace paceline {

namespace {

struct Level {
  const char *name;
  bool (*supported)();
  /* Embree has no kernels between SSE2 and SSE4.2. */
  const char *embree_isa;
};

/* Best first. */
const std::array<Level, 5> LEVELS = {{
    {"avx2", ccl::system_cpu_support_avx2, "avx2"},
    {"avx", ccl::system_cpu_support_avx, "avx"},
    {"sse41", ccl::system_cpu_support_sse41, "sse2"},
    {"sse3", ccl::system_cpu_support_sse3, "sse2"},
    {"sse2", ccl::system_cpu_support_sse2, "sse2"},
}};

std::mutex mutex;
const Level *chosen_level = nullptr;
bool restricted = false;

const Level *best_level()
{
  for (const Level &level : LEVELS) {
    if (level.supported()) {
      return &level;
    }
  }
  throw Error("this CPU lacks SSE2, which Cycles needs");
}

const Level *named_level(const std::string &name)
{
  for (const Level &level : LEVELS) {
    if (name == level.name) {
      return &level;
    }
  }
  throw Error("kernel level \"" + name + "\" is none of auto, avx2, avx, sse41, sse3, sse2");
}

void apply(const Level *level)
{
  auto &cpu = ccl::DebugFlags().cpu;
  bool allowed = false;
  const std::array<bool *, 5> flags = {&cpu.avx2, &cpu.avx, &cpu.sse41, &cpu.sse3, &cpu.sse2};
  for (size_t i = 0; i < LEVELS.size(); i++) {
    allowed |= &LEVELS[i] == level;
    *flags[i] = allowed;
  }
  /* Makes the choice final: the kernels are picked at the first call. */
  ccl::Device::get_cpu_kernels();
}

}  // namespace

void KernelLevel::choose(const std::string &name)
{
  const std::lock_guard<std::mutex> lock(mutex);
  const bool automatic = name == "auto";
  const Level *wanted = automatic ? best_level() : named_level(name);
  if (!wanted->supported()) {
    throw Error("kernel level " + name + " needs a CPU that has it; this one goes up to " +
                best_level()->name);
  }
  if (chosen_level && (chosen_level != wanted || restricted == automatic)) {
    throw Error(std::string("kernel level ") + name + " wanted, but this process already uses " +
                (restricted ? chosen_level->name : "auto") +
                "; Cycles picks its kernels once per process, so start another process");
  }
  if (!chosen_level) {
    restricted = !automatic;
    apply(wanted);
    chosen_level = wanted;
  }
}

void KernelLevel::settle()
{
  {
    const std::lock_guard<std::mutex> lock(mutex);
    if (chosen_level) {
      return;
    }
  }
  choose("auto");
}

std::string KernelLevel::chosen()
{
  settle();
  const std::lock_guard<std::mutex> lock(mutex);
  return chosen_level->name;
}

std::string KernelLevel::embree_config()
{
  const std::lock_guard<std::mutex> lock(mutex);
  std::string config = "verbose=0";
  if (chosen_level && restricted) {
    config += std::string(",isa=") + chosen_level->embree_isa;
  }
  return config;
}

std::string KernelLevel::best()
{
  return best_level()->name;
}

}  // namespace paceline
