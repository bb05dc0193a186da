// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.SystemNanoClock;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.BufferSpec;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.AgentThread;
import org.paceline.core.worker.ModelDevice;

/** A session whose thread fails, or can't go on: its user hears of it and can go. */
@Timeout(60)
class FailingSessionTest {
  private final AtomicReference<Error> fault = new AtomicReference<>();

  /** A channel to nobody, whose poll throws the fault once there is one. */
  private Channel connect(Endpoint endpoint) {
    Channel wire = new Wire(System::nanoTime, 0).host;
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (proxy, method, args) -> {
              if (fault.get() != null && method.getName().matches("poll|close")) {
                throw fault.get();
              }
              try {
                return method.invoke(wire, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private RenderSession open() {
    ClusterConfig config = ClusterConfig.builder().worker(new Endpoint("sim", "worker", 1)).build();
    HostSession host =
        new HostSession(
            config,
            ModelDevice.IDENTITY,
            new Route.Local("host", Set.of("sim"), Map.of()),
            this::connect,
            () -> null,
            Optional.empty(),
            SystemNanoClock.INSTANCE);
    AgentThread agent = AgentThread.start(host, new YieldingIdleStrategy(), host::fail);
    return new ClusterRenderSession(host, agent, config, SystemNanoClock.INSTANCE, session -> {});
  }

  private static RenderJob start(RenderSession session) {
    session.zero(BufferSpec.global("small", 64));
    session.commit();
    return session.render(new RenderRequest(64, 64, 4, FilmAssertions.LAYOUT));
  }

  @Test
  void anErrorEndsTheJobWithItsReasonAndEveryCallAfterIt() throws Exception {
    try (RenderSession session = open()) {
      RenderJob job = start(session);
      fault.set(new InternalError("a fault occurred in mapped memory"));
      assertEquals(RenderProgress.State.FAILED, job.await(30, TimeUnit.SECONDS));
      assertTrue(job.failure().contains("a fault occurred in mapped memory"), job.failure());
      assertEquals(0, job.film().samples(3, 3), "the film can still be read");
      session.zero(BufferSpec.global("small", 128));
      IllegalStateException refused = assertThrows(IllegalStateException.class, session::commit);
      assertTrue(
          refused.getMessage().contains("a fault occurred in mapped memory"), refused.getMessage());
      assertThrows(IllegalStateException.class, () -> session.render(job.request()));
      session.workers();
    }
  }

  @Test
  void aSessionIsClosedTwiceAndItsJobEnds() throws Exception {
    try (RenderSession session = open()) {
      RenderJob job = start(session);
      job.cancel();
      assertEquals(RenderProgress.State.CANCELLED, job.await(30, TimeUnit.SECONDS));
      RenderJob next = session.render(job.request());
      close(session);
      close(session);
      assertEquals(RenderProgress.State.FAILED, next.await(30, TimeUnit.SECONDS));
      assertEquals("the session was closed", next.failure());
      assertThrows(IllegalStateException.class, session::commit);
      assertThrows(IllegalStateException.class, () -> next.film().get(0, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommitThatWaitsEndsWhenTheSessionDoes(boolean failing) throws Exception {
    try (RenderSession session = open()) {
      start(session);
      AtomicReference<Throwable> outcome = new AtomicReference<>();
      Thread user =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 1_000_000; i++) {
                    session.zero(BufferSpec.global("small", 64 + i));
                    session.commit();
                  }
                } catch (IllegalStateException e) {
                  outcome.set(e);
                }
              });
      user.start();
      TimeUnit.MILLISECONDS.sleep(50); // any instant will do
      if (failing) {
        fault.set(new OutOfMemoryError("Java heap space"));
      }
      close(session);
      user.join();
      assertTrue(outcome.get() != null, "its commits went on in a closed session");
    }
  }

  @Test
  void memoryThatItsOwnerClosedTooEarlyIsAnExceptionOfThatChannelOnly() {
    try (RenderSession session = open()) {
      NativeMemory memory = NativeMemory.allocate(64);
      memory.close();
      assertThrows(
          IllegalStateException.class,
          () -> {
            session.copyTo(BufferSpec.global("gone", 64), memory);
            session.commit();
          });
    }
  }

  private static void close(RenderSession session) {
    session.close();
  }
}
