// SPDX-License-Identifier: Apache-2.0
#include "image_file.h"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <OpenImageIO/imageio.h>

#include "channel_names.h"
#include "cryptomatte.h"
#include "error.h"
#include "film_passes.h"

namespace paceline {

namespace {

class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("paceline image", MFD_CLOEXEC))
  {
    if (descriptor_ < 0) {
      throw Error(std::string("no file in memory can be made: ") + std::strerror(errno));
    }
  }
  ~MemoryFile()
  {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
  }
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;

  std::string path() const
  {
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

  /* The process's limit holds in memory, too, and a writer that doesn't report failures ends right there. */
  bool is_cut_off() const
  {
    struct stat status;
    struct rlimit limit;
    return fstat(descriptor_, &status) != 0 || getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
           (limit.rlim_cur != RLIM_INFINITY && rlim_t(status.st_size) >= limit.rlim_cur);
  }

  int release()
  {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return descriptor;
  }

 private:
  int descriptor_;
};

/* All passes of a file, pixel by pixel. */
struct Pixels {
  std::vector<std::string> channels;
  std::vector<CryptomatteAttribute> attributes;
  std::vector<float> values;
};

Pixels read_passes(const ccl::Scene &scene,
                   const ccl::BufferParams &params,
                   const FilmView &film,
                   const ImageRequest &request)
{
  Pixels all;
  std::vector<std::vector<float>> parts;
  for (const std::string &name : request.passes) {
    parts.push_back(read_pass(params, film, name));
    const std::vector<const ccl::BufferPass *> passes = find_passes(params, name);
    for (const ccl::BufferPass *pass : passes) {
      for (const std::string &channel : channel_names(*pass, request.layer)) {
        all.channels.push_back(channel);
      }
    }
    if (passes.front()->type == ccl::PASS_CRYPTOMATTE) {
      for (const CryptomatteAttribute &attribute :
           cryptomatte_attributes(scene, *passes.front(), request.layer)) {
        all.attributes.push_back(attribute);
      }
    }
  }
  check_distinct(all.channels);

  const size_t pixels = size_t(params.width) * size_t(params.height);
  const size_t count = all.channels.size();
  all.values.resize(pixels * count);
  size_t first = 0;
  for (const std::vector<float> &part : parts) {
    const size_t own = part.size() / pixels;
    for (size_t i = 0; i < pixels; i++) {
      std::copy_n(&part[i * own], own, &all.values[i * count + first]);
    }
    first += own;
  }
  return all;
}

}  // namespace

int encode_image(const ccl::Scene &scene,
                 const ccl::BufferParams &params,
                 const FilmView &film,
                 const ImageRequest &request)
{
  const auto fail = [&](const std::string &why) {
    throw Error("can't write " + request.file_name + ": " + why);
  };
  const auto output = OIIO::ImageOutput::create(request.file_name);
  if (!output) {
    fail(OIIO::geterror());
  }
  const Pixels pixels = read_passes(scene, params, film, request);
  const size_t count = pixels.channels.size();
  if (count > 4 && !output->supports("nchannels")) {
    fail(std::string(output->format_name()) + " holds no more than four channels, " +
         std::to_string(count) + " are wanted; write an .exr");
  }

  const int width = params.width, height = params.height;
  OIIO::ImageSpec spec(width, height, int(count), OIIO::TypeDesc::FLOAT);
  if (output->supports("nchannels")) {
    spec.channelnames = pixels.channels;
  }
  for (const CryptomatteAttribute &attribute : pixels.attributes) {
    spec.attribute(attribute.key, attribute.value);
  }
  MemoryFile file;
  if (!output->open(file.path(), spec)) {
    fail(output->geterror());
  }
  /* Cycles' lowest row comes first, a file's highest. */
  const OIIO::stride_t row = OIIO::stride_t(size_t(width) * count * sizeof(float));
  const bool written = output->write_image(OIIO::TypeDesc::FLOAT,
                                           pixels.values.data() + size_t(height - 1) * width * count,
                                           OIIO::AutoStride,
                                           -row,
                                           OIIO::AutoStride);
  if (!written || !output->close()) {
    fail(output->geterror());
  }
  if (file.is_cut_off()) {
    fail("it is larger than this process may write (ulimit -f)");
  }
  return file.release();
}

}  // namespace paceline
