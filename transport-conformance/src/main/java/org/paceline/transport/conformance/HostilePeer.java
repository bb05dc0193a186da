// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.io.Closeable;
import java.io.IOException;
import org.paceline.api.transport.Endpoint;

/**
 * A scripted peer that says on the wire what no channel of ours would. At the channel that it gets,
 * region {@link #REGION} of {@link #REGION_BYTES} bytes is registered.
 *
 * @param name what it does wrong
 * @param attack does it
 * @param reason what the close reason of its channel contains; empty if it gets none at all
 */
public record HostilePeer(String name, Attack attack, String reason) {
  /** The only region at the attacked channel. */
  public static final int REGION = 7;

  /** Its length. */
  public static final int REGION_BYTES = 1000;

  /** What a hostile peer does. */
  @FunctionalInterface
  public interface Attack {
    /**
     * Does it, without waiting for an answer: nobody polls meanwhile.
     *
     * @return closed when the attack has been noticed
     */
    Closeable begin(Endpoint listener) throws IOException;
  }
}
