// SPDX-License-Identifier: Apache-2.0
#include "file_reads.h"

#include <map>
#include <mutex>

namespace paceline {

namespace {

using Clock = std::chrono::steady_clock;

struct Started {
  std::string path;
  Clock::time_point at;
};

std::mutex mutex;
std::map<const FileRead *, Started> reads;

}  // namespace

FileRead::FileRead(const std::string &path)
{
  const std::lock_guard<std::mutex> lock(mutex);
  reads[this] = {path, Clock::now()};
}

FileRead::~FileRead()
{
  const std::lock_guard<std::mutex> lock(mutex);
  reads.erase(this);
}

std::vector<std::string> FileRead::longer_than(std::chrono::milliseconds time)
{
  const std::lock_guard<std::mutex> lock(mutex);
  std::vector<std::string> paths;
  for (const auto &[read, started] : reads) {
    if (Clock::now() - started.at > time) {
      paths.push_back(started.path);
    }
  }
  return paths;
}

}  // namespace paceline
