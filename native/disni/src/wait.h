// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace paceline {

/* Events are read after poll() only, and a second thread may have been faster: reading must not block. */
void set_non_blocking(int fd);

/* Waits at most timeout_ms (less than 0: for ever, 0: not at all); true when there is something to read. */
bool wait_readable(int fd, int timeout_ms);

}  // namespace paceline
