// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import java.util.Objects;

/**
 * Settings of the Aeron transport; immutable and validated. Start from {@link #DEFAULTS}.
 *
 * @param directory the directory of a media driver that runs by itself; empty means that Paceline
 *     runs its own inside the process
 * @param threading how many threads the own driver uses
 * @param termBytes length of one of a stream's three term buffers: a power of two. A stream takes
 *     three times that of {@code /dev/shm} at each end; through IPC {@link #ipcTermBytes} counts
 * @param mtuBytes longest datagram payload, a multiple of 32; 0 means the longest that the
 *     interface towards the peer carries in one piece
 * @param hostPort UDP port at which a host gets all datagrams; 0 takes free ones. Two hosts on one
 *     machine need different ones
 * @param idle what the own driver's threads do when idle
 */
public record AeronConfig(
    String directory,
    Threading threading,
    int termBytes,
    int mtuBytes,
    int hostPort,
    IdleMode idle) {

  /** Which threads the own media driver has. */
  public enum Threading {
    /** One thread for everything: the default. */
    SHARED,
    /** One for sending and receiving, one for the rest. */
    SHARED_NETWORK,
    /** One for sending, one for receiving, one for the rest. */
    DEDICATED
  }

  /** An own driver with one thread. */
  public static final AeronConfig DEFAULTS =
      new AeronConfig("", Threading.SHARED, 4 << 20, 0, 0, IdleMode.BACKOFF);

  /** Aeron carries messages of up to an eighth of a term, a channel up to 128 KiB and a header. */
  private static final int MIN_TERM_BYTES = 2 << 20;

  private static final int MAX_TERM_BYTES = 1 << 30;
  private static final int MIN_MTU_BYTES = 512;
  private static final int MAX_MTU_BYTES = 65_504;

  /** Validates. */
  public AeronConfig {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(threading, "threading");
    Objects.requireNonNull(idle, "idle");
    if (termBytes < MIN_TERM_BYTES
        || termBytes > MAX_TERM_BYTES
        || Integer.bitCount(termBytes) != 1) {
      throw new ConfigurationException(
          "aeron.term-length="
              + termBytes
              + " is not a power of two in "
              + MIN_TERM_BYTES
              + ".."
              + MAX_TERM_BYTES);
    }
    if (mtuBytes != 0
        && (mtuBytes < MIN_MTU_BYTES || mtuBytes > MAX_MTU_BYTES || mtuBytes % 32 != 0)) {
      throw new ConfigurationException(
          "aeron.mtu="
              + mtuBytes
              + " is neither 0 nor a multiple of 32 in "
              + MIN_MTU_BYTES
              + ".."
              + MAX_MTU_BYTES);
    }
    if (hostPort < 0 || hostPort > 65_535) {
      throw new ConfigurationException("aeron.host-port=" + hostPort + " is not in 0..65535");
    }
  }

  /**
   * Length of a term buffer through IPC: four times the other, because half of it is all that
   * passes while a driver sleeps.
   */
  public int ipcTermBytes() {
    return (int) Math.min(4L * termBytes, MAX_TERM_BYTES);
  }

  /** With another driver directory. */
  public AeronConfig withDirectory(String value) {
    return new AeronConfig(value, threading, termBytes, mtuBytes, hostPort, idle);
  }

  /** With other threads. */
  public AeronConfig withThreading(Threading value) {
    return new AeronConfig(directory, value, termBytes, mtuBytes, hostPort, idle);
  }

  /** With another term length. */
  public AeronConfig withTermBytes(int value) {
    return new AeronConfig(directory, threading, value, mtuBytes, hostPort, idle);
  }

  /** With another MTU. */
  public AeronConfig withMtuBytes(int value) {
    return new AeronConfig(directory, threading, termBytes, value, hostPort, idle);
  }

  /** With another port at the host. */
  public AeronConfig withHostPort(int value) {
    return new AeronConfig(directory, threading, termBytes, mtuBytes, value, idle);
  }

  /** With another idle mode. */
  public AeronConfig withIdle(IdleMode value) {
    return new AeronConfig(directory, threading, termBytes, mtuBytes, hostPort, value);
  }
}
