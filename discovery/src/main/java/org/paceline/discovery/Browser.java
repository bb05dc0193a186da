// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;

/**
 * Finds the workers that announce themselves on the networks of this machine, those that only this
 * machine reaches included. The first are there about a second after the start.
 *
 * <p>Anybody on these networks can announce anything. What isn't well-formed is ignored; whether a
 * worker is what it says is for the session's handshake to find out.
 *
 * <p>Thread-safe; no call waits for a network.
 */
public final class Browser implements AutoCloseable {
  /** Most workers that are kept, each counted once for every network it is heard on. */
  public static final int MAX_WORKERS = 10_000;

  private final WorkerTable table = new WorkerTable(MAX_WORKERS);
  private final Responders responders;

  private Browser(Supplier<Set<LocalAddress>> addresses) {
    responders = new Responders("paceline browser", addresses, new Networks(table));
  }

  /** Starts to look for workers. */
  public static Browser start() {
    return start(LocalAddress::everywhereAndLoopback);
  }

  /** Starts to look for workers where {@code addresses} says. */
  static Browser start(Supplier<Set<LocalAddress>> addresses) {
    Browser browser = new Browser(addresses);
    browser.responders.start();
    return browser;
  }

  /** The workers that are known now, by name. */
  public List<FoundWorker> workers() {
    return table.snapshot();
  }

  /** Adds a listener, which first hears of those known already. */
  public void addListener(BrowserListener listener) {
    table.addListener(listener);
  }

  /** Ends the search; {@link #workers()} stays as it is. */
  @Override
  public void close() {
    responders.close();
  }

  /** Enters into the table what is heard on each network. */
  private record Networks(WorkerTable table) implements Responders.Owner {
    @Override
    public void opened(Responder responder) {
      responder.browse(new Entry(responder, table));
    }

    @Override
    public void tick(Responder responder) {
      responder.dropExpired();
    }

    @Override
    public void closed(Responder responder) {
      table.lostPlace(responder);
    }
  }

  private record Entry(Responder responder, WorkerTable table) implements ServiceListener {
    @Override
    public void serviceAdded(ServiceEvent event) {
      // Its address and text follow.
    }

    @Override
    public void serviceResolved(ServiceEvent event) {
      WorkerTable.Source source = new WorkerTable.Source(responder, event.getName());
      heard(event).ifPresentOrElse(heard -> table.heard(source, heard), () -> table.lost(source));
    }

    @Override
    public void serviceRemoved(ServiceEvent event) {
      table.lost(new WorkerTable.Source(responder, event.getName()));
    }

    private Optional<WorkerTable.Heard> heard(ServiceEvent event) {
      ServiceInfo info = event.getInfo();
      String name = event.getName();
      int port = info.getPort();
      if (port < 1 || port > 65_535) {
        return Optional.empty();
      }
      List<Reach> reaches = Reach.all(info.getInetAddresses(), responder.at().interfaceName());
      if (reaches.isEmpty()) {
        return Optional.empty();
      }
      return Announced.parse(name, text(info))
          .map(
              announced ->
                  new WorkerTable.Heard(
                      announced, reaches, port, () -> responder.lastHeardMs(name)));
    }

    private static UnaryOperator<String> text(ServiceInfo info) {
      return key -> {
        byte[] value = info.getPropertyBytes(key);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
      };
    }
  }
}
