// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;

/**
 * Has one worker listen to a broadcast: what it wants waits a little for that, once. One that was
 * too busy to join in time, or was dropped, is invited again while there is something to hear.
 */
final class Invitation {
  private static final long PATIENCE_NS = 2_000_000_000;

  private final Channel channel;
  private boolean invited;
  private boolean heard;
  private long firstNs;
  private long lastNs;

  /** Nobody is invited yet. */
  Invitation(Channel channel) {
    this.channel = channel;
  }

  /**
   * Whether the worker listens; if not, it is invited.
   *
   * @param needed whether there is something to hear
   */
  boolean isHeeded(Broadcast broadcast, boolean needed, long nowNs) {
    boolean listens = broadcast.reaches(channel);
    heard |= listens;
    if (!invited) {
      firstNs = nowNs;
    }
    if (!invited || (!listens && needed && nowNs - lastNs > PATIENCE_NS)) {
      broadcast.invite(channel);
      invited = true;
      lastNs = nowNs;
    }
    return listens;
  }

  /** Whether it may still be worth waiting for. */
  boolean isAwaited(long nowNs) {
    return invited && !heard && nowNs - firstNs < PATIENCE_NS;
  }
}
