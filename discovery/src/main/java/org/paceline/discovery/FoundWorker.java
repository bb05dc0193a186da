// SPDX-License-Identifier: Apache-2.0
package org.paceline.discovery;

import java.time.Instant;
import org.paceline.api.transport.Endpoint;

/**
 * A worker that announces itself.
 *
 * @param id stays as long as its announcement; the same on every network it is heard on
 * @param profile what it says about itself, checked for form but not for truth
 * @param load what it says that it does
 * @param endpoint its address that is nearest to this machine
 * @param lastSeen when it last announced itself. A worker that lives does so about every minute,
 *     and more often while its load changes
 */
public record FoundWorker(
    String id, WorkerProfile profile, WorkerLoad load, Endpoint endpoint, Instant lastSeen) {

  /** Whether it has the same cluster key, as far as a fingerprint tells; two without one do. */
  public boolean sharesKey(String key) {
    return profile.keyFingerprint().equals(KeyFingerprint.of(key));
  }

  /**
   * Whether a host with that key uses it. Anybody can announce himself without a key, so then only
   * those on this machine count.
   */
  public boolean isFor(String key) {
    return sharesKey(key) && (!key.isEmpty() || LocalAddress.isLoopback(endpoint.host()));
  }
}
