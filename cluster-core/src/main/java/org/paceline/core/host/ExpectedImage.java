// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import java.util.Locale;
import org.paceline.api.RenderRequest;

/**
 * The image that a session's scene is for: a film of another size would show a part of it, or more
 * than the camera sees. Not thread-safe.
 */
final class ExpectedImage {
  private RenderRequest committed;
  private RenderRequest next;

  /** Of the scene that is being collected. */
  void expect(RenderRequest request) {
    next = request;
  }

  /** What was collected is the scene now. */
  void commit() {
    committed = next;
  }

  /**
   * Refuses a request for another image.
   *
   * @throws IllegalArgumentException with both
   */
  void require(RenderRequest request) {
    if (committed == null) {
      return;
    }
    if (request.width() != committed.width() || request.height() != committed.height()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the request is for an image of %dx%d pixels, but the scene's camera is set up for"
                  + " %dx%d; open the scene with the wanted size",
              request.width(),
              request.height(),
              committed.width(),
              committed.height()));
    }
    if (!request.layout().equals(committed.layout())) {
      throw new IllegalArgumentException(
          "the request's film layout isn't that of the scene: "
              + request.layout()
              + " instead of "
              + committed.layout());
    }
  }
}
