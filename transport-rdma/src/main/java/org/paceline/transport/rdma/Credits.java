// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

/**
 * Sees to it that no SEND meets a peer without a posted receive.
 *
 * <p>Each side posts {@link #RECEIVES} receives at first and again {@link #GROUP} whenever so many
 * were used up. Every SEND tells how many were posted in all. The last {@link #RESERVE} SENDs that
 * a side may issue are for telling just that: while the peer uses up none of them, there can't be
 * more to tell than so many times, so neither side ever waits for the other with nothing left.
 */
final class Credits {
  static final int RECEIVES = 64;
  static final int GROUP = 8;
  static final int RESERVE = RECEIVES / GROUP;

  private long sent;
  private long granted = RECEIVES;
  private long posted = RECEIVES;
  private long told = RECEIVES;

  /** Whether a SEND with frames may go. */
  boolean maySend() {
    return granted - sent > RESERVE;
  }

  /** Whether receives were posted that the peer has not heard of, and it can be told. */
  boolean shouldTell() {
    return posted > told && granted > sent;
  }

  /** A SEND goes, and tells what was posted. */
  void onSend() {
    sent++;
    told = posted;
  }

  /** Receives were posted. */
  void onPosted() {
    posted += GROUP;
  }

  /** Receives posted here so far. */
  long posted() {
    return posted;
  }

  /** The peer tells what it posted; what is wrong with that, or null. */
  String onGranted(long total) {
    if (total < granted || total > sent + RECEIVES) {
      return "it granted "
          + total
          + " sends in all, after "
          + granted
          + " of which "
          + sent
          + " were used";
    }
    granted = total;
    return null;
  }
}
