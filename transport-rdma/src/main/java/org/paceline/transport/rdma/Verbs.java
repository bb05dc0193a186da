// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What failed verbs mean. libdisni ends its messages with the system's error number. */
final class Verbs {
  static final int ENOMEM = 12;
  static final int ENODEV = 19;
  static final int EADDRINUSE = 98;
  static final int EADDRNOTAVAIL = 99;

  private static final Pattern ERRNO = Pattern.compile("\\(errno (\\d+)\\)");

  private static final String[] STATUS = {
    "success",
    "a local length error",
    "a local error of the queue pair",
    "a local error of the end-to-end context",
    "this side's memory is not registered any more",
    "the queue pair had failed before",
    "a memory window could not be bound",
    "a bad response",
    "a local access error",
    "the peer found a request invalid",
    "the peer's memory is not registered any more, or not for that",
    "the peer could not carry a request out",
    "the peer does not answer any more",
    "the peer has no receive posted"
  };

  private Verbs() {}

  /** The system's error number, 0 if there is none. */
  static int errno(IOException e) {
    Matcher matcher = ERRNO.matcher(text(e));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** Its message, never null. */
  static String text(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** A work completion's status, for people. */
  static String status(int status) {
    return (status >= 0 && status < STATUS.length ? STATUS[status] : "an error")
        + " (status "
        + status
        + ")";
  }

  /** Why memory could not be registered, as a sentence's end. */
  static String registrationFailure(long lengthBytes, IOException e) {
    if (errno(e) == ENOMEM) {
      return lengthBytes
          + " bytes could not be registered with the RDMA device: this process may not lock so much"
          + " memory; raise its limit (ulimit -l unlimited, or memlock in"
          + " /etc/security/limits.conf, or LimitMEMLOCK= of its systemd unit)";
    }
    return lengthBytes + " bytes could not be registered with the RDMA device: " + text(e);
  }
}
