// SPDX-License-Identifier: Apache-2.0
package org.paceline.core.protocol;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.sbe.MessageDecoderFlyweight;
import org.paceline.api.transport.PeerText;

/**
 * Opens messages of one channel. A view limited to the message makes every read past its end an
 * exception, whatever lengths the message claims.
 */
public final class MessageReader {
  /**
   * Returned by {@link #open} for a message that a newer peer may send and that means nothing here.
   */
  public static final int UNKNOWN = -1;

  private static final int LAST_TEMPLATE_ID = ClosingDecoder.TEMPLATE_ID;

  private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final UnsafeBuffer text = new UnsafeBuffer(0, 0);

  /**
   * Starts to read a message.
   *
   * @return its template id, or {@link #UNKNOWN}
   * @throws ProtocolException if it isn't one of ours
   */
  public int open(DirectBuffer buffer, int offset, int length) {
    if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
      throw new ProtocolException("message of " + length + " bytes has no header");
    }
    view.wrap(buffer, offset, length);
    header.wrap(view, 0);
    if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
      throw new ProtocolException("schema id " + header.schemaId() + " is not Paceline's");
    }
    int templateId = header.templateId();
    if (templateId < 1 || templateId > LAST_TEMPLATE_ID) {
      if (header.version() > MessageHeaderDecoder.SCHEMA_VERSION) {
        return UNKNOWN;
      }
      throw new ProtocolException("unknown message " + templateId);
    }
    return templateId;
  }

  /** Points a decoder at the message opened last. */
  public <D extends MessageDecoderFlyweight> D decode(D decoder) {
    boolean mayBeShorter = header.version() < MessageHeaderDecoder.SCHEMA_VERSION;
    if (!mayBeShorter && header.blockLength() < decoder.sbeBlockLength()) {
      throw new ProtocolException(
          "message "
              + header.templateId()
              + " has "
              + header.blockLength()
              + " bytes of fields, needs "
              + decoder.sbeBlockLength());
    }
    view.checkLimit(MessageHeaderDecoder.ENCODED_LENGTH + header.blockLength());
    decoder.wrap(view, MessageHeaderDecoder.ENCODED_LENGTH, header.blockLength(), header.version());
    return decoder;
  }

  /**
   * Text for people out of a field: whatever the peer put in, logs and terminals can show it.
   *
   * @param field what points a view at the field's bytes, as in {@code rejected::wrapReason}
   */
  public String text(Consumer<DirectBuffer> field) {
    field.accept(text);
    return PeerText.of(text.getStringWithoutLengthUtf8(0, text.capacity()));
  }

  /**
   * A name out of a field's bytes, exactly as it was sent.
   *
   * @throws ProtocolException unless all of it is printable
   */
  public static String name(byte[] field) {
    String name = new String(field, StandardCharsets.UTF_8);
    if (!PeerText.isPrintable(name)) {
      throw new ProtocolException("the name '" + PeerText.of(name) + "' holds control characters");
    }
    return name;
  }
}
