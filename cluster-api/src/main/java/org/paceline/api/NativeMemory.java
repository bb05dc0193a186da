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
 * bounds-checked, and throws {@link IllegalStateException} once the memory, or the one that this is
 * a view on, is closed. Reads and writes are plain: whoever hands memory to another thread does so
 * through something that orders memory (a queue, a lock).
 *
 * <p>No thread may be in a method of this class while another one closes the memory, unless it is
 * from {@link #allocateShared}.
 */
public final class NativeMemory implements AutoCloseable {
  /** Owned memory starts at a multiple of this, which suits vector loads and cache lines. */
  public static final int ALIGNMENT = 64;

  private static final long LARGE_BYTES = 2 * HugePages.BYTES;

  private final long address;
  private final long lengthBytes;
  private final Allocation allocation;
  private final boolean owner;

  private NativeMemory(long address, long lengthBytes, Allocation allocation, boolean owner) {
    this.address = address;
    this.lengthBytes = lengthBytes;
    this.allocation = allocation;
    this.owner = owner;
  }

  /**
   * Allocates memory with undefined content. Pages are touched only when used, so a large sparse
   * buffer costs what is written to it.
   *
   * @throws OutOfMemoryError if the system has none left
   */
  public static NativeMemory allocate(long lengthBytes) {
    return allocate(lengthBytes, lengthBytes, ALIGNMENT, false);
  }

  /**
   * Allocates memory filled with zeros that threads may read beside its {@link #close()}: a method
   * that meets the closing throws {@link IllegalStateException}. What native code was given of it
   * by {@link #address()} stays an address of this process for as long as this object is reachable.
   *
   * @throws OutOfMemoryError if the system has none left
   */
  public static NativeMemory allocateShared(long lengthBytes) {
    long page = UnsafeApi.pageSize();
    NativeMemory memory =
        allocate(lengthBytes, (lengthBytes + page - 1) & -page, Math.max(page, ALIGNMENT), true);
    memory.zero(0, lengthBytes);
    return memory;
  }

  private static NativeMemory allocate(
      long lengthBytes, long allocatedBytes, long smallAlignment, boolean shared) {
    if (lengthBytes < 0) {
      throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " is negative");
    }
    boolean large = lengthBytes >= LARGE_BYTES;
    long alignment = large ? HugePages.BYTES : smallAlignment;
    Allocation allocation = Allocation.of(allocatedBytes, alignment, shared);
    if (large) {
      HugePages.advise(allocation.address(), lengthBytes);
    }
    return new NativeMemory(allocation.address(), lengthBytes, allocation, true);
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
    return new NativeMemory(address, lengthBytes, Allocation.BORROWED, false);
  }

  /** An owned copy of {@code length} bytes of {@code source}. */
  public static NativeMemory copyOf(DirectBuffer source, int offset, int length) {
    NativeMemory memory = allocate(length);
    if (length > 0) {
      source.getBytes(offset, new UnsafeBuffer(memory.address, length), 0, length);
    }
    return memory;
  }

  /** First byte's address; valid for as long as the memory is open, which the caller sees to. */
  public long address() {
    allocation.requireOpen();
    return address;
  }

  /** Length in bytes. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** A view on a part of this memory, valid as long as this one is; closing it does nothing. */
  public NativeMemory slice(long offset, long length) {
    checkBounds(offset, length);
    return new NativeMemory(address + offset, length, allocation, false);
  }

  /** Reads one byte. */
  public byte getByte(long offset) {
    checkBounds(offset, Byte.BYTES);
    byte value = UnsafeApi.getByte(address + offset);
    allocation.requireStillOpen();
    return value;
  }

  /** Writes one byte. */
  public void putByte(long offset, byte value) {
    checkBounds(offset, Byte.BYTES);
    UnsafeApi.putByte(address + offset, value);
    allocation.requireStillOpen();
  }

  /** Reads an int in native byte order. */
  public int getInt(long offset) {
    checkBounds(offset, Integer.BYTES);
    int value = UnsafeApi.getInt(address + offset);
    allocation.requireStillOpen();
    return value;
  }

  /** Writes an int in native byte order. */
  public void putInt(long offset, int value) {
    checkBounds(offset, Integer.BYTES);
    UnsafeApi.putInt(address + offset, value);
    allocation.requireStillOpen();
  }

  /** Reads a long in native byte order. */
  public long getLong(long offset) {
    checkBounds(offset, Long.BYTES);
    long value = UnsafeApi.getLong(address + offset);
    allocation.requireStillOpen();
    return value;
  }

  /** Writes a long in native byte order. */
  public void putLong(long offset, long value) {
    checkBounds(offset, Long.BYTES);
    UnsafeApi.putLong(address + offset, value);
    allocation.requireStillOpen();
  }

  /** Reads a float in native byte order. */
  public float getFloat(long offset) {
    checkBounds(offset, Float.BYTES);
    float value = UnsafeApi.getFloat(address + offset);
    allocation.requireStillOpen();
    return value;
  }

  /** Writes a float in native byte order. */
  public void putFloat(long offset, float value) {
    checkBounds(offset, Float.BYTES);
    UnsafeApi.putFloat(address + offset, value);
    allocation.requireStillOpen();
  }

  /** Fills a part with zeros. */
  public void zero(long offset, long length) {
    checkBounds(offset, length);
    if (length > 0) {
      UnsafeApi.setMemory(address + offset, length, (byte) 0);
    }
    allocation.requireStillOpen();
  }

  /** Copies from other memory into this; the two may overlap. */
  public void copyFrom(long offset, NativeMemory source, long sourceOffset, long length) {
    checkBounds(offset, length);
    source.checkBounds(sourceOffset, length);
    UnsafeApi.copyMemory(source.address + sourceOffset, address + offset, length);
    source.allocation.requireStillOpen();
    allocation.requireStillOpen();
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
    allocation.requireStillOpen();
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
    allocation.requireStillOpen();
  }

  /**
   * Throws unless {@code [offset, offset + length)} lies inside this memory.
   *
   * @throws IndexOutOfBoundsException naming all three numbers
   * @throws IllegalStateException if the memory is closed
   */
  public void checkBounds(long offset, long length) {
    allocation.requireOpen();
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
   * Releases owned memory; it, and every view on it, throws from now on. Closing it twice, or a
   * view, does nothing.
   */
  @Override
  public void close() {
    if (owner) {
      allocation.close();
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
