// SPDX-License-Identifier: Apache-2.0
#include "xml_images.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <sys/stat.h>

#include <OpenImageIO/imageio.h>

#include "file_reads.h"
#include "util/path.h"
#include "util/string.h"

namespace paceline {

namespace {

/* The file of one tile, as Cycles names it. */
std::string tile_file(const std::string &pattern, int tile)
{
  std::string file = pattern;
  ccl::string_replace(file, "<UDIM>", ccl::string_printf("%04d", tile));
  ccl::string_replace(file,
                      "<UVTILE>",
                      ccl::string_printf("u%d_v%d", (tile - 1001) % 10 + 1, (tile - 1001) / 10 + 1));
  return file;
}

/* A file of that name but for the case of letters, which some systems don't mind. */
std::string other_case(const std::string &path)
{
  const std::string directory = ccl::path_dirname(path), name = ccl::path_filename(path);
  const std::unique_ptr<DIR, int (*)(DIR *)> open(
      opendir(directory.empty() ? "." : directory.c_str()), closedir);
  while (const dirent *entry = open ? readdir(open.get()) : nullptr) {
    if (ccl::string_iequals(entry->d_name, name)) {
      return entry->d_name;
    }
  }
  return "";
}

/* What may be wrong with a name that no file has. */
std::string hint(const std::string &path)
{
  if (path.find('\\') != std::string::npos) {
    return "; its name has backslashes, write / between folders";
  }
  const std::string other = other_case(path);
  return other.empty() ? "" : "; there is " + other;
}

/* Empty if there is a file to read. */
std::string problem(const std::string &path)
{
  struct stat status;
  if (stat(path.c_str(), &status) != 0) {
    return std::strerror(errno) + hint(path);
  }
  return S_ISDIR(status.st_mode) ? "is a directory" : "";
}

void check_file(const XmlDocument &document,
                pugi::xml_node node,
                const std::string &path,
                XmlWarnings &warnings)
{
  const FileRead reading(path);
  std::string reason = problem(path);
  const std::unique_ptr<OIIO::ImageInput> image = reason.empty() ? OIIO::ImageInput::open(path) :
                                                                   nullptr;
  if (!image) {
    if (reason.empty()) {
      reason = OIIO::geterror();
    }
    warnings.add(document, node,
                 "image " + path + " can't be read, Cycles shows pink instead" +
                     (reason.empty() ? "" : ": " + reason));
    return;
  }
  /* Kernels number pixels with int. */
  const OIIO::ImageSpec &spec = image->spec();
  if (double(spec.width) * spec.height * std::max(spec.depth, 1) > INT_MAX) {
    refuse(document, node,
           "image " + path + " has " + std::to_string(spec.width) + "x" +
               std::to_string(spec.height) +
               (spec.depth > 1 ? "x" + std::to_string(spec.depth) : std::string()) +
               " pixels; Cycles can't address more than " + std::to_string(INT_MAX) +
               ", use a smaller image");
  }
}

}  // namespace

void check_image(const XmlDocument &document,
                 pugi::xml_node node,
                 ImagePlaces &places,
                 XmlWarnings &warnings)
{
  const std::string name = node.attribute("filename").value();
  if (name.empty()) {
    warnings.add(document, node, "has no filename, Cycles shows pink instead");
    return;
  }
  const int tile = node.attribute("tiles").as_int(1001);
  const std::string path = tile == 0 ? name : tile_file(name, tile);
  if (places.emplace(path, document.place(node) + ": <" + node.name() + ">").second) {
    check_file(document, node, path, warnings);
  }
}

void check_ies(const XmlDocument &document, pugi::xml_node node, XmlWarnings &warnings)
{
  const std::string path = node.attribute("filename").value();
  if (path.empty()) {
    return;
  }
  const FileRead reading(path);
  std::string reason = problem(path);
  if (reason.empty() && !std::ifstream(path)) {
    reason = std::strerror(errno);
  }
  if (!reason.empty()) {
    warnings.add(document, node, "IES file " + path + " can't be read, the light is dark: " + reason);
  }
}

}  // namespace paceline
