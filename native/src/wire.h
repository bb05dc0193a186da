// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "error.h"

namespace paceline {

/* Host and worker refuse each other unless both speak the same version of the blobs below. */
constexpr uint16_t BRIDGE_PROTOCOL = 1;

/* Appends little-endian values; both ends are x86-64, which Cycles' own CPU kernels require. */
class ByteWriter {
 public:
  template<typename T> void put(T value)
  {
    static_assert(std::is_trivially_copyable<T>::value, "only plain values have a wire form");
    bytes(&value, sizeof(T));
  }

  void bytes(const void *data, size_t length)
  {
    const auto *from = static_cast<const uint8_t *>(data);
    out_.insert(out_.end(), from, from + length);
  }

  void text(const std::string &value)
  {
    put(uint32_t(value.size()));
    bytes(value.data(), value.size());
  }

  void blob(const std::vector<uint8_t> &value)
  {
    put(uint32_t(value.size()));
    bytes(value.data(), value.size());
  }

  const std::vector<uint8_t> &data() const
  {
    return out_;
  }

  std::vector<uint8_t> take()
  {
    return std::move(out_);
  }

 private:
  std::vector<uint8_t> out_;
};

/* Reads what may come from a hostile peer: every read is checked against what is left. */
class ByteReader {
 public:
  ByteReader(const void *data, size_t length, const char *what)
      : next_(static_cast<const uint8_t *>(data)), left_(length), what_(what)
  {
  }

  template<typename T> T get()
  {
    static_assert(std::is_trivially_copyable<T>::value, "only plain values have a wire form");
    T value;
    std::memcpy(&value, bytes(sizeof(T)), sizeof(T));
    return value;
  }

  const uint8_t *bytes(size_t length)
  {
    if (length > left_) {
      throw Error(std::string(what_) + " is truncated: " + std::to_string(length) +
                  " bytes wanted, " + std::to_string(left_) + " left");
    }
    const uint8_t *at = next_;
    next_ += length;
    left_ -= length;
    return at;
  }

  /* A count of items that take at least `item_bytes` each, so that a lie can't make us allocate. */
  size_t count(size_t item_bytes)
  {
    const auto count = get<uint64_t>();
    if (count > left_ / item_bytes) {
      throw Error(std::string(what_) + " claims " + std::to_string(count) + " items of at least " +
                  std::to_string(item_bytes) + " bytes, but only " + std::to_string(left_) +
                  " bytes are left");
    }
    return size_t(count);
  }

  void expect_end() const
  {
    if (left_ != 0) {
      throw Error(std::string(what_) + " has " + std::to_string(left_) + " bytes too many");
    }
  }

 private:
  const uint8_t *next_;
  size_t left_;
  const char *what_;
};

}  // namespace paceline
