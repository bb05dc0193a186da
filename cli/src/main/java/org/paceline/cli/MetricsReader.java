// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a metrics endpoint again and again, and keeps what it said last and before. */
final class MetricsReader {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** Thousands of workers fit. */
  private static final int MOST_BYTES = 16 << 20;

  /** Two readings in a row; {@code now} is empty if the last one failed. */
  record Readings(
      MetricsAddress address,
      Optional<Exposition> before,
      Optional<Exposition> now,
      double secondsBetween,
      String failure) {}

  private record Timed(Exposition exposition, long timeNs) {}

  private final HttpClient client;
  private final MetricsAddress address;
  private Optional<Timed> last = Optional.empty();

  MetricsReader(HttpClient client, MetricsAddress address) {
    this.client = client;
    this.address = address;
  }

  /** One with the time-outs of this class. */
  static HttpClient client() {
    return HttpClient.newBuilder().connectTimeout(LIMIT).build();
  }

  /** Reads once; what goes wrong is told by the result. */
  CompletableFuture<Readings> read() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    HttpRequest request = HttpRequest.newBuilder(URI.create(address.url())).timeout(LIMIT).build();
    return client
        .sendAsync(
            request,
            HttpResponse.BodyHandlers.ofByteArrayConsumer(
                part -> part.ifPresent(bytes -> append(body, bytes))))
        .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .handle((response, failure) -> failure == null ? told(response, body) : failed(failure));
  }

  private static void append(ByteArrayOutputStream body, byte[] bytes) {
    if (body.size() + bytes.length > MOST_BYTES) {
      throw new IllegalStateException("it says more than " + MOST_BYTES + " bytes");
    }
    body.writeBytes(bytes);
  }

  private Readings told(HttpResponse<?> response, ByteArrayOutputStream body) {
    if (response.statusCode() != 200) {
      return failed(new IOException("it answers with status " + response.statusCode()));
    }
    Timed now;
    try {
      now = new Timed(Exposition.parse(body.toString(StandardCharsets.UTF_8)), System.nanoTime());
    } catch (IllegalArgumentException e) {
      return failed(e);
    }
    Optional<Timed> before = last;
    last = Optional.of(now);
    return new Readings(
        address,
        before.map(Timed::exposition),
        Optional.of(now.exposition()),
        before.map(timed -> (now.timeNs() - timed.timeNs()) / 1e9).orElse(0.0),
        "");
  }

  private Readings failed(Throwable failure) {
    last = Optional.empty();
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String reason =
        cause instanceof TimeoutException
            ? "no answer within " + LIMIT.toSeconds() + " s"
            : cause.getMessage() == null ? "nobody answers there" : cause.getMessage();
    return new Readings(address, Optional.empty(), Optional.empty(), 0, reason);
  }
}
