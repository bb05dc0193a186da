// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Regions;

/** A write on its way into its region: how much of it is to come, and where that goes. */
final class ArrivingWrite {
  private final Regions regions;
  private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
  private int regionId;
  private long offset;
  private long remaining;

  ArrivingWrite(Regions regions) {
    this.regions = regions;
  }

  /** One begins; what is said of it is not checked. */
  void begin(int intoRegion, long atOffset, long length) {
    regionId = intoRegion;
    offset = atOffset;
    remaining = length;
  }

  /** Whether any of it is to come. */
  boolean isUnderWay() {
    return remaining > 0;
  }

  /** Where it goes; null if no such region is registered. */
  NativeMemory region() {
    return regions.find(regionId);
  }

  /** Whether what is to come lies inside the region. */
  boolean fits(NativeMemory region) {
    return offset >= 0 && remaining >= 0 && offset <= region.lengthBytes() - remaining;
  }

  /** Copies its next bytes, no more than {@link #remaining}, into the region that it fits. */
  void land(NativeMemory region, DirectBuffer buffer, int at, int length) {
    if (length > 0) {
      target.wrap(region.address() + offset, length);
      target.putBytes(0, buffer, at, length);
      offset += length;
      remaining -= length;
    }
  }

  /** Expects no more of it. */
  void abandon() {
    remaining = 0;
  }

  int regionId() {
    return regionId;
  }

  long offset() {
    return offset;
  }

  long remaining() {
    return remaining;
  }
}
