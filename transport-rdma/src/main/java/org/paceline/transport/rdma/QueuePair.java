// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.SVCPollCq;
import com.ibm.disni.verbs.SVCPostRecv;
import com.ibm.disni.verbs.SVCPostSend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.paceline.api.NativeMemory;

/**
 * A reliable connection's queue pair with its completion queue, its registered buffers and verb
 * calls that are prepared once. Used by one thread at a time.
 */
final class QueuePair implements SendPort {
  /** What has happened since the last poll. */
  interface Completions {
    /** All work before this number has been carried out. */
    void onSent(long upTo);

    /** A SEND of the peer lies in the receive buffer at {@code offset}; they come in order. */
    void onReceived(int offset, int bytes);

    /** A work request failed; nothing works from here on. */
    void onFailed(int status);
  }

  private static final int RECEIVE_BYTES = Credits.RECEIVES * Frame.MAX_SEND_BYTES;
  private static final int POLL_BATCH = 16;

  /** SENDs up to this size are handed to the device with the request, where it can take them. */
  private static final int INLINE_BYTES = 128;

  private final RdmaCmId id;
  private final Device device;
  private final NativeMemory memory;
  private final UnsafeBuffer receiveBuffer;
  private final NativeMemory sendMemory;
  private final List<SVCPostRecv> receiveCalls = new ArrayList<>();
  private final IbvWC[] completions = new IbvWC[POLL_BATCH];

  private IbvMr registration;
  private IbvCQ completionQueue;
  private IbvQP queuePair;
  private int inlineBytes = INLINE_BYTES;
  private SVCPollCq pollCall;
  private SVCPostSend sendCall;
  private SVCPostSend.SendWRMod sendRequest;
  private SVCPostSend.SgeMod sendPart;
  private SVCPostSend writeCall;
  private SVCPostSend.SendWRMod writeRequest;
  private SVCPostSend.SgeMod writePart;
  private SVCPostSend.RdmaMod writeTarget;
  private long posted;
  private long completed;
  private boolean failed;

  /** Makes it and posts its receives. */
  QueuePair(RdmaCmId id, Device device) throws IOException {
    this.id = id;
    this.device = device;
    this.memory = NativeMemory.allocate(RECEIVE_BYTES + Outbox.BUFFER_BYTES);
    this.receiveBuffer = new UnsafeBuffer(memory.address(), RECEIVE_BYTES);
    this.sendMemory = memory.slice(RECEIVE_BYTES, Outbox.BUFFER_BYTES);
    try {
      open();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open() throws IOException {
    registration =
        device.register(memory.address(), memory.lengthBytes(), IbvMr.IBV_ACCESS_LOCAL_WRITE);
    completionQueue = device.createCompletionQueue(DEPTH + Credits.RECEIVES);
    queuePair = createQueuePair();
    for (int i = 0; i < POLL_BATCH; i++) {
      completions[i] = new IbvWC();
    }
    pollCall = completionQueue.poll(completions, POLL_BATCH);
    sendCall = prepare(IbvSendWR.IBV_WR_SEND);
    sendRequest = sendCall.getWrMod(0);
    sendPart = sendRequest.getSgeMod(0);
    sendPart.setLkey(registration.getLkey());
    writeCall = prepare(IbvSendWR.IBV_WR_RDMA_WRITE);
    writeRequest = writeCall.getWrMod(0);
    writePart = writeRequest.getSgeMod(0);
    writeTarget = writeRequest.getRdmaMod();
    for (int slot = 0; slot < Credits.RECEIVES; slot += Credits.GROUP) {
      receiveCalls.add(prepareReceives(slot));
    }
    for (SVCPostRecv call : receiveCalls) {
      call.execute();
    }
  }

  private IbvQP createQueuePair() throws IOException {
    try {
      return id.createQP(device.protectionDomain(), attributes());
    } catch (IOException e) {
      // DiSNI does not tell what the device takes inline, if anything.
      inlineBytes = 0;
      return id.createQP(device.protectionDomain(), attributes());
    }
  }

  private IbvQPInitAttr attributes() {
    IbvQPInitAttr attributes = new IbvQPInitAttr();
    attributes.setQp_type(IbvQP.IBV_QPT_RC);
    attributes.setSend_cq(completionQueue);
    attributes.setRecv_cq(completionQueue);
    attributes.cap().setMax_send_wr(DEPTH);
    attributes.cap().setMax_recv_wr(Credits.RECEIVES);
    attributes.cap().setMax_inline_data(inlineBytes);
    return attributes;
  }

  private SVCPostSend prepare(int opcode) throws IOException {
    IbvSendWR request = new IbvSendWR();
    request.setOpcode(opcode);
    request.setSg_list(onePart(new IbvSge()));
    request.setNum_sge(1);
    return queuePair.postSend(List.of(request), null);
  }

  /** A request of a prepared receive can't be changed, so there is one for each buffer. */
  private SVCPostRecv prepareReceives(int firstSlot) throws IOException {
    List<IbvRecvWR> requests = new ArrayList<>();
    for (int slot = firstSlot; slot < firstSlot + Credits.GROUP; slot++) {
      int offset = slot * Frame.MAX_SEND_BYTES;
      IbvSge part = new IbvSge();
      part.setAddr(memory.address() + offset);
      part.setLength(Frame.MAX_SEND_BYTES);
      part.setLkey(registration.getLkey());
      IbvRecvWR request = new IbvRecvWR();
      request.setWr_id(-1L - offset);
      request.setSg_list(onePart(part));
      request.setNum_sge(1);
      requests.add(request);
    }
    return queuePair.postRecv(requests, null);
  }

  @SuppressWarnings({"JdkObsolete", "NonApiType"}) // what DiSNI takes
  private static LinkedList<IbvSge> onePart(IbvSge part) {
    LinkedList<IbvSge> parts = new LinkedList<>();
    parts.add(part);
    return parts;
  }

  Device device() {
    return device;
  }

  /** What the peer sent. */
  UnsafeBuffer receiveBuffer() {
    return receiveBuffer;
  }

  /** Where SENDs are made. */
  NativeMemory sendMemory() {
    return sendMemory;
  }

  /** The key for writes from there. */
  int localKey() {
    return registration.getLkey();
  }

  @Override
  public boolean hasRoom() {
    return posted - completed < DEPTH;
  }

  @Override
  public long next() {
    return posted;
  }

  @Override
  public void send(int offset, int length, boolean signalled) throws IOException {
    sendRequest.setWr_id(posted);
    sendRequest.setSend_flags(
        (signalled ? IbvSendWR.IBV_SEND_SIGNALED : 0)
            | (length <= inlineBytes ? IbvSendWR.IBV_SEND_INLINE : 0));
    sendPart.setAddr(sendMemory.address() + offset);
    sendPart.setLength(length);
    sendCall.execute();
    posted++;
  }

  @Override
  public void write(
      long address, int length, int localKey, long remoteAddress, int remoteKey, boolean signalled)
      throws IOException {
    writeRequest.setWr_id(posted);
    writeRequest.setSend_flags(signalled ? IbvSendWR.IBV_SEND_SIGNALED : 0);
    writePart.setAddr(address);
    writePart.setLength(length);
    writePart.setLkey(localKey);
    writeTarget.setRemote_addr(remoteAddress);
    writeTarget.setRkey(remoteKey);
    writeCall.execute();
    posted++;
  }

  /** Posts the receives of the group that begins at {@code offset} again. */
  void postReceives(int offset) throws IOException {
    receiveCalls.get(offset / Frame.MAX_SEND_BYTES / Credits.GROUP).execute();
  }

  /** Whether all that was posted has been carried out, or never will be. */
  boolean isDrained() {
    return failed || posted == completed;
  }

  /** Takes what has happened; returns how much that was. */
  int poll(Completions handler) throws IOException {
    int total = 0;
    int count;
    do {
      count = pollCall.execute().getPolls();
      for (int i = 0; i < count; i++) {
        IbvWC completion = completions[i];
        long workId = completion.getWr_id();
        if (completion.getStatus() != 0) {
          failed = true;
          handler.onFailed(completion.getStatus());
        } else if (workId < 0) {
          handler.onReceived((int) -(workId + 1), completion.getByte_len());
        } else {
          completed = workId + 1;
          handler.onSent(completed);
        }
      }
      total += count;
    } while (count == POLL_BATCH && total < Credits.RECEIVES);
    return total;
  }

  /** Gives everything back but the id. */
  void close() throws IOException {
    try {
      free();
      if (queuePair != null) {
        id.destroyQP();
      }
      if (completionQueue != null) {
        completionQueue.destroyCQ();
      }
      if (registration != null) {
        Device.deregister(registration);
      }
    } finally {
      memory.close();
    }
  }

  private void free() {
    receiveCalls.forEach(SVCPostRecv::free);
    if (sendCall != null) {
      sendCall.free();
    }
    if (writeCall != null) {
      writeCall.free();
    }
    if (pollCall != null) {
      pollCall.free();
    }
  }
}
