// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A scene that is built while the workers start and are dialled. */
final class SceneLoading implements AutoCloseable {
  /** A file that takes longer than this is named: a file server may never answer. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  private final SceneSource source;
  private final Console console;
  private final CompletableFuture<LoadedScene> scene;
  private final Set<String> told = new HashSet<>();

  private SceneLoading(SceneSource source, Console console, CompletableFuture<LoadedScene> scene) {
    this.source = source;
    this.console = console;
    this.scene = scene;
  }

  /** Starts to build the scene; {@code built} is called when it is. */
  static SceneLoading start(SceneSource source, Console console, Runnable built) {
    return new SceneLoading(
        source,
        console,
        CompletableFuture.supplyAsync(
            () -> {
              LoadedScene opened = source.open();
              built.run();
              return opened;
            },
            task -> new Thread(task, "scene").start()));
  }

  /**
   * Waits for the scene, and names the files that it waits for in turn; throws what building it
   * threw.
   */
  LoadedScene await() {
    while (true) {
      try {
        return scene.copy().orTimeout(1, TimeUnit.SECONDS).join();
      } catch (CompletionException e) {
        if (scene.isDone() || !(e.getCause() instanceof TimeoutException)) {
          return built();
        }
        tellSlowReads();
      }
    }
  }

  private void tellSlowReads() {
    for (String file : source.slowReads(SLOW)) {
      if (told.add(file)) {
        console.say(
            "Reading " + file + " takes longer than " + SLOW.toSeconds() + " s; still waiting");
      }
    }
  }

  private LoadedScene built() {
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
