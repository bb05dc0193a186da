// SPDX-License-Identifier: Apache-2.0
package org.paceline.api;

import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A contiguous piece of off-heap memory with {@code long} offsets: what scene buffers, regions and
 * films live in.
 *
 * <p>Either owned ({@link #allocate}) and released by {@link #close()}, or borrowed from a renderer
 * ({@link #borrow}), whose owner must keep it valid for as long as it is used here. Every access is
 * bounds-checked. Reads and writes are plain: whoever hands memory to another thread does so
 * through something that orders memory (a queue, a lock).
 */
public final class NativeMemory implements AutoCloseable {
  /** Owned memory starts at a multiple of this, which suits vector loads and cache lines. */
  public static final int ALIGNMENT = 64;

  private static final long LARGE_BYTES = 2 * HugePages.BYTES;

  private final long address;
  private final long lengthBytes;
  private long allocation;

  private NativeMemory(long address, long lengthBytes, long allocation) {
    this.address = address;
    this.lengthBytes = lengthBytes;
    this.allocation = allocation;
  }

  /**
   * Allocates memory with undefined content. Pages are touched only when used, so a large sparse
   * buffer costs what is written to it.
   *
   * @throws OutOfMemoryError if the system has none left
   */
  public static NativeMemory allocate(long lengthBytes) {
    if (lengthBytes < 0) {
      throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " is negative");
    }
    boolean large = lengthBytes >= LARGE_BYTES;
    long alignment = large ? HugePages.BYTES : ALIGNMENT;
    long allocation = UnsafeApi.allocateMemory(lengthBytes + alignment);
    long aligned = (allocation + alignment - 1) & -alignment;
    if (large) {
      HugePages.advise(aligned, lengthBytes);
    }
    return new NativeMemory(aligned, lengthBytes, allocation);
  }

  /** Allocates memory filled with zeros. */
  public static NativeMemory allocateZeroed(long lengthBytes) {
    NativeMemory memory = allocate(lengthBytes);
    memory.zero(0, lengthBytes);
    return memory;
  }

  /** A view on memory that somebody else owns; {@link #close()} does nothing. */
  public static NativeMemory borrow(long address, long lengthBytes) {
    if (lengthBytes < 0 || (address == 0 && lengthBytes > 0)) {
      throw new IllegalArgumentException(
          "no memory at address=" + address + " lengthBytes=" + lengthBytes);
    }
    return new NativeMemory(address, lengthBytes, 0);
  }

  /** An owned copy of {@code length} bytes of {@code source}. */
  public static NativeMemory copyOf(DirectBuffer source, int offset, int length) {
    NativeMemory memory = allocate(length);
    if (length > 0) {
      source.getBytes(offset, new UnsafeBuffer(memory.address, length), 0, length);
    }
    return memory;
  }

  /** First byte's address. */
  public long address() {
    return address;
  }

  /** Length in bytes. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** A view on a part of this memory, valid as long as this one is. */
  public NativeMemory slice(long offset, long length) {
    checkBounds(offset, length);
    return new NativeMemory(address + offset, length, 0);
  }

  /** Reads one byte. */
  public byte getByte(long offset) {
    checkBounds(offset, Byte.BYTES);
    return UnsafeApi.getByte(address + offset);
  }

  /** Writes one byte. */
  public void putByte(long offset, byte value) {
    checkBounds(offset, Byte.BYTES);
    UnsafeApi.putByte(address + offset, value);
  }

  /** Reads an int in native byte order. */
  public int getInt(long offset) {
    checkBounds(offset, Integer.BYTES);
    return UnsafeApi.getInt(address + offset);
  }

  /** Writes an int in native byte order. */
  public void putInt(long offset, int value) {
    checkBounds(offset, Integer.BYTES);
    UnsafeApi.putInt(address + offset, value);
  }

  /** Reads a long in native byte order. */
  public long getLong(long offset) {
    checkBounds(offset, Long.BYTES);
    return UnsafeApi.getLong(address + offset);
  }

  /** Writes a long in native byte order. */
  public void putLong(long offset, long value) {
    checkBounds(offset, Long.BYTES);
    UnsafeApi.putLong(address + offset, value);
  }

  /** Reads a float in native byte order. */
  public float getFloat(long offset) {
    checkBounds(offset, Float.BYTES);
    return UnsafeApi.getFloat(address + offset);
  }

  /** Writes a float in native byte order. */
  public void putFloat(long offset, float value) {
    checkBounds(offset, Float.BYTES);
    UnsafeApi.putFloat(address + offset, value);
  }

  /** Fills a part with zeros. */
  public void zero(long offset, long length) {
    checkBounds(offset, length);
    if (length > 0) {
      UnsafeApi.setMemory(address + offset, length, (byte) 0);
    }
  }

  /** Copies from other memory into this; the two may overlap. */
  public void copyFrom(long offset, NativeMemory source, long sourceOffset, long length) {
    checkBounds(offset, length);
    source.checkBounds(sourceOffset, length);
    UnsafeApi.copyMemory(source.address + sourceOffset, address + offset, length);
  }

  /** Copies bytes out into an array. */
  public void getBytes(long offset, byte[] destination, int destinationOffset, int length) {
    checkBounds(offset, length);
    UnsafeApi.copyMemory(
        null,
        address + offset,
        destination,
        BufferUtil.ARRAY_BASE_OFFSET + checkArray(destination.length, destinationOffset, length),
        length);
  }

  /** Copies bytes in from an array. */
  public void putBytes(long offset, byte[] source, int sourceOffset, int length) {
    checkBounds(offset, length);
    UnsafeApi.copyMemory(
        source,
        BufferUtil.ARRAY_BASE_OFFSET + checkArray(source.length, sourceOffset, length),
        null,
        address + offset,
        length);
  }

  /**
   * Throws unless {@code [offset, offset + length)} lies inside this memory.
   *
   * @throws IndexOutOfBoundsException naming all three numbers
   */
  public void checkBounds(long offset, long length) {
    if (offset < 0 || length < 0 || offset > lengthBytes - length) {
      throw new IndexOutOfBoundsException(
          "offset="
              + offset
              + " length="
              + length
              + " is outside memory of "
              + lengthBytes
              + " bytes");
    }
  }

  /**
   * Releases owned memory; nothing may use it or a view on it any more. Calling it twice is
   * harmless.
   */
  @Override
  public void close() {
    if (allocation != 0) {
      UnsafeApi.freeMemory(allocation);
      allocation = 0;
    }
  }

  private static long checkArray(int arrayLength, int offset, int length) {
    if (offset < 0 || length < 0 || offset > arrayLength - length) {
      throw new IndexOutOfBoundsException(
          "offset="
              + offset
              + " length="
              + length
              + " is outside an array of "
              + arrayLength
              + " bytes");
    }
    return offset;
  }
}
