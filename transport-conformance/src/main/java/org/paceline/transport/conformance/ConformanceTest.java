// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import org.paceline.api.NativeMemory;

/** What the themes share: the transport, and things that are closed when a test has ended. */
public interface ConformanceTest {
  /** What is tested. */
  TransportUnderTest underTest();

  /** Closes it after the test, before what was kept earlier. */
  <T extends AutoCloseable> T kept(T resource);

  /** Frees it after the test, when the channels that may use it have closed. */
  NativeMemory kept(NativeMemory memory);

  /** Two connected channels. */
  default Link link() {
    return kept(Link.open(underTest()));
  }

  /** Memory full of zeros. */
  default NativeMemory zeros(long lengthBytes) {
    return kept(NativeMemory.allocateZeroed(lengthBytes));
  }

  /** Memory with these bytes. */
  default NativeMemory memoryOf(byte... bytes) {
    return kept(Bytes.memoryOf(bytes));
  }
}
