// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A scene that is built while the workers start and are dialled. */
final class SceneLoading implements AutoCloseable {
  private final CompletableFuture<LoadedScene> scene;

  private SceneLoading(CompletableFuture<LoadedScene> scene) {
    this.scene = scene;
  }

  /** Starts to build the scene; {@code built} is called when it is. */
  static SceneLoading start(SceneSource source, Runnable built) {
    return new SceneLoading(
        CompletableFuture.supplyAsync(
            () -> {
              LoadedScene opened = source.open();
              built.run();
              return opened;
            },
            task -> new Thread(task, "scene").start()));
  }

  /** Waits for the scene; throws what building it threw. */
  LoadedScene await() {
    try {
      return scene.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** Closes the scene, even one that nobody waited for. */
  @Override
  public void close() {
    scene
        .handle(
            (opened, failure) -> {
              if (opened != null) {
                opened.close();
              }
              return null;
            })
        .join();
  }
}
