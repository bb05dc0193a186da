// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;
import javax.jmdns.impl.DNSEntry;
import javax.jmdns.impl.DNSOutgoing;
import javax.jmdns.impl.DNSRecord;
import javax.jmdns.impl.JmDNSImpl;
import javax.jmdns.impl.ServiceInfoImpl;
import javax.jmdns.impl.constants.DNSConstants;
import javax.jmdns.impl.constants.DNSRecordClass;
import javax.jmdns.impl.constants.DNSRecordType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JmDNS at one address, with what it lacks: it says goodbye without delay, closes without keeping
 * anybody waiting, and tells when it has broken down.
 */
final class Responder {
  /** The DNS-SD service type of workers. */
  static final String SERVICE_TYPE = "_paceline._tcp.local.";

  private static final Logger LOG = LoggerFactory.getLogger(Responder.class);

  /**
   * How long others believe in a worker that said no goodbye, in seconds: RFC 6762 section 10
   * recommends this; JmDNS's own default is an hour.
   */
  private static final String TIME_TO_LIVE = "120";

  private static final String TIME_TO_LIVE_PROPERTY = "net.dns.ttl";

  /** Names in JmDNS's cache, which has no limit of its own: each worker has two. */
  private static final int MAX_CACHED_NAMES = 4 * Browser.MAX_WORKERS;

  static {
    // JmDNS reads it once, when its classes are loaded.
    if (System.getProperty(TIME_TO_LIVE_PROPERTY) == null) {
      System.setProperty(TIME_TO_LIVE_PROPERTY, TIME_TO_LIVE);
    }
  }

  private final LocalAddress at;
  private final ThreadGroup threads;
  private final JmDNSImpl dns;
  private volatile boolean brokeDown;
  private ServiceInfoImpl service;
  private Thread closer;

  /**
   * Starts it.
   *
   * @param hostName of this machine at this address, for other responders; must be nobody else's
   * @throws IOException if the address can't be had
   */
  Responder(LocalAddress at, String hostName) throws IOException {
    this.at = at;
    // A thread of JmDNS that ends by an exception (a hostile datagram can do that) leaves it deaf.
    threads =
        new ThreadGroup("mDNS " + at) {
          @Override
          public void uncaughtException(Thread thread, Throwable cause) {
            LOG.debug("{} ended", thread.getName(), cause);
            brokeDown = true;
          }
        };
    CompletableFuture<JmDNS> started =
        CompletableFuture.supplyAsync(
            () -> create(hostName), task -> new Thread(threads, task, "mDNS start " + at).start());
    try {
      dns = (JmDNSImpl) started.join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }

  private JmDNS create(String hostName) {
    try {
      return JmDNS.create(named(at, hostName), hostName);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** The address under a name, so that nobody asks the name service for one. */
  private static InetAddress named(LocalAddress at, String name) throws UnknownHostException {
    byte[] bytes = at.address().getAddress();
    if (at.address() instanceof Inet6Address) {
      try {
        return Inet6Address.getByAddress(
            name, bytes, NetworkInterface.getByName(at.interfaceName()));
      } catch (SocketException e) {
        throw new UnknownHostException(at + ": " + e.getMessage());
      }
    }
    return InetAddress.getByAddress(name, bytes);
  }

  LocalAddress at() {
    return at;
  }

  /** Whether it still does what it is for; one that doesn't is to be closed. */
  boolean isHealthy() {
    boolean open = !dns.isCanceling() && !dns.isCanceled();
    return open && !brokeDown && dns.getCache().size() <= MAX_CACHED_NAMES;
  }

  /** Tells the listener of workers; from threads of JmDNS, and at once of those known. */
  void browse(ServiceListener listener) {
    dns.addServiceListener(SERVICE_TYPE, listener);
  }

  /** Forgets what is out of date. Without it JmDNS notices only every ten seconds who has left. */
  void dropExpired() {
    dns.cleanCache();
  }

  /** When a worker's announcement was last heard, in ms since the epoch; 0 if it is forgotten. */
  long lastHeardMs(String instanceName) {
    String key = (instanceName + "." + SERVICE_TYPE).toLowerCase(Locale.ROOT);
    DNSEntry entry =
        dns.getCache().getDNSEntry(key, DNSRecordType.TYPE_SRV, DNSRecordClass.CLASS_ANY);
    return entry instanceof DNSRecord record ? record.getCreated() : 0;
  }

  /** Announces a worker. Where the name is taken, the next free one like "render7 (2)" is used. */
  void announce(String instanceName, int port, Map<String, String> text) {
    ServiceInfo info = ServiceInfo.create(SERVICE_TYPE, instanceName, port, 0, 0, text);
    service = (ServiceInfoImpl) info;
    try {
      dns.registerService(service);
    } catch (IOException e) {
      LOG.warn("nothing is announced at {}: {}", at, e.getMessage());
      brokeDown = true;
    }
  }

  /** Whether the announcement is out; while it isn't, {@link #update} would get lost. */
  boolean isAnnounced() {
    return service.isAnnounced();
  }

  /** Announces the worker again, with another text. */
  void update(Map<String, String> text) {
    service.setText(text);
  }

  /** Tells everybody that the announced worker leaves; it has when this returns. */
  private void sayGoodbye() {
    DNSOutgoing goodbye = new DNSOutgoing(DNSConstants.FLAGS_QR_RESPONSE | DNSConstants.FLAGS_AA);
    try {
      for (DNSRecord answer :
          service.answers(DNSRecordClass.CLASS_ANY, DNSRecordClass.UNIQUE, 0, dns.getLocalHost())) {
        goodbye.addAnswer(answer, 0);
      }
      dns.send(goodbye);
    } catch (IOException e) {
      LOG.debug("no goodbye at {}: {}", at, e.getMessage());
    }
  }

  /**
   * Ends it: the goodbye is said when this returns. What else JmDNS does takes seconds, which a
   * thread of its own waits for; {@link #isGone} tells when that is done.
   */
  void close() {
    if (service != null) {
      sayGoodbye();
    }
    closer = new Thread(this::finish, "mDNS close " + at);
    closer.setDaemon(true);
    closer.start();
  }

  /** Whether nothing is left of it. Until then it repeats its goodbye. */
  boolean isGone() {
    return closer != null && !closer.isAlive();
  }

  private void finish() {
    try {
      awaitRecovery();
    } catch (InterruptedException e) {
      // Nobody does that; what is left to do then matters all the same.
      Thread.currentThread().interrupt();
    }
    if (dns.isCanceling() || dns.isCanceled()) {
      // It gave up by itself, and only one that is alive lets go of its socket and threads.
      dns.recoverState();
    }
    dns.close();
  }

  /** After a failed send JmDNS starts itself again, which would outlive being closed meanwhile. */
  private void awaitRecovery() throws InterruptedException {
    Thread[] running = new Thread[threads.activeCount() + 1];
    int count = threads.enumerate(running);
    for (int i = 0; i < count; i++) {
      if (running[i].getName().endsWith(".recover()")) {
        running[i].join();
      }
    }
  }
}
