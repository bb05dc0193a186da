// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.BufferSpec;
import org.paceline.api.Checkpointing;
import org.paceline.api.ClusterConfig;
import org.paceline.api.Film;
import org.paceline.api.FilmUpdate;
import org.paceline.api.NativeMemory;
import org.paceline.api.PassListener;
import org.paceline.api.RenderCluster;
import org.paceline.api.RenderJob;
import org.paceline.api.RenderProgress;
import org.paceline.api.RenderRequest;
import org.paceline.api.RenderSession;
import org.paceline.api.UnitListener;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.device.DeviceOptions;
import org.paceline.api.transport.Endpoint;
import org.paceline.core.WorkerNode;
import org.paceline.reference.ReferenceDevice;
import org.paceline.reference.ReferenceScene;

/**
 * Every method of a session's interfaces, called from every kind of listener and while another
 * thread waits in a commit: it works or throws at once, and everything can be closed afterwards.
 */
@Tag("slow")
@Timeout(300)
class SessionFromListenersTest {
  private static final int SIDE = 40;
  private static final long LIMIT_SECONDS = 30;

  /** What a listener gets hold of. */
  private record Program(RenderCluster cluster, RenderSession session, RenderJob job) {
    Object target(Class<?> type) {
      return type == RenderCluster.class
          ? cluster
          : type == RenderSession.class ? session : type == RenderJob.class ? job : job.film();
    }
  }

  private static final List<Class<?>> INTERFACES =
      List.of(RenderCluster.class, RenderSession.class, RenderJob.class, Film.class);

  @TempDir private static Path directory;
  private WorkerNode worker;

  @BeforeEach
  void start() {
    worker =
        WorkerNode.start(
            ClusterConfig.builder().build(),
            new Endpoint("tcp", "127.0.0.1", 0),
            () -> Devices.open("reference", new DeviceOptions(1, "auto")));
  }

  @AfterEach
  void end() {
    worker.close();
  }

  /** One session for all methods but those that close something, and one for each of these. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyMethodWorksOrThrowsAtOnce(boolean fromPassListener) throws Exception {
    List<Method> all = new ArrayList<>();
    for (Class<?> type : INTERFACES) {
      Arrays.stream(type.getMethods())
          .filter(method -> !Modifier.isStatic(method.getModifiers()))
          .forEach(all::add);
    }
    assertTrue(all.size() > 30, "only " + all);
    Map<Boolean, List<Method>> closing =
        all.stream().collect(Collectors.partitioningBy(each -> each.getName().equals("close")));
    assertEquals(3, closing.get(true).size());
    call(closing.get(false), fromPassListener);
    for (Method close : closing.get(true)) {
      call(List.of(close), fromPassListener);
    }
  }

  private void call(List<Method> methods, boolean fromPassListener) throws Exception {
    AtomicReference<Method> called = new AtomicReference<>();
    CompletableFuture<String> wrong = new CompletableFuture<>();
    CompletableFuture<Program> known = new CompletableFuture<>();
    NativeMemory memory =
        NativeMemory.allocateZeroed(ReferenceScene.filmLayout().lengthBytes(SIDE, SIDE));
    Runnable use =
        () -> {
          if (called.get() != null) {
            return;
          }
          StringBuilder all = new StringBuilder();
          for (Method method : methods) {
            called.set(method);
            all.append(whatIsWrong(method, known.join(), memory));
          }
          wrong.complete(all.toString());
        };
    ReferenceScene scene = ReferenceScene.quickStart();
    RenderCluster cluster =
        RenderCluster.open(ClusterConfig.builder().worker(worker.endpoint()).build());
    RenderSession session = cluster.openSession(ReferenceDevice.IDENTITY);
    if (!fromPassListener) {
      session.addUnitListener(unit -> use.run());
    }
    scene.push(session, SIDE, SIDE);
    session.commit();
    RenderJob job = session.render(request(2_000));
    known.complete(new Program(cluster, session, job));
    if (fromPassListener) {
      job.addListener((unit, film) -> use.run());
    }
    try {
      assertEquals("", wrong.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      throw new AssertionError(called.get() + " doesn't return", e);
    }
    within(session::close);
    within(session::close);
    within(cluster::close);
    within(cluster::close);
    scene.close();
    memory.close();
  }

  private static void within(Runnable step) throws Exception {
    CompletableFuture.runAsync(step, task -> new Thread(task, "user").start())
        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static String whatIsWrong(Method method, Program program, NativeMemory memory) {
    try {
      method.invoke(program.target(method.getDeclaringClass()), arguments(method, memory));
      return "";
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      return thrown instanceof IllegalStateException || thrown instanceof IllegalArgumentException
          ? ""
          : method + " threw " + thrown + "; ";
    } catch (IllegalAccessException e) {
      return method + ": " + e + "; ";
    }
  }

  private static Object[] arguments(Method method, NativeMemory memory) {
    Map<Class<?>, Object> values =
        Map.ofEntries(
            Map.entry(int.class, 0),
            Map.entry(long.class, 3_600L),
            Map.entry(TimeUnit.class, TimeUnit.SECONDS),
            Map.entry(String.class, "name"),
            Map.entry(NativeMemory.class, memory),
            Map.entry(BufferSpec.class, BufferSpec.global("name", memory.lengthBytes())),
            Map.entry(RenderRequest.class, request(1)),
            Map.entry(
                Checkpointing.class,
                new Checkpointing(directory.resolve("a.ckpt"), Duration.ofSeconds(1), true)),
            Map.entry(DeviceIdentity.class, ReferenceDevice.IDENTITY),
            Map.entry(PassListener.class, (PassListener) (unit, film) -> {}),
            Map.entry(UnitListener.class, (UnitListener) unit -> {}),
            Map.entry(FilmUpdate.class, new FilmUpdate(1, 0, 0, List.of())));
    return Arrays.stream(method.getParameterTypes())
        .map(
            type -> {
              if (!values.containsKey(type)) {
                throw new AssertionError("tell this test a value of " + type + ", for " + method);
              }
              return values.get(type);
            })
        .toArray();
  }

  private static RenderRequest request(int samples) {
    return new RenderRequest(SIDE, SIDE, samples, ReferenceScene.filmLayout());
  }

  @Test
  void aListenerIsNotHeldUpByACommitOfAnotherThread() throws Exception {
    try (ReferenceScene scene = ReferenceScene.quickStart();
        RenderCluster cluster =
            RenderCluster.open(ClusterConfig.builder().worker(worker.endpoint()).build());
        RenderSession session = cluster.openSession(ReferenceDevice.IDENTITY)) {
      scene.push(session, SIDE, SIDE);
      session.commit();
      RenderJob job = session.render(request(10_000));
      CountDownLatch listening = new CountDownLatch(1);
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      CountDownLatch committing = new CountDownLatch(1);
      job.addListener(
          (unit, film) -> {
            if (thrown.isDone()) {
              return;
            }
            listening.countDown();
            try {
              committing.await();
              session.zero(BufferSpec.global("more", 4));
            } catch (IllegalStateException | InterruptedException e) {
              thrown.complete(e);
            }
          });
      listening.await();
      Thread user = new Thread(session::commit, "user");
      user.start();
      while (user.getState() != Thread.State.TIMED_WAITING && user.isAlive()) {
        Thread.onSpinWait();
      }
      committing.countDown();
      Throwable got = thrown.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      assertInstanceOf(IllegalStateException.class, got);
      assertTrue(got.getMessage().contains("can't be called from a listener"), got.getMessage());
      user.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      assertTrue(!user.isAlive(), "the commit waits");
    }
  }

  @Test
  void aListenerThatClosesItsSessionEndsIt() throws Exception {
    try (ReferenceScene scene = ReferenceScene.quickStart();
        RenderCluster cluster =
            RenderCluster.open(ClusterConfig.builder().worker(worker.endpoint()).build());
        RenderSession session = cluster.openSession(ReferenceDevice.IDENTITY)) {
      scene.push(session, SIDE, SIDE);
      session.commit();
      RenderJob job = session.render(request(10_000));
      Runnable closing = session::close;
      job.addListener((unit, film) -> closing.run());
      assertEquals(RenderProgress.State.FAILED, job.await(LIMIT_SECONDS, TimeUnit.SECONDS));
      assertEquals("the session was closed", job.failure());
      within(session::close);
      assertThrows(IllegalStateException.class, () -> job.film().get(0, 0, 0));
    }
  }

  @Test
  void aListenerThatNeverReturnsHoldsNobodyUpForEver() throws Exception {
    ClusterConfig config =
        ClusterConfig.builder()
            .worker(worker.endpoint())
            .heartbeatTimeout(Duration.ofMillis(400))
            .build();
    CountDownLatch never = new CountDownLatch(1);
    try (ReferenceScene scene = ReferenceScene.quickStart();
        RenderCluster cluster = RenderCluster.open(config);
        RenderSession session = cluster.openSession(ReferenceDevice.IDENTITY)) {
      scene.push(session, SIDE, SIDE);
      session.commit();
      RenderJob job = session.render(request(10_000));
      CountDownLatch listening = new CountDownLatch(1);
      job.addListener(
          (unit, film) -> {
            listening.countDown();
            while (true) {
              try {
                if (never.await(1, TimeUnit.HOURS)) {
                  return;
                }
              } catch (InterruptedException e) {
                // this one doesn't listen to reason
              }
            }
          });
      listening.await();
      IllegalStateException late = assertThrows(IllegalStateException.class, session::commit);
      assertTrue(late.getMessage().contains("does a listener wait"), late.getMessage());
      within(session::close);
      never.countDown();
    }
  }
}
