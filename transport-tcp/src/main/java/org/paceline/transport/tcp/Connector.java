// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.agrona.CloseHelper;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostAddresses;

/** Makes a connection without blocking: resolves the name, then tries its addresses in turn. */
final class Connector implements AutoCloseable {
  private final Endpoint endpoint;
  private final int socketBufferBytes;
  private final CompletableFuture<InetAddress[]> addresses;
  private InetAddress candidate;
  private int tried;
  private SocketChannel attempt;

  Connector(Endpoint endpoint, int socketBufferBytes) {
    this.endpoint = endpoint;
    this.socketBufferBytes = socketBufferBytes;
    this.addresses = HostAddresses.resolve(endpoint.host());
  }

  /**
   * Goes on as far as that needs no waiting.
   *
   * @return the connected socket, which is then the caller's; null while under way
   * @throws IOException if the name or the last of its addresses failed
   */
  SocketChannel poll() throws IOException {
    if (!addresses.isDone()) {
      return null;
    }
    if (addresses.isCompletedExceptionally()) {
      throw new UnknownHostException(
          "no address is known for the name " + endpoint.host() + "; it may be misspelt");
    }
    InetAddress[] candidates = addresses.join();
    try {
      return advance(candidates);
    } catch (IOException e) {
      close();
      if (tried == candidates.length) {
        throw e;
      }
      return null;
    }
  }

  /** That it failed, as a sentence: where it went, and what to look at. */
  String failure(String cause) {
    String beginning = "can't connect to " + endpoint;
    if (candidate == null) {
      return beginning + ": " + cause;
    }
    boolean isName =
        !endpoint.host().equals("localhost") && !HostAddresses.isLiteral(endpoint.host());
    String address = isName ? " at " + candidate.getHostAddress() : "";
    String here = isName && candidate.isLoopbackAddress() ? ", which is this machine" : "";
    return beginning + address + here + ": " + cause + "; is a worker listening there?";
  }

  private SocketChannel advance(InetAddress[] candidates) throws IOException {
    boolean connected;
    if (attempt == null) {
      candidate = candidates[tried++];
      attempt = SocketChannel.open();
      attempt.configureBlocking(false);
      attempt.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (socketBufferBytes > 0) {
        // the system fits its own sizes to the connection, which it gives up for sizes that are set
        attempt.setOption(StandardSocketOptions.SO_SNDBUF, socketBufferBytes);
        attempt.setOption(StandardSocketOptions.SO_RCVBUF, socketBufferBytes);
      }
      connected = attempt.connect(new InetSocketAddress(candidate, endpoint.port()));
    } else {
      connected = attempt.finishConnect();
    }
    if (!connected) {
      return null;
    }
    SocketChannel result = attempt;
    attempt = null;
    return result;
  }

  /** The socket that is connecting; null between two attempts. */
  SocketChannel attempt() {
    return attempt;
  }

  @Override
  public void close() {
    CloseHelper.quietClose(attempt);
    attempt = null;
  }
}
