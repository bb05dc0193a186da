// SPDX-License-Identifier: Apache-2.0

#include "wait.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "error.h"

namespace paceline {

void set_non_blocking(int fd)
{
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    throw VerbsError("can't make an event channel non-blocking", errno);
  }
}

bool wait_readable(int fd, int timeout_ms)
{
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    pollfd waited = {fd, POLLIN, 0};
    const int ready = poll(&waited, 1, timeout_ms);
    if (ready >= 0) {
      return ready > 0;
    }
    if (errno != EINTR) {
      throw VerbsError("waiting for an event failed", errno);
    }
    if (timeout_ms > 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      timeout_ms = int(std::max<long>(0, left.count()));
    }
  }
}

}  // namespace paceline
