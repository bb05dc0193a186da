// SPDX-License-Identifier: Apache-2.0
package org.paceline.cycles;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads what OpenImageIO writes by default: scan lines of 32-bit floats in ZIP blocks.
 *
 * @param channels by name: rows from the top down
 * @param texts the header's attributes that are text
 * @see <a href="https://openexr.com/en/latest/OpenEXRFileLayout.html">OpenEXR file layout</a>
 */
public record Exr(int width, int height, Map<String, float[]> channels, Map<String, String> texts) {
  private static final int LINES_PER_ZIP_BLOCK = 16;
  private static final byte ZIP_COMPRESSION = 3;

  /** Reads a file. */
  public static Exr read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != 20000630) {
      throw new IOException(file + " is no OpenEXR file");
    }
    in.getInt();
    int width = 0;
    int height = 0;
    byte compression = -1;
    Map<String, float[]> channels = new TreeMap<>();
    Map<String, String> texts = new TreeMap<>();
    for (String name = text(in); !name.isEmpty(); name = text(in)) {
      String type = text(in);
      int end = in.getInt() + in.position();
      if (type.equals("string")) {
        byte[] utf8 = new byte[end - in.position()];
        in.get(utf8);
        texts.put(name, new String(utf8, StandardCharsets.UTF_8));
      }
      switch (name) {
        case "compression" -> compression = in.get();
        case "channels" -> {
          for (String channel = text(in); !channel.isEmpty(); channel = text(in)) {
            channels.put(channel, new float[0]);
            in.position(in.position() + 16);
          }
        }
        case "dataWindow" -> {
          int left = in.getInt();
          int top = in.getInt();
          width = in.getInt() - left + 1;
          height = in.getInt() - top + 1;
        }
        default -> {}
      }
      in.position(end);
    }
    if (compression != ZIP_COMPRESSION) {
      throw new IOException(file + " has compression " + compression + ", not ZIP");
    }
    int pixels = width * height;
    channels.replaceAll((name, none) -> new float[pixels]);
    int blocks = (height + LINES_PER_ZIP_BLOCK - 1) / LINES_PER_ZIP_BLOCK;
    in.position(in.position() + blocks * Long.BYTES);
    for (int block = 0; block < blocks; block++) {
      readBlock(in, width, height, channels);
    }
    return new Exr(width, height, channels, texts);
  }

  private static void readBlock(ByteBuffer in, int width, int height, Map<String, float[]> channels)
      throws IOException {
    int firstLine = in.getInt();
    int lines = Math.min(LINES_PER_ZIP_BLOCK, height - firstLine);
    byte[] packed = new byte[in.getInt()];
    in.get(packed);
    byte[] raw = new byte[lines * width * channels.size() * Float.BYTES];
    ByteBuffer values =
        ByteBuffer.wrap(packed.length == raw.length ? packed : unzip(packed, raw))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int line = firstLine; line < firstLine + lines; line++) {
      for (float[] channel : channels.values()) {
        for (int x = 0; x < width; x++) {
          channel[line * width + x] = values.getFloat();
        }
      }
    }
  }

  /** Inflates, undoes the delta to the byte before, and interleaves the two halves. */
  private static byte[] unzip(byte[] packed, byte[] raw) throws IOException {
    Inflater inflater = new Inflater();
    inflater.setInput(packed);
    byte[] deltas = new byte[raw.length];
    try {
      inflater.inflate(deltas);
    } catch (DataFormatException e) {
      throw new IOException(e);
    } finally {
      inflater.end();
    }
    for (int i = 1; i < deltas.length; i++) {
      deltas[i] = (byte) (deltas[i - 1] + deltas[i] - 128);
    }
    int half = (raw.length + 1) / 2;
    for (int i = 0; i < raw.length; i++) {
      raw[i] = deltas[(i % 2 == 0 ? 0 : half) + i / 2];
    }
    return raw;
  }

  private static String text(ByteBuffer in) {
    StringBuilder text = new StringBuilder();
    for (byte next = in.get(); next != 0; next = in.get()) {
      text.append((char) next);
    }
    return text.toString();
  }
}
