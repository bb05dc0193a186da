// SPDX-License-Identifier: Apache-2.0
package org.paceline.api.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.function.Consumer;

/**
 * The sockets of all channels and listeners of one owner thread. It finds out which of many have
 * something to do for the price of one system call, and waits until one has.
 *
 * <p>All calls but {@link #wakeUp} come from the owner thread.
 */
public final class Sockets implements AutoCloseable {
  /** With more sockets than that, to ask each costs more than to ask which are ready. */
  public static final int MANY = 16;

  /** What belongs to a socket. */
  public interface Owner {
    /**
     * A socket is ready; only takes note of it.
     *
     * @param operations those of {@link SelectionKey} that can be done
     */
    void ready(int operations);
  }

  private final Selector selector;
  private final Consumer<SelectionKey> tell = Sockets::tell;
  private boolean many;

  /** Without sockets. */
  public Sockets() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("can't wait for sockets: " + e.getMessage(), e);
    }
  }

  /**
   * Adds a non-blocking socket until it closes; {@link #closed} is to be called then.
   *
   * @param operations those of {@link SelectionKey} that its owner is told of
   * @throws ClosedChannelException if it is closed
   */
  public SelectionKey add(SelectableChannel socket, int operations, Owner owner)
      throws ClosedChannelException {
    return socket.register(selector, operations, owner);
  }

  /** How many there are. */
  public int count() {
    return selector.keys().size();
  }

  /**
   * Whether there are so many that a socket is only to be read from or written to once its owner
   * was told that it is ready. Changes with {@link #update} alone.
   */
  public boolean areMany() {
    return many;
  }

  /** Tells the owners of sockets that are ready, if there are many; to be called in each cycle. */
  public void update() {
    many = count() > MANY;
    if (many) {
      select(0);
    }
  }

  /** Waits until a socket is ready or {@link #wakeUp} is called, and tells the owners. */
  public void await(long milliseconds) {
    select(milliseconds);
  }

  /** A socket was closed: without this, the system would keep it until the next update. */
  public void closed() {
    if (selector.isOpen()) {
      select(0);
    }
  }

  private static void tell(SelectionKey key) {
    if (key.isValid()) {
      ((Owner) key.attachment()).ready(key.readyOps());
    }
  }

  private void select(long milliseconds) {
    try {
      if (milliseconds == 0) {
        selector.selectNow(tell);
      } else {
        selector.select(tell, milliseconds);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't wait for sockets: " + e.getMessage(), e);
    }
  }

  /** Ends a wait, or the next one before it begins; from any thread. */
  public void wakeUp() {
    selector.wakeup();
  }

  /** Lets the sockets go; they stay open. */
  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("can't let sockets go: " + e.getMessage(), e);
    }
  }
}
