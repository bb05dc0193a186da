// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace paceline {

/* Says, while it lives, that a file is being read: the system may take for ever over it, and nobody would know
 * which. */
class FileRead {
 public:
  explicit FileRead(const std::string &path);
  ~FileRead();
  FileRead(const FileRead &) = delete;
  FileRead &operator=(const FileRead &) = delete;

  /* The files of the process that have been read for longer than that. */
  static std::vector<std::string> longer_than(std::chrono::milliseconds time);
};

}  // namespace paceline
