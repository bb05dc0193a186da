// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "error.h"

namespace paceline {

/*
 * The objects of one kind that Java knows by number. A stale or made-up number is told from a live
 * one instead of being followed as a pointer:
 *
 *    39    32 31    24 23       16 15     0
 *   +--------+--------+-----------+--------+
 *   |  kind  |   0    |generation |  index |     kind is never 0, so a handle is positive
 *   +--------+--------+-----------+--------+
 *
 * Generations are few on purpose: DiSNI keeps every connection's handle in a map that it never
 * empties, and numbers that come again bound it. Looking up takes no lock. As everywhere in verbs,
 * who destroys an object sees to it that no other thread still uses it.
 */
template<typename Object> class HandleTable {
 public:
  constexpr HandleTable(int64_t kind, const char *noun) : kind_(kind << 32), noun_(noun) {}

  int64_t add(Object *object)
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Slot &slot = free_ ? *free_ : unused_slot();
    free_ = slot.next_free;
    const int64_t handle = kind_ | int64_t(slot.generation++) << 16 | int64_t(slot.index);
    slot.object.store(object, std::memory_order_relaxed);
    slot.handle.store(handle, std::memory_order_release);
    return handle;
  }

  Object *find(int64_t handle) const
  {
    const Slot *slot = slot_of(handle);
    if (!slot || handle == 0 || slot->handle.load(std::memory_order_acquire) != handle) {
      throw VerbsError(std::to_string(handle) + " is no open " + noun_, EINVAL);
    }
    return slot->object.load(std::memory_order_relaxed);
  }

  void remove(int64_t handle)
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Slot *slot = slot_of(handle);
    if (slot && handle != 0 && slot->handle.load(std::memory_order_relaxed) == handle) {
      slot->handle.store(0, std::memory_order_release);
      slot->next_free = free_;
      free_ = slot;
    }
  }

  /* The handle of any object for which the condition holds, or 0. */
  template<typename Condition> int64_t handle_of(Condition condition) const
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t index = 0; index < used_; index++) {
      const Slot *slot = slot_of(int64_t(index));
      if (slot->handle != 0 && condition(slot->object.load())) {
        return slot->handle;
      }
    }
    return 0;
  }

 private:
  static constexpr size_t CHUNK = 256;

  struct Slot {
    std::atomic<int64_t> handle{0};
    std::atomic<Object *> object{nullptr};
    Slot *next_free = nullptr;
    uint16_t index = 0;
    uint8_t generation = 0;
  };

  Slot *slot_of(int64_t handle) const
  {
    Slot *chunk = chunks_[(handle >> 8) & 0xff].load(std::memory_order_acquire);
    return chunk ? chunk + (handle & 0xff) : nullptr;
  }

  /* Chunks stay for ever: threads may look something up while the process exits. */
  Slot &unused_slot()
  {
    if (used_ == chunks_.size() * CHUNK) {
      throw VerbsError(std::string("too many open ") + noun_ + "s", ENOSPC);
    }
    if (used_ % CHUNK == 0) {
      chunks_[used_ / CHUNK].store(new Slot[CHUNK], std::memory_order_release);
    }
    Slot &slot = *slot_of(int64_t(used_));
    slot.index = uint16_t(used_++);
    return slot;
  }

  const int64_t kind_;
  const char *const noun_;
  mutable std::mutex mutex_;
  std::array<std::atomic<Slot *>, 256> chunks_{};
  size_t used_ = 0;
  Slot *free_ = nullptr;
};

}  // namespace paceline
