// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.SVCRegMr;
import java.io.IOException;

/**
 * An RDMA device with the protection domain that all its queue pairs share, so that memory is
 * registered once for all of them. Thread-safe, except for closing.
 */
final class Device {
  private final IbvContext context;
  private final IbvPd protectionDomain;

  /** DiSNI makes no completion queue without one; nobody waits on it, as queues are polled. */
  private final IbvCompChannel completionChannel;

  private final SourceMemory sources = new SourceMemory(this);

  Device(IbvContext context) throws IOException {
    this.context = context;
    this.protectionDomain = context.allocPd();
    this.completionChannel = context.createCompChannel();
  }

  IbvPd protectionDomain() {
    return protectionDomain;
  }

  IbvCQ createCompletionQueue(int entries) throws IOException {
    return context.createCQ(completionChannel, entries, 0);
  }

  /** Registrations of what writes are sent from. */
  SourceMemory sources() {
    return sources;
  }

  /**
   * Registers memory for reading here, and for what {@code access} names besides.
   *
   * @throws IOException with a sentence's end that says what to do
   */
  IbvMr register(long address, long lengthBytes, int access) throws IOException {
    SVCRegMr call = protectionDomain.regMr(address, Math.toIntExact(lengthBytes), access);
    try {
      return call.execute().getMr();
    } catch (IOException e) {
      throw new IOException(Verbs.registrationFailure(lengthBytes, e), e);
    } finally {
      call.free();
    }
  }

  /** Ends a registration: when this returns, the device does not touch the memory any more. */
  static void deregister(IbvMr region) throws IOException {
    region.deregMr().execute().free();
  }

  /** Once nothing of it is used any more. */
  void close() throws IOException {
    completionChannel.destroyCompChannel();
    try {
      protectionDomain.deallocPd();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
