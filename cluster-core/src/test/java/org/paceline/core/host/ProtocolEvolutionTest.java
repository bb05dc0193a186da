// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.paceline.core.protocol.AttachDecoder;
import org.paceline.core.protocol.MessageHeaderEncoder;
import org.paceline.core.protocol.MessageReader;
import org.paceline.core.protocol.PassDoneDecoder;
import org.paceline.core.protocol.PassStatus;
import org.paceline.core.protocol.ProtocolException;

/** Messages of a newer peer are read, of a strange one refused. */
class ProtocolEvolutionTest {
  private static final int CURRENT = MessageHeaderEncoder.SCHEMA_VERSION;
  private static final int NEWER = CURRENT + 1;

  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final MessageReader reader = new MessageReader();

  @Test
  void fieldsThatANewerPeerAddedAreSkipped() {
    int extra = 12;
    int block = PassDoneDecoder.BLOCK_LENGTH + extra;
    header(PassDoneDecoder.TEMPLATE_ID, block, NEWER);
    buffer.putLong(8, 42);
    buffer.putLong(16, 1_000);
    buffer.putByte(24, (byte) PassStatus.FAILED.value());
    buffer.putShort(8 + block, (short) 3);
    buffer.putStringWithoutLengthUtf8(8 + block + 2, "why");
    assertEquals(PassDoneDecoder.TEMPLATE_ID, reader.open(buffer, 0, 8 + block + 5));
    PassDoneDecoder message = reader.decode(new PassDoneDecoder());
    assertEquals(42, message.unitId());
    assertEquals(PassStatus.FAILED, message.status());
    assertEquals("why", reader.text(message::wrapReason));
  }

  @Test
  void fieldsThatAnOlderPeerDoesNotKnowHaveNoValue() {
    int block = AttachDecoder.weightEncodingOffset() - AttachDecoder.linkEncodingLength();
    header(AttachDecoder.TEMPLATE_ID, block, 1);
    buffer.putStringWithoutLengthUtf8(8 + block + 2, "cycles");
    buffer.putShort(8 + block, (short) 6);
    reader.open(buffer, 0, 8 + block + 8);
    AttachDecoder message = reader.decode(new AttachDecoder());
    assertEquals(AttachDecoder.weightNullValue(), message.weight());
    assertEquals("cycles", reader.text(message::wrapRenderer));
  }

  @Test
  void messagesThatOnlyANewerPeerKnowsAreSkipped() {
    header(200, 0, NEWER);
    assertEquals(MessageReader.UNKNOWN, reader.open(buffer, 0, 8));
    header(200, 0, CURRENT);
    assertThrows(ProtocolException.class, () -> reader.open(buffer, 0, 8));
  }

  @Test
  void strangeAndCutMessagesAreRefused() {
    assertThrows(ProtocolException.class, () -> reader.open(buffer, 0, 7));
    header(PassDoneDecoder.TEMPLATE_ID, PassDoneDecoder.BLOCK_LENGTH, CURRENT).schemaId(9);
    assertThrows(ProtocolException.class, () -> reader.open(buffer, 0, 100));
    header(PassDoneDecoder.TEMPLATE_ID, PassDoneDecoder.BLOCK_LENGTH - 1, CURRENT);
    reader.open(buffer, 0, 100);
    assertThrows(ProtocolException.class, () -> reader.decode(new PassDoneDecoder()));
    header(PassDoneDecoder.TEMPLATE_ID, PassDoneDecoder.BLOCK_LENGTH, CURRENT);
    reader.open(buffer, 0, 20);
    assertThrows(IndexOutOfBoundsException.class, () -> reader.decode(new PassDoneDecoder()));
  }

  private MessageHeaderEncoder header(int template, int block, int version) {
    return header
        .wrap(buffer, 0)
        .blockLength(block)
        .templateId(template)
        .schemaId(4711)
        .version(version);
  }
}
