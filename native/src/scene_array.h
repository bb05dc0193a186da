// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "bvh_description.h"
#include "error.h"

namespace paceline {

/* One of the kernels' arrays as it is in memory now; empty if the scene lacks it. */
template<typename T> class SceneArray {
 public:
  SceneArray(const BufferLookup &buffers, const char *name) : name_(name)
  {
    const BufferView view = buffers(name);
    data_ = static_cast<const T *>(view.data);
    size_ = view.bytes / sizeof(T);
  }

  uint64_t size() const
  {
    return size_;
  }

  /* `index` must be below size(). */
  const T &operator[](size_t index) const
  {
    return data_[index];
  }

  /* Throws unless there are `count` elements from `first` on. */
  void require(int64_t first, int64_t count) const
  {
    if (first < 0 || count < 0 || uint64_t(first) > size_ || uint64_t(count) > size_ - uint64_t(first)) {
      throw Error(std::to_string(count) + " elements at " + std::to_string(first) + " lie outside " +
                  name_ + ", which has " + std::to_string(size_));
    }
  }

 private:
  const char *name_;
  const T *data_;
  uint64_t size_;
};

}  // namespace paceline
