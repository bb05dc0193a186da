// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.paceline.core.protocol.ProtocolException.inRange;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import org.paceline.api.ClusterConfig;
import org.paceline.api.device.DeviceIdentity;
import org.paceline.api.transport.Channel;
import org.paceline.core.protocol.AttachedDecoder;
import org.paceline.core.protocol.ChallengeDecoder;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.ListeningDecoder;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.ProtocolException;

/**
 * What host and worker say before the worker is attached: who is there, which transport to go on
 * with, and whether both hold the key. What a worker says counts only once it has proved that.
 */
final class Handshake {
  private static final byte[] NOBODY = new byte[KeyProof.NONCE_BYTES];
  private static final String NO_ROOM = "no room for the first message";

  private final ClusterConfig config;
  private final DeviceIdentity renderer;
  private final byte[] link = KeyProof.nonce();
  private final byte[] session;
  private final MessageReader reader;
  private final MessageWriter writer;
  private Channel channel;
  private Route route;
  private byte[] workerNonce;
  private byte[] hostNonce;
  private String instance = "";
  private String machine = "";
  private Set<String> schemes = Set.of();

  /**
   * None yet.
   *
   * @param session the same for all links of a host's session
   */
  Handshake(
      ClusterConfig config,
      DeviceIdentity renderer,
      byte[] session,
      MessageReader reader,
      MessageWriter writer) {
    this.config = config;
    this.renderer = renderer;
    this.session = session;
    this.reader = reader;
    this.writer = writer;
  }

  /** Begins anew, on another channel. */
  void begin(Channel opened, Route taken) {
    channel = opened;
    route = taken;
    workerNonce = null;
    hostNonce = null;
    instance = "";
  }

  /** Whether a worker answered on this channel. */
  boolean isAnswered() {
    return workerNonce != null;
  }

  /** Which worker says that it is there; empty if it doesn't. */
  String instance() {
    return instance;
  }

  /** The worker has introduced itself. */
  void onChallenge(ChallengeDecoder message) {
    if (isAnswered()) {
      throw new ProtocolException("Challenge comes twice");
    }
    workerNonce = new byte[KeyProof.NONCE_BYTES];
    message.getNonce(workerNonce, 0, workerNonce.length);
    byte[] id = new byte[KeyProof.NONCE_BYTES];
    message.getInstance(id, 0, id.length);
    instance = Arrays.equals(id, NOBODY) ? "" : HexFormat.of().formatHex(id);
    machine = reader.text(message::wrapMachine);
    schemes = Set.of(reader.text(message::wrapTransports).split(" +"));
  }

  /**
   * Asks to attach, or to go on over another transport first.
   *
   * @throws org.paceline.api.transport.TransportException if the one that is configured isn't to be
   *     had
   */
  void answer() {
    boolean stays = route.staysWith(machine, schemes);
    hostNonce = KeyProof.nonce();
    if (stays ? attach() : listen()) {
      return;
    }
    channel.close(NO_ROOM);
  }

  private boolean attach() {
    String[] identity = {renderer.renderer(), renderer.version(), renderer.abi(), config.kernels()};
    byte[] proof = KeyProof.ofHost(config.key(), workerNonce, hostNonce);
    long timeoutMs = config.heartbeatTimeout().toMillis();
    int weight = config.weight();
    return writer.attach(channel, timeoutMs, hostNonce, proof, link, session, weight, identity)
        >= 0;
  }

  private boolean listen() {
    String scheme = route.choice().scheme();
    byte[] proof = KeyProof.ofListen(config.key(), scheme, workerNonce, hostNonce);
    return writer.listen(channel, hostNonce, proof, scheme) >= 0;
  }

  /**
   * The port at which the worker listens for the transport that it was asked for; 0 if it doesn't,
   * or didn't prove to hold the key.
   */
  int port(ListeningDecoder message) {
    int port = (int) inRange("port", message.port(), 0, 65_535);
    byte[] proof = new byte[KeyProof.PROOF_BYTES];
    message.getProof(proof, 0, proof.length);
    requireAsked("Listening");
    byte[] expected = KeyProof.ofListening(config.key(), port, workerNonce, hostNonce);
    return KeyProof.matches(expected, proof) ? port : 0;
  }

  /** Whether the worker proved to hold the key. */
  boolean isProof(AttachedDecoder message) {
    byte[] proof = new byte[KeyProof.PROOF_BYTES];
    message.getProof(proof, 0, proof.length);
    requireAsked("Attached");
    byte[] expected = KeyProof.ofWorker(config.key(), workerNonce, hostNonce);
    return KeyProof.matches(expected, proof);
  }

  private void requireAsked(String message) {
    if (hostNonce == null) {
      throw new ProtocolException(message + " out of turn");
    }
  }
}
