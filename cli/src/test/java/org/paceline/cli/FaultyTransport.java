// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.Listener;
import org.paceline.api.transport.Transport;
import org.paceline.transport.tcp.TcpTransport;

/**
 * TCP, until a file is there: then every look for messages fails as it does in memory that is
 * mapped from a full file system.
 */
public final class FaultyTransport implements Transport {
  static final String SCHEME = "faulty";

  /** Names the file. */
  static final String FAULT_VARIABLE = "PACELINE_TEST_FAULT";

  /** Has a thread of the transport's own fail then, in place of looks for messages. */
  static final String THREAD_VARIABLE = "PACELINE_TEST_FAULT_THREAD";

  private static final String FAULT = "a fault occurred in an unsafe memory access operation";

  private final Transport tcp = new TcpTransport();

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public Channel connect(Endpoint endpoint, ClusterConfig config) {
    if (isOfThread()) {
      Thread thread = new Thread(FaultyTransport::failOnceFaulty, "transport");
      thread.setDaemon(true);
      thread.start();
    }
    return faulty(tcp.connect(new Endpoint("tcp", endpoint.host(), endpoint.port()), config));
  }

  @Override
  public Listener listen(Endpoint endpoint, ClusterConfig config) {
    Listener listener = tcp.listen(new Endpoint("tcp", endpoint.host(), endpoint.port()), config);
    return new Listener() {
      @Override
      public Channel accept() {
        Channel accepted = listener.accept();
        return accepted == null ? null : faulty(accepted);
      }

      @Override
      public Endpoint endpoint() {
        return new Endpoint(SCHEME, listener.endpoint().host(), listener.endpoint().port());
      }

      @Override
      public void close() {
        listener.close();
      }
    };
  }

  private static Channel faulty(Channel channel) {
    InvocationHandler handler =
        (proxy, method, args) -> {
          if (method.getName().equals("poll") && !isOfThread() && isFaulty()) {
            throw new InternalError(FAULT);
          }
          try {
            return method.invoke(channel, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(), new Class<?>[] {Channel.class}, handler);
  }

  private static void failOnceFaulty() {
    while (!isFaulty()) {
      LockSupport.parkNanos(1_000_000);
    }
    throw new InternalError(FAULT);
  }

  private static boolean isOfThread() {
    return System.getenv(THREAD_VARIABLE) != null;
  }

  private static boolean isFaulty() {
    String file = System.getenv(FAULT_VARIABLE);
    return file != null && Files.exists(Path.of(file));
  }
}
