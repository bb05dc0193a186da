// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

/**
 * Whether large packets pass between the host and a worker. On a path that carries shorter ones
 * than its ends believe, and doesn't say so, a worker attaches, one end hears nothing more of the
 * other, and all begins anew, for ever.
 */
final class DataPath {
  /** Once may be a machine that stood still. */
  private static final int TELLING = 2;

  /** A system that finds out by itself what the path carries needs seven seconds or more. */
  private static final long GRACE_NS = 15_000_000_000L;

  private int failures;
  private boolean sceneProved;
  private boolean passesProved;

  /** A worker is attached; nothing is known of this channel. */
  void opened() {
    sceneProved = false;
    passesProved = false;
  }

  /** The worker has got the scene. */
  void sceneArrived() {
    sceneProved = true;
  }

  /** A pass has come. */
  void passArrived() {
    passesProved = true;
    failures = 0;
  }

  /** Whether the worker has got something large over this channel. */
  boolean isSceneProved() {
    return sceneProved;
  }

  /** How long a worker with units may be silent before its first pass; 0 if as long as always. */
  long graceNs() {
    return failures > 0 && !passesProved ? GRACE_NS : 0;
  }

  /** The worker fell silent; the reason, or a better one. */
  String silent(String reason) {
    return passesProved ? reason : failed(reason);
  }

  /** The channel ends because nothing but small messages arrived; the reason, or a better one. */
  String failed(String reason) {
    failures++;
    return failures < TELLING
        ? reason
        : "small messages pass, data doesn't: does the path carry 1500-byte packets? Set"
            + " net.ipv4.tcp_mtu_probing=1 here and there, or lower the MTU of the network interface"
            + " (ip link set dev eth0 mtu 1280), or use --transport aeron with a lower aeron.mtu";
  }

  /** Whether the last sentence is the first of its kind. */
  boolean isNews() {
    return failures == TELLING;
  }
}
