// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "device/memory.h"
#include "wire.h"

namespace paceline {

/* What a worker must know beside the bytes of a scene buffer. */
struct BufferMeta {
  ccl::MemoryType memory = ccl::MEM_GLOBAL;
  ccl::DataType data_type = ccl::TYPE_UNKNOWN;
  uint32_t elements = 0;
  uint64_t size = 0, width = 0, height = 0, depth = 0;
  /* Textures only. */
  uint32_t slot = 0;
  ccl::TextureInfo texture = {};

  static BufferMeta of(ccl::device_memory &memory);

  std::vector<uint8_t> encode() const;

  /* Checked against the buffer's length and, for the kernel's global arrays, their element type:
   * afterwards no index below `size` leaves the buffer. */
  static BufferMeta decode(const std::string &name, const void *data, size_t bytes, size_t length);
};

}  // namespace paceline
