// SPDX-License-Identifier: Apache-2.0
#include "buffer_meta.h"

#include <map>

// clang-format off
#include "kernel/device/cpu/compat.h"
#include "kernel/device/cpu/globals.h"
// clang-format on

namespace paceline {

namespace {

/* Cycles numbers texture slots from zero and grows a table to fit; this bounds that table. */
constexpr uint32_t MAX_TEXTURE_SLOTS = 1 << 20;

const std::map<std::string, size_t> &global_array_types()
{
  using namespace ccl;
  static const std::map<std::string, size_t> types = {
#define KERNEL_DATA_ARRAY(type, name) {#name, sizeof(type)},
#include "kernel/data_arrays.h"
  };
  return types;
}

size_t texture_pixel_bytes(uint32_t type)
{
  switch (type) {
    case ccl::IMAGE_DATA_TYPE_FLOAT4:
      return 16;
    case ccl::IMAGE_DATA_TYPE_BYTE4:
    case ccl::IMAGE_DATA_TYPE_FLOAT:
      return 4;
    case ccl::IMAGE_DATA_TYPE_HALF4:
    case ccl::IMAGE_DATA_TYPE_USHORT4:
      return 8;
    case ccl::IMAGE_DATA_TYPE_BYTE:
      return 1;
    case ccl::IMAGE_DATA_TYPE_HALF:
    case ccl::IMAGE_DATA_TYPE_USHORT:
      return 2;
    default:
      return 0;
  }
}

/* a * b, or the largest value when that doesn't fit, so that a comparison with a length fails. */
uint64_t saturating_product(uint64_t a, uint64_t b)
{
  uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

[[noreturn]] void refuse(const std::string &name, const std::string &why)
{
  throw Error("scene buffer " + name + ": " + why);
}

void check_global(const std::string &name, const BufferMeta &meta, size_t length)
{
  const auto type = global_array_types().find(name);
  if (type == global_array_types().end()) {
    refuse(name, "no kernel array has this name");
  }
  if (saturating_product(meta.size, type->second) > length || meta.size > INT32_MAX) {
    refuse(name,
           std::to_string(meta.size) + " elements of " + std::to_string(type->second) +
               " bytes don't fit its " + std::to_string(length) + " bytes");
  }
}

void check_texture(const std::string &name, const BufferMeta &meta, size_t length)
{
  const ccl::TextureInfo &info = meta.texture;
  const size_t pixel = texture_pixel_bytes(info.data_type);
  if (pixel == 0) {
    refuse(name, "texture type " + std::to_string(info.data_type) + " is not supported");
  }
  if (meta.slot >= MAX_TEXTURE_SLOTS) {
    refuse(name, "texture slot " + std::to_string(meta.slot) + " is too large");
  }
  if (info.interpolation >= ccl::INTERPOLATION_NUM_TYPES ||
      info.extension >= ccl::EXTENSION_NUM_TYPES) {
    refuse(name, "unknown interpolation or extension");
  }
  const uint64_t rows = saturating_product(info.height, info.depth > 0 ? info.depth : 1);
  const uint64_t pixels = saturating_product(info.width, rows);
  const std::string size = std::to_string(info.width) + "x" + std::to_string(info.height) + "x" +
                           std::to_string(info.depth) + " pixels";
  if (saturating_product(pixels, pixel) != length || pixels == 0) {
    refuse(name,
           size + " of " + std::to_string(pixel) + " bytes are not its " + std::to_string(length) +
               " bytes");
  }
  /* The kernels' index of a pixel is an int. */
  if (pixels > INT32_MAX) {
    refuse(name, "a texture of " + size + "; at most " + std::to_string(INT32_MAX) + " can be read");
  }
}

}  // namespace

BufferMeta BufferMeta::of(ccl::device_memory &memory)
{
  BufferMeta meta;
  meta.memory = memory.type;
  meta.data_type = memory.data_type;
  meta.elements = uint32_t(memory.data_elements);
  meta.size = memory.data_size;
  meta.width = memory.data_width;
  meta.height = memory.data_height;
  meta.depth = memory.data_depth;
  if (memory.type == ccl::MEM_TEXTURE) {
    const auto &texture = static_cast<const ccl::device_texture &>(memory);
    meta.slot = texture.slot;
    meta.texture = texture.info;
    meta.texture.data = 0;
  }
  return meta;
}

std::vector<uint8_t> BufferMeta::encode() const
{
  ByteWriter out;
  out.put(BRIDGE_PROTOCOL);
  out.put(uint8_t(memory));
  out.put(uint8_t(data_type));
  out.put(elements);
  out.put(size);
  out.put(width);
  out.put(height);
  out.put(depth);
  if (memory == ccl::MEM_TEXTURE) {
    out.put(slot);
    out.put(texture.data_type);
    out.put(texture.interpolation);
    out.put(texture.extension);
    out.put(texture.width);
    out.put(texture.height);
    out.put(texture.depth);
    out.put(texture.use_transform_3d);
    out.put(texture.transform_3d);
  }
  return out.take();
}

BufferMeta BufferMeta::decode(const std::string &name,
                              const void *data,
                              size_t bytes,
                              size_t length)
{
  ByteReader in(data, bytes, "buffer metadata");
  const auto protocol = in.get<uint16_t>();
  if (protocol != BRIDGE_PROTOCOL) {
    refuse(name, "its metadata is of bridge protocol " + std::to_string(protocol) +
                     ", this side speaks " + std::to_string(BRIDGE_PROTOCOL));
  }
  BufferMeta meta;
  const auto memory = in.get<uint8_t>();
  if (memory != ccl::MEM_GLOBAL && memory != ccl::MEM_TEXTURE) {
    refuse(name, "memory type " + std::to_string(memory) + " is neither global nor texture");
  }
  meta.memory = ccl::MemoryType(memory);
  const auto data_type = in.get<uint8_t>();
  if (data_type > ccl::TYPE_UINT64) {
    refuse(name, "unknown data type " + std::to_string(data_type));
  }
  meta.data_type = ccl::DataType(data_type);
  meta.elements = in.get<uint32_t>();
  meta.size = in.get<uint64_t>();
  meta.width = in.get<uint64_t>();
  meta.height = in.get<uint64_t>();
  meta.depth = in.get<uint64_t>();
  const uint64_t element_bytes = saturating_product(meta.elements,
                                                    ccl::datatype_size(meta.data_type));
  if (saturating_product(meta.size, element_bytes) != length) {
    refuse(name,
           std::to_string(meta.size) + " elements of " + std::to_string(element_bytes) +
               " bytes are not its " + std::to_string(length) + " bytes");
  }
  if (meta.memory == ccl::MEM_TEXTURE) {
    meta.slot = in.get<uint32_t>();
    meta.texture.data_type = in.get<uint32_t>();
    meta.texture.interpolation = in.get<uint32_t>();
    meta.texture.extension = in.get<uint32_t>();
    meta.texture.width = in.get<uint32_t>();
    meta.texture.height = in.get<uint32_t>();
    meta.texture.depth = in.get<uint32_t>();
    meta.texture.use_transform_3d = in.get<uint32_t>();
    meta.texture.transform_3d = in.get<ccl::Transform>();
    check_texture(name, meta, length);
  }
  else {
    check_global(name, meta, length);
  }
  in.expect_end();
  return meta;
}

}  // namespace paceline
