// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.paceline.api.ClusterConfig;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.PeerText;
import org.paceline.core.LogCapture;
import org.paceline.core.protocol.AttachDecoder;
import org.paceline.core.protocol.AttachedDecoder;
import org.paceline.core.protocol.ChallengeDecoder;
import org.paceline.core.protocol.CloseCode;
import org.paceline.core.protocol.ClosingDecoder;
import org.paceline.core.protocol.KeyProof;
import org.paceline.core.protocol.ListenDecoder;
import org.paceline.core.protocol.ListeningDecoder;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.MessageWriter;
import org.paceline.core.protocol.PassDoneDecoder;
import org.paceline.core.protocol.RejectCode;
import org.paceline.core.protocol.RejectedDecoder;
import org.paceline.core.protocol.SceneEntryDecoder;
import org.paceline.core.protocol.SceneFailedDecoder;

/** What somebody without the key can make a host or a worker do, show or log. */
class StrangeWorkersTest {
  private static final String HOSTILE = "\u001b[2J\u001b]0;owned\u0007\nroot# \u202egnp\r\u0000";
  private static final ClusterConfig KEY = ClusterConfig.builder().key("the key").build();

  private static final Class<?>[] VIEW = {DirectBuffer.class};

  private final MessageWriter writer = new MessageWriter();
  private final MessageReader reader = new MessageReader();

  /** Generated accessors that give text as it came would be a way around the one decoder. */
  @Test
  void noTextOfAMessageCanBeReadButThroughTheReader() {
    int fields = 0;
    for (Class<?> message :
        List.of(
            ChallengeDecoder.class,
            AttachDecoder.class,
            AttachedDecoder.class,
            RejectedDecoder.class,
            SceneEntryDecoder.class,
            SceneFailedDecoder.class,
            PassDoneDecoder.class,
            ListenDecoder.class,
            ListeningDecoder.class,
            ClosingDecoder.class)) {
      for (Method wrap : message.getMethods()) {
        String name = wrap.getName();
        if (name.startsWith("wrap") && Arrays.equals(wrap.getParameterTypes(), VIEW)) {
          fields++;
          String field = Character.toLowerCase(name.charAt(4)) + name.substring(5);
          assertFalse(
              Arrays.stream(message.getMethods())
                  .anyMatch(
                      each -> each.getName().equals(field) && each.getReturnType() == String.class),
              message + "." + field + "() gives unchecked text");
        }
      }
    }
    assertTrue(fields >= 15, fields + " fields");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatItSaysIsShownHarmlessAndLoggedOnce(boolean rejects) {
    try (LogCapture log = new LogCapture();
        SimulatedCluster cluster = dialsNobodyYet()) {
      List<Wire> wires = new ArrayList<>();
      cluster.stranger = wires::add;
      cluster.host.found(List.of(new Endpoint("sim", "rogue", 1)));
      for (int i = 0; i < 20; i++) {
        cluster.runUntil(() -> !wires.isEmpty(), 10_000);
        Wire.End rogue = wires.remove(0).worker;
        writer.challenge(rogue, KeyProof.nonce(), KeyProof.nonce(), HOSTILE, HOSTILE + " sim");
        cluster.runUntil(() -> false, 1);
        String text = HOSTILE.repeat(1000) + i;
        if (rejects) {
          writer.rejected(rogue, RejectCode.INCOMPATIBLE, i + text);
        } else {
          writer.closing(rogue, CloseCode.OTHER, i + text);
        }
        cluster.runUntil(() -> false, 100);
        String detail = cluster.host.statuses().get(0).detail();
        assertTrue(detail.contains("root# "), detail);
        assertTrue(PeerText.isPrintable(detail), "raw text in a status");
        assertTrue(detail.length() < 600, detail.length() + " characters");
      }
      assertTrue(log.lines().size() <= 1, log::text);
      assertFalse(log.text().contains("\u001b"), "raw text in the log");
    }
  }

  @Test
  void withoutTheKeyAWorkerOpensNoTransport() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, 0, SimulatedCluster.SPEED, KEY, KEY)) {
      cluster.startAll();
      Wire wire = cluster.machines.get(0).stranger();
      cluster.runUntil(() -> false, 5);
      byte[] zeros = new byte[KeyProof.PROOF_BYTES];
      writer.listen(wire.host, KeyProof.nonce(), zeros, "sim");
      List<Integer> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        cluster.step();
        wire.host.poll(
            (from, buffer, offset, length) -> answers.add(template(buffer, offset, length)), 10);
      }
      assertEquals(List.of(ChallengeDecoder.TEMPLATE_ID, RejectedDecoder.TEMPLATE_ID), answers);
      assertTrue(wire.host.isClosed(), "it is still talked to");
    }
  }

  private int template(DirectBuffer buffer, int offset, int length) {
    return reader.open(new UnsafeBuffer(buffer, offset, length), 0, length);
  }

  @Test
  void aSlowHandshakeEndsHoweverLivelyThePeer() {
    try (SimulatedCluster cluster = new SimulatedCluster(1, 0, SimulatedCluster.SPEED, KEY, KEY)) {
      cluster.startAll();
      Wire wire = cluster.machines.get(0).stranger();
      String[] why = {""};
      for (int second = 0; second < 11 && why[0].isEmpty(); second++) {
        cluster.runUntil(() -> false, 1_000);
        wire.host.broadcast(7, 0, new byte[1]); // a sign of life that says nothing
        wire.host.poll((from, buffer, offset, length) -> {}, 10);
        why[0] = wire.worker.closeReason();
      }
      assertEquals("nobody attached in time", why[0]);
    }
  }

  private static SimulatedCluster dialsNobodyYet() {
    return new SimulatedCluster(
        0, 0, 1, ClusterConfig.builder().discover(true).key("the key").build(), KEY);
  }
}
