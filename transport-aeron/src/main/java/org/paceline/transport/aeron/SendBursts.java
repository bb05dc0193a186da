// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.IdleStrategy;

/**
 * Sends what endpoints of a driver have held back, once a duty cycle has brought nothing to add.
 * Belongs to the thread that sends.
 */
final class SendBursts {
  /** An endpoint that holds datagrams back. */
  interface Source {
    /** Sends what it holds unless that has grown; whether it holds nothing any more. */
    boolean sendUnlessGrown();
  }

  private final List<Source> waiting = new ArrayList<>();

  void add(Source source) {
    waiting.add(source);
  }

  /** A strategy for the thread that sends, which otherwise is like that one. */
  IdleStrategy before(IdleStrategy strategy) {
    return new IdleStrategy() {
      @Override
      public void idle(int workCount) {
        sendWaiting();
        strategy.idle(workCount);
      }

      @Override
      public void idle() {
        sendWaiting();
        strategy.idle();
      }

      @Override
      public void reset() {
        strategy.reset();
      }
    };
  }

  private void sendWaiting() {
    for (int i = waiting.size() - 1; i >= 0; i--) {
      if (waiting.get(i).sendUnlessGrown()) {
        waiting.remove(i);
      }
    }
  }
}
