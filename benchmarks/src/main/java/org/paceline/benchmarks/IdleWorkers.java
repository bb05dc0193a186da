// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Sockets;
import org.paceline.core.Liveness;
import org.paceline.core.Transports;
import org.paceline.core.protocol.AttachDecoder;
import org.paceline.core.protocol.HeartbeatDecoder;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.MessageWriter;

/**
 * Very many workers in one process, one at each address of the loopback network that a host dials.
 * They attach and live, and have no device: a host with nothing to render can't tell.
 */
public final class IdleWorkers {
  /** What it prints once it listens, before the port. */
  public static final String LISTENING = "listening at port";

  private static final String KEY = "known to everybody: for this benchmark alone";
  private static final int ADDRESSES = 250;

  /** So that nobody is given up on a machine with other work. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ClusterConfig config = config().build();
  private final Sockets sockets = new Sockets();
  private final List<IdleWorker> workers = new ArrayList<>();

  private IdleWorkers() {}

  /** What host and workers have in common. */
  public static ClusterConfig.Builder config() {
    return ClusterConfig.builder().key(KEY).heartbeatTimeout(PATIENCE);
  }

  /** So many of them, for a host's configuration. */
  public static List<Endpoint> endpoints(int count, int port) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String host = "127.1." + i / ADDRESSES + "." + (1 + i % ADDRESSES);
      endpoints.add(new Endpoint("tcp", host, port));
    }
    return endpoints;
  }

  /** Runs until its input ends; takes no arguments. */
  public static void main(String[] args) throws IOException {
    new IdleWorkers().run();
  }

  private void run() throws IOException {
    Endpoint everywhere = new Endpoint("tcp", "0.0.0.0", 0);
    try (Listener listener = new Transports().of(everywhere).listen(everywhere, config)) {
      listener.watch(sockets);
      System.out.println(LISTENING + " " + listener.endpoint().port());
      while (System.in.available() == 0) {
        sockets.await(10);
        sockets.update();
        for (Channel channel = listener.accept(); channel != null; channel = listener.accept()) {
          workers.add(new IdleWorker(channel));
        }
        workers.removeIf(IdleWorker::isOver);
        workers.forEach(IdleWorker::poll);
      }
    }
  }

  private final class IdleWorker {
    private final Channel channel;
    private final MessageReader reader = new MessageReader();
    private final MessageWriter writer = new MessageWriter();
    private final AttachDecoder attach = new AttachDecoder();
    private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();
    private final byte[] nonce = KeyProof.nonce();
    private final byte[] instance = KeyProof.nonce();
    private final Liveness liveness =
        new Liveness(config.heartbeatTimeout().toNanos(), System.nanoTime());
    private boolean challenged;
    private boolean attached;

    IdleWorker(Channel channel) {
      this.channel = channel;
    }

    boolean isOver() {
      return channel.isClosed();
    }

    void poll() {
      channel.poll(this::onMessage, 16);
      if (!channel.isConnected()) {
        return;
      }
      if (!challenged) {
        challenged = writer.challenge(channel, nonce, instance, "another machine", "tcp") > 0;
      } else if (attached) {
        liveness.beat(writer, channel, System.nanoTime());
      }
    }

    private void onMessage(Channel from, DirectBuffer buffer, int offset, int length) {
      int template = reader.open(buffer, offset, length);
      if (template == AttachDecoder.TEMPLATE_ID) {
        byte[] hostNonce = new byte[KeyProof.NONCE_BYTES];
        reader.decode(attach).getNonce(hostNonce, 0, hostNonce.length);
        byte[] proof = KeyProof.ofWorker(KEY, nonce, hostNonce);
        attached = writer.attached(channel, proof, "idle worker", "") > 0;
      } else if (template == HeartbeatDecoder.TEMPLATE_ID) {
        liveness.onHeartbeat(reader.decode(heartbeat), System.nanoTime());
      }
    }
  }
}
