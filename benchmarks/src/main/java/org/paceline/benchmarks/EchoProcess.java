// SPDX-License-Identifier: Apache-2.0
package org.paceline.benchmarks;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.core.Transports;

/**
 * The far end of a link through shared memory, in a process of its own, as it is in use.
 *
 * <p>In one JVM what the two ends write in every turn may lie on the same cache lines, and comes to
 * lie there or elsewhere with each garbage collection: a pair then takes a third longer for as long
 * as it lives, which says nothing of what carries its messages.
 */
final class EchoProcess {
  private static final String AT = "at ";
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final IdleStrategy IDLE = BusySpinIdleStrategy.INSTANCE;
  private static final ClusterConfig CONFIG =
      ClusterConfig.builder().aeron(ChannelPair.OVER_IPC).build();

  private EchoProcess() {}

  /** Paceline's ipc to a process that is started for it and ends with it. */
  static EchoLink ipc() throws IOException, InterruptedException {
    NodeProgram far = NodeProgram.start(EchoProcess.class, List.of(Kind.IPC.name()));
    Endpoint endpoint = Endpoint.parse(far.await(AT, START_LIMIT));
    Channel near = new Transports().of(endpoint).connect(endpoint, CONFIG);
    while (!near.isConnected()) {
      near.poll(ChannelPair.NOTHING_YET, 1);
      if (near.isClosed()) {
        throw new IllegalStateException(near.closeReason());
      }
    }
    return new MessageEchoLink(near, IDLE, far::close);
  }

  /** The same with Aeron's own publications. */
  static EchoLink rawIpc() throws IOException, InterruptedException {
    NodeProgram far = NodeProgram.start(EchoProcess.class, List.of(Kind.RAW_IPC.name()));
    String directory = far.await(AT, START_LIMIT);
    AeronEnd near = AeronEnd.near(directory, CommonContext.IPC_MEDIA, ChannelPair.OVER_IPC);
    near.connect(near.endpoint()); // none, as the far end's
    near.awaitConnected();
    return new AeronEchoLink(near, IDLE, far::close);
  }

  /** Echoes what comes through the kind that is the only argument until its stdin ends. */
  public static void main(String[] args) throws IOException {
    if (Kind.valueOf(args[0]) == Kind.IPC) {
      echoMessages();
    } else {
      echoFragments();
    }
  }

  private static void echoMessages() throws IOException {
    Endpoint anywhere = Endpoint.parse(Kind.IPC.label() + "://localhost:0");
    Transport transport = new Transports().of(anywhere);
    try (Listener listener = transport.listen(anywhere, CONFIG)) {
      System.out.println(AT + listener.endpoint());
      awaitEndBeside(new AcceptingEcho(listener)::turn);
    }
  }

  private static final class AcceptingEcho {
    private final Listener listener;
    private Channel far;

    AcceptingEcho(Listener listener) {
      this.listener = listener;
    }

    int turn() {
      if (far == null) {
        far = listener.accept();
        return 0;
      }
      return far.poll(MessageEchoLink.ECHO, MessageEchoLink.LIMIT);
    }
  }

  private static void echoFragments() throws IOException {
    try (MediaDriver driver = AeronEnd.driver(ChannelPair.OVER_IPC);
        AeronEnd far =
            AeronEnd.far(
                driver.aeronDirectoryName(), CommonContext.IPC_MEDIA, ChannelPair.OVER_IPC)) {
      far.connect(far.endpoint());
      System.out.println(AT + driver.aeronDirectoryName());
      awaitEndBeside(AeronEchoLink.echo(far, IDLE));
    }
  }

  private static void awaitEndBeside(SpinningPeer.Step step) throws IOException {
    SpinningPeer peer = new SpinningPeer(IDLE, step);
    try {
      while (System.in.read() >= 0) {}
    } finally {
      peer.close();
    }
  }
}
