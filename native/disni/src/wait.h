// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace paceline {

/* A second thread may have been faster between poll() and reading, which must not block then. */
void set_non_blocking(int fd);

/* Waits at most timeout_ms (less than 0: for ever); true when there is something to read. */
bool wait_readable(int fd, int timeout_ms);

}  // namespace paceline
