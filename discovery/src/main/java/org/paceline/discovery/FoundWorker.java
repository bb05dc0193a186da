// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.time.Instant;
import java.util.List;
import org.paceline.api.transport.Endpoint;

/**
 * A worker that announces itself.
 *
 * @param id stays as long as its announcement; the same on every network it is heard on
 * @param profile what it says about itself, checked for form but not for truth
 * @param load what it says that it does
 * @param addresses where it says that it is, nearest to this machine first; at least one
 * @param lastSeen when it last announced itself. A worker that lives does so about every minute,
 *     and more often while its load changes
 */
public record FoundWorker(
    String id, WorkerProfile profile, WorkerLoad load, List<Endpoint> addresses, Instant lastSeen) {

  /** Copies. */
  public FoundWorker {
    addresses = List.copyOf(addresses);
  }

  /** Its address that is nearest to this machine. */
  public Endpoint endpoint() {
    return addresses.get(0);
  }

  /** Whether it has the same cluster key, as far as a fingerprint tells; two without one do. */
  public boolean sharesKey(String key) {
    return profile.keyFingerprint().equals(KeyFingerprint.of(key));
  }

  /**
   * Where a host with that key dials it; nowhere if it has another one. Anybody can announce
   * himself without a key, so then only addresses of this machine count.
   */
  public List<Endpoint> addressesFor(String key) {
    if (!sharesKey(key)) {
      return List.of();
    }
    return addresses.stream()
        .filter(address -> !key.isEmpty() || LocalAddress.isLoopback(address.host()))
        .toList();
  }
}
