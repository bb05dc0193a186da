// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.CncFileDescriptor;
import io.aeron.driver.Configuration;
import io.aeron.driver.LogFactories;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.reports.LossReportUtil;
import io.aeron.exceptions.AeronException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.paceline.api.AeronConfig;
import org.paceline.api.ClusterConfig;
import org.paceline.api.IdleMode;
import org.paceline.api.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts media drivers and clients of them, set up as a configuration says. */
final class MediaDrivers {
  private static final Logger LOG = LoggerFactory.getLogger(MediaDrivers.class);

  /** Shorter silences happen on a busy machine. */
  private static final Duration MIN_LIVENESS = Duration.ofSeconds(1);

  /**
   * Driver and client of one process stop and go on together: nothing is learnt from how long the
   * other was silent, and a process that was suspended should find its streams again.
   */
  private static final Duration SAME_PROCESS_LIVENESS = Duration.ofHours(1);

  /**
   * For IPC the driver serves hosts, whose death it should notice, and its own worker, which should
   * survive to be stopped for a while.
   */
  private static final Duration MIN_IPC_CLIENT_LIVENESS = Duration.ofSeconds(10);

  /** How often a driver looks after its streams' ends. */
  private static final Duration TIMER_INTERVAL = Duration.ofMillis(20);

  /** Streams of one port that hosts may open; more are a flood. */
  private static final int MAX_SESSIONS = 1024;

  private static final int MAX_DISTINCT_ERRORS = 100;

  /** 8192 counters, of which a channel takes about 14. */
  private static final int COUNTERS_BYTES = 1 << 20;

  /** All files of a driver without streams: buffers of 6 MiB and a few pages, counters of 5. */
  private static final long DRIVER_BYTES = 13L << 20;

  private record Key(AeronConfig aeron, Duration liveness) {}

  private MediaDrivers() {}

  /** Silence after which a peer's stream counts as ended. */
  static Duration liveness(ClusterConfig config) {
    Duration timeout = config.heartbeatTimeout();
    return timeout.compareTo(MIN_LIVENESS) > 0 ? timeout : MIN_LIVENESS;
  }

  /** For UDP: the driver that the configuration names, or this process's own. */
  static Media udp(ClusterConfig config) {
    if (!config.aeron().directory().isEmpty()) {
      return external(config);
    }
    Key key = new Key(config.aeron(), liveness(config));
    return Media.shared(
        key,
        () -> {
          requireRoomForDriver(0);
          int port = key.aeron.hostPort();
          HostPort held = port == 0 ? null : HostPort.claim(port);
          try {
            return start(DriverDirectory.claimNew(), key, SAME_PROCESS_LIVENESS).with(held);
          } catch (IOException | RuntimeException e) {
            CloseHelper.quietClose(held);
            throw e;
          }
        });
  }

  /** The same for a worker, which hosts find at the port that it listens on. */
  static Media udpWorker(ClusterConfig config) {
    return config.aeron().directory().isEmpty()
        ? udp(config.toBuilder().aeron(config.aeron().withHostPort(0)).build())
        : udp(config);
  }

  /**
   * Checks that there is memory for one more channel over UDP, and for the driver if there is none.
   *
   * @throws TransportException if there is too little, saying what to do
   */
  static void requireRoomForUdp(ClusterConfig config, long bytes) {
    if (config.aeron().directory().isEmpty()) {
      boolean present = !Media.isAbsent(new Key(config.aeron(), liveness(config)));
      if (present) {
        SharedMemory.require(DriverDirectory.base(), bytes, "a channel's log buffers need");
      } else {
        requireRoomForDriver(bytes);
      }
    }
  }

  /** Checks that there is memory for a driver of our own, and for so much beside it. */
  static void requireRoomForDriver(long bytes) {
    SharedMemory.require(
        DriverDirectory.base(),
        DRIVER_BYTES + bytes,
        bytes == 0 ? "a media driver needs" : "a media driver and its first channel need");
  }

  /** For IPC at a worker: the driver that the configuration names, or one in {@code directory}. */
  static Media ipcWorker(ClusterConfig config, DriverDirectory directory) {
    if (!config.aeron().directory().isEmpty()) {
      return external(config);
    }
    Key key = new Key(config.aeron(), liveness(config));
    Duration clients =
        key.liveness.compareTo(MIN_IPC_CLIENT_LIVENESS) > 0
            ? key.liveness
            : MIN_IPC_CLIENT_LIVENESS;
    return Media.own(() -> start(directory, key, clients));
  }

  /** For IPC at a host: the driver that the configuration names, or the worker's. */
  static Media ipcHost(ClusterConfig config, Path directory) {
    if (!config.aeron().directory().isEmpty()) {
      return external(config);
    }
    return Media.own(() -> attach(directory, liveness(config)));
  }

  private static Media external(ClusterConfig config) {
    Path directory = Path.of(config.aeron().directory()).toAbsolutePath();
    return Media.shared(directory, () -> attach(directory, liveness(config)));
  }

  private static Media.Opened attach(Path directory, Duration liveness) {
    if (!Files.isRegularFile(directory.resolve("cnc.dat"))) {
      throw new TransportException(
          "no media driver runs in " + directory + "; is a worker listening there?");
    }
    try {
      return new Media.Opened(client(directory, liveness), directory, null);
    } catch (RuntimeException e) {
      throw new TransportException(
          "the media driver in " + directory + " does not answer: " + e.getMessage(), e);
    }
  }

  private static Media.Opened start(DriverDirectory directory, Key key, Duration clientLiveness)
      throws IOException {
    MediaDriver driver = null;
    try {
      driver = MediaDriver.launch(context(directory.driver(), key, clientLiveness));
      SharedMemory.allocate(
          directory.driver().resolve(CncFileDescriptor.CNC_FILE), "a media driver needs");
      SharedMemory.allocate(
          directory.driver().resolve(LossReportUtil.LOSS_REPORT_FILE_NAME), "a media driver needs");
      MediaDriver started = driver;
      return new Media.Opened(
          client(directory.driver(), clientLiveness),
          directory.driver(),
          () -> CloseHelper.quietCloseAll(started, directory));
    } catch (RuntimeException | InternalError e) {
      // The latter if the memory of a file went to somebody else just before.
      CloseHelper.quietCloseAll(driver, directory);
      throw new TransportException("can't start a media driver: " + sentence(e), e);
    }
  }

  private static MediaDriver.Context context(Path directory, Key key, Duration clientLiveness) {
    AeronConfig aeron = key.aeron;
    long livenessNs = key.liveness.toNanos();
    MediaDriver.Context context = new MediaDriver.Context();
    LogFactories.install(context, new AllocatedLogs(context));
    SendBursts bursts = new SendBursts();
    // whoever names endpoints by Aeron's property means them
    if (System.getProperty(Configuration.RECEIVE_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME) == null) {
      QuietSockets.install(context, bursts, aeron.hostPort());
    }
    return context
        .aeronDirectoryName(directory.toString())
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true)
        .threadingMode(
            switch (aeron.threading()) {
              case SHARED -> ThreadingMode.SHARED;
              case SHARED_NETWORK -> ThreadingMode.SHARED_NETWORK;
              case DEDICATED -> ThreadingMode.DEDICATED;
            })
        .conductorIdleStrategy(idle(aeron.idle()))
        .senderIdleStrategy(bursts.before(idle(aeron.idle())))
        .receiverIdleStrategy(idle(aeron.idle()))
        .sharedIdleStrategy(bursts.before(idle(aeron.idle())))
        .sharedNetworkIdleStrategy(bursts.before(idle(aeron.idle())))
        .conductorThreadFactory(threads("conductor"))
        .senderThreadFactory(threads("sender"))
        .receiverThreadFactory(threads("receiver"))
        .sharedThreadFactory(threads("driver"))
        .sharedNetworkThreadFactory(threads("network"))
        // Only literal addresses are used: there is nothing to look up.
        .asyncExecutorEnabled(false)
        .counterValuesBufferLength(COUNTERS_BYTES)
        .timerIntervalNs(TIMER_INTERVAL.toNanos())
        .clientLivenessTimeoutNs(clientLiveness.toNanos())
        .publicationUnblockTimeoutNs(2 * clientLiveness.toNanos())
        .imageLivenessTimeoutNs(livenessNs)
        .publicationConnectionTimeoutNs(livenessNs)
        .publicationLingerTimeoutNs(livenessNs)
        .untetheredWindowLimitTimeoutNs(livenessNs)
        .untetheredRestingTimeoutNs(livenessNs)
        .streamSessionLimit(MAX_SESSIONS)
        .congestControlSupplier(
            (image,
                channel,
                stream,
                session,
                termBytes,
                mtu,
                control,
                source,
                clock,
                driver,
                all) -> AdaptiveWindow.of(channel, termBytes, driver))
        .errorHandler(errors());
  }

  private static Aeron client(Path directory, Duration driverLiveness) {
    return Aeron.connect(
        new Aeron.Context()
            .aeronDirectoryName(directory.toString())
            .driverTimeoutMs(driverLiveness.toMillis())
            .keepAliveIntervalNs(Math.min(driverLiveness.toNanos() / 4, 500_000_000L))
            .idleStrategy(new SleepingMillisIdleStrategy(1))
            .threadFactory(threads("client"))
            // A handler's exception is its caller's.
            .subscriberErrorHandler(
                e -> {
                  throw e instanceof RuntimeException known ? known : new IllegalStateException(e);
                })
            // Channels tell what it means for them.
            .errorHandler(error -> LOG.debug("Aeron's client", error)));
  }

  /** What an error says, without what Aeron puts around it. */
  static String sentence(Throwable error) {
    if (error.getMessage() == null) {
      return error.getClass().getSimpleName();
    }
    return error
        .getMessage()
        .replaceAll("^(?:(?:WARN|ERROR|FATAL) - )+|, errorCodeValue=\\d+$", "");
  }

  static IdleStrategy idle(IdleMode mode) {
    return switch (mode) {
      case BUSY_SPIN -> BusySpinIdleStrategy.INSTANCE;
      case YIELD -> YieldingIdleStrategy.INSTANCE;
      case BACKOFF -> new BackoffIdleStrategy(10, 5, 1_000, 500_000);
      case SLEEP -> new SleepingMillisIdleStrategy(1);
    };
  }

  private static ThreadFactory threads(String role) {
    return task -> {
      Thread thread = new Thread(task, "paceline-aeron-" + role);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Each error is told once; a peer can cause the same many times. */
  private static ErrorHandler errors() {
    Set<String> told = ConcurrentHashMap.newKeySet();
    return error -> {
      if (error instanceof AeronException known
          && known.category() == AeronException.Category.WARN) {
        // Such as a peer that had enough of a stream.
        LOG.debug("Aeron: {}", error.getMessage());
      } else if (told.size() < MAX_DISTINCT_ERRORS
          && told.add(String.valueOf(error.getMessage()))) {
        LOG.warn("Aeron: {}", sentence(error));
        LOG.debug("Aeron's error in full", error);
      }
    };
  }
}
