// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.paceline.api.transport.Endpoint;

/**
 * A worker that does nothing but announce itself, or a host that tells whom it finds: the other end
 * in the tests, on a machine of its own. Takes orders on stdin and ends with it.
 */
final class DiscoveryProgram {
  static final String KEY = "the cluster's key";
  private static final Duration A_WHILE = Duration.ofSeconds(60);
  private static final int CONNECT_TIMEOUT_MS = 2000;

  private DiscoveryProgram() {}

  public static void main(String[] args) throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (args[0].equals("worker")) {
      worker(args[1], args[2], orders);
    } else {
      host(orders);
    }
    // As a command would: JmDNS has threads that would hold the process up for seconds.
    System.exit(0);
  }

  private static void worker(String name, String address, BufferedReader orders)
      throws IOException {
    WorkerProfile profile =
        new WorkerProfile(
            name, "0.1", "a test", 3, List.of("tcp", "aeron"), KeyFingerprint.of(KEY), 9464);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address));
        Announcement announcement =
            Announcement.start(profile, new Endpoint("tcp", address, socket.getLocalPort()))) {
      System.out.println("listening at " + socket.getLocalPort());
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        announcement.update(new WorkerLoad(true, Long.parseLong(order)));
      }
    }
  }

  private static void host(BufferedReader orders) throws IOException {
    try (Browser browser = Browser.start()) {
      browser.addListener(
          new BrowserListener() {
            @Override
            public void added(FoundWorker worker) {
              tell("added", worker);
            }

            @Override
            public void changed(FoundWorker worker) {
              tell("changed", worker);
            }

            @Override
            public void removed(FoundWorker worker) {
              tell("removed", worker);
            }
          });
      System.out.println("browsing");
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        if (order.equals("list")) {
          List<FoundWorker> workers = browser.workers();
          workers.forEach(worker -> tell("listed", worker));
          System.out.println("workers: " + workers.size());
        } else {
          System.out.println(connect(Endpoint.parse(order)));
        }
      }
    }
  }

  private static synchronized void tell(String what, FoundWorker worker) {
    System.out.println(
        what
            + " "
            + worker.profile()
            + " "
            + worker.load()
            + " at "
            + worker.endpoint()
            + (worker.sharesKey(KEY) ? " with our key" : "")
            + (worker.lastSeen().isAfter(Instant.now().minus(A_WHILE)) ? ", just seen" : ""));
  }

  private static String connect(Endpoint endpoint) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), CONNECT_TIMEOUT_MS);
      return "connected to " + endpoint;
    } catch (IOException e) {
      return "can't connect to " + endpoint + ": " + e.getMessage();
    }
  }
}
