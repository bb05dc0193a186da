// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;

/**
 * The program of a {@link PeerProcess}: greets each peer with one message, sends its messages back,
 * and after the message {@link #FLOOD} writes into the peer's region {@link #REGION} without end.
 * Ends when its standard input does.
 */
final class EchoPeer implements AutoCloseable {
  /** Registered at each of its channels before it greets. */
  static final int REGION = 1;

  /** Length of that region, and of each write into the peer's. */
  static final int REGION_BYTES = 16 << 20;

  /** A message of this one byte starts the writes. */
  static final byte FLOOD = 'F';

  private final Transport transport;
  private final NativeMemory region = NativeMemory.allocateZeroed(REGION_BYTES);
  private final NativeMemory source = NativeMemory.allocateZeroed(REGION_BYTES);
  private final List<Channel> greeted = new ArrayList<>();
  private final List<Channel> flooded = new ArrayList<>();
  private final List<Channel> channels = new ArrayList<>();
  private Listener listener;

  private EchoPeer(Transport transport) {
    this.transport = transport;
  }

  /**
   * Runs it.
   *
   * @param arguments the class of the {@link TransportUnderTest}, {@code broadcast} or {@code
   *     single} for its configuration, and the endpoint to connect to, if it is not to listen
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Constructor<?> constructor = Class.forName(arguments[0]).getDeclaredConstructor();
    constructor.setAccessible(true);
    TransportUnderTest underTest = (TransportUnderTest) constructor.newInstance();
    boolean broadcast = arguments[1].equals("broadcast");
    ClusterConfig config = (broadcast ? underTest.broadcastConfig() : underTest.config()).build();
    AtomicBoolean ended = endOfInput();
    try (EchoPeer peer = new EchoPeer(underTest.transport())) {
      if (arguments.length > 2) {
        peer.add(peer.transport.connect(Endpoint.parse(arguments[2]), config));
      } else {
        peer.listener = peer.transport.listen(underTest.anyPort(), config);
        System.out.println(peer.listener.endpoint());
      }
      IdleStrategy idle = new BackoffIdleStrategy();
      while (!ended.get()) {
        idle.idle(peer.doWork());
      }
    }
  }

  private static AtomicBoolean endOfInput() {
    AtomicBoolean ended = new AtomicBoolean();
    Thread reader =
        new Thread(
            () -> {
              try {
                System.in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                System.err.println("reading from the test: " + e);
              }
              ended.set(true);
            });
    reader.setDaemon(true);
    reader.start();
    return ended;
  }

  private void add(Channel channel) {
    channel.register(REGION, region);
    channels.add(channel);
  }

  private int doWork() {
    int work = 0;
    Channel accepted = listener == null ? null : listener.accept();
    if (accepted != null) {
      add(accepted);
      work++;
    }
    for (Channel channel : channels) {
      if (!greeted.contains(channel) && Link.offer(channel, (byte) 'H') > 0) {
        greeted.add(channel);
      }
      if (flooded.contains(channel)) {
        work += channel.write(REGION, 0, source, 0, REGION_BYTES) > 0 ? 1 : 0;
      }
      work += channel.poll(this::onMessage, 10);
    }
    return work;
  }

  private void onMessage(Channel channel, DirectBuffer buffer, int offset, int length) {
    if (length == 1 && buffer.getByte(offset) == FLOOD) {
      flooded.add(channel);
    } else {
      channel.offer(buffer, offset, length);
    }
  }

  @Override
  public void close() {
    CloseHelper.closeAll(channels);
    CloseHelper.close(listener);
    region.close();
    source.close();
  }
}
