// SPDX-License-Identifier: Apache-2.0
#include "image_errors.h"

#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include <OpenImageIO/imageio.h>

#include "file_reads.h"
#include "scene/image_oiio.h"
#include "util/image.h"
#include "util/log.h"
#include "util/path.h"

namespace paceline {

namespace {

std::mutex mutex;
std::map<std::string, std::string> errors;

void set_error(const std::string &path, const std::string &error)
{
  const std::lock_guard<std::mutex> lock(mutex);
  if (error.empty()) {
    errors.erase(path);
  }
  else {
    errors[path] = error;
  }
}

/* What Cycles' loader uses of OIIO::ImageInput. Remembers that reading failed, which the loader doesn't look at. */
class WatchedInput {
 public:
  WatchedInput(std::unique_ptr<OIIO::ImageInput> input, const std::string &path)
      : input_(std::move(input)), path_(path)
  {
  }

  static std::unique_ptr<WatchedInput> create(const std::string &path)
  {
    const FileRead reading(path);
    std::unique_ptr<OIIO::ImageInput> input = OIIO::ImageInput::create(path);
    return input ? std::make_unique<WatchedInput>(std::move(input), path) : nullptr;
  }

  bool open(const std::string &path,
            OIIO::ImageSpec &spec,
            const OIIO::ImageSpec &config = OIIO::ImageSpec())
  {
    const FileRead reading(path);
    const bool opened = input_->open(path, spec, config);
    height_ = spec.height;
    values_ = opened ? size_t(spec.image_pixels()) * size_t(spec.nchannels) : 0;
    return opened;
  }

  bool read_image(OIIO::TypeDesc format,
                  unsigned char *data,
                  OIIO::stride_t x_stride = OIIO::AutoStride,
                  OIIO::stride_t y_stride = OIIO::AutoStride,
                  OIIO::stride_t z_stride = OIIO::AutoStride)
  {
    const FileRead reading(path_);
    set_error(path_, "");
    const auto read = [&] {
      return input_->read_image(0, 0, 0, -1, format, data, x_stride, y_stride, z_stride);
    };
    if (read()) {
      return true;
    }
    const std::string error = input_->geterror();
    set_error(path_, error.empty() ? "the file is damaged" : error);
    /* What can't be read is black, and not whatever was in memory. */
    const bool upwards = y_stride != OIIO::AutoStride && y_stride < 0;
    std::memset(data + (upwards ? (height_ - 1) * y_stride : 0), 0, values_ * format.size());
    read();
    (void)input_->geterror();
    return false;
  }

  const char *format_name() const
  {
    return input_->format_name();
  }

  bool close()
  {
    return input_->close();
  }

 private:
  std::unique_ptr<OIIO::ImageInput> input_;
  const std::string path_;
  int height_ = 0;
  size_t values_ = 0;
};

}  // namespace

std::string image_error(const std::string &path)
{
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = errors.find(path);
  return found == errors.end() ? "" : found->second;
}

}  // namespace paceline

/* Cycles' own loader, compiled once more to read through that class: the linker takes it instead of the library's. */
#define ImageInput ::paceline::WatchedInput
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "scene/image_oiio.cpp"
#pragma GCC diagnostic pop
