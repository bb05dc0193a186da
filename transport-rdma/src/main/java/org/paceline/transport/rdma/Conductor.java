// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.rdma;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.paceline.api.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that makes and ends all connections of this process. What may block is done there, and
 * as ids are only made and destroyed there, no event ever reaches one that it was not meant for. It
 * runs while there are connections or listeners.
 */
final class Conductor {
  /** Something to do on the conductor's thread. */
  @FunctionalInterface
  interface Command {
    void run(Conductor conductor);
  }

  /** Hears of what happens to an id, on the conductor's thread. */
  @FunctionalInterface
  interface Handler {
    void onEvent(Conductor conductor, RdmaCmEvent.EventType type, RdmaCmEvent event);
  }

  /** A connection that still has things to send, though its channel has closed. */
  interface Lingering {
    /** Goes on; whether it is over. */
    boolean tend(Conductor conductor);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);

  /**
   * Events wake the thread, commands do not: DiSNI has nothing to wake it with. So this is the most
   * that a connect or close is put off.
   */
  private static final int WAIT_MS = 10;

  private static final int WAIT_WHILE_LINGERING_MS = 1;

  private static final RdmaCmEvent.EventType[] EVENT_TYPES = RdmaCmEvent.EventType.values();

  private static Conductor running;

  private final RdmaEventChannel events;
  private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
  private final Map<RdmaCmId, Handler> handlers = new HashMap<>();
  private final Map<Integer, Device> devices = new HashMap<>();
  private final List<Lingering> lingering = new ArrayList<>();

  private Conductor() throws IOException {
    events = RdmaEventChannel.createEventChannel();
  }

  /**
   * Has something done soon.
   *
   * @throws TransportException if the connection manager can't be had
   */
  static synchronized void submit(Command command) {
    if (running == null) {
      try {
        running = new Conductor();
      } catch (IOException e) {
        throw new TransportException(
            "can't open the RDMA connection manager: "
                + Verbs.text(e)
                + "; load the kernel module rdma_ucm, and let this user open"
                + " /dev/infiniband/rdma_cm",
            e);
      }
      Thread thread = new Thread(running::run, "paceline-rdma");
      thread.setDaemon(true);
      thread.start();
    }
    running.commands.add(command);
  }

  private void run() {
    while (goesOn()) {
      for (Command command = commands.poll(); command != null; command = commands.poll()) {
        run(command);
      }
      lingering.removeIf(connection -> connection.tend(this));
      RdmaCmEvent event = nextEvent(lingering.isEmpty() ? WAIT_MS : WAIT_WHILE_LINGERING_MS);
      while (event != null) {
        dispatch(event);
        event = nextEvent(0);
      }
    }
    for (Device device : devices.values()) {
      try {
        device.close();
      } catch (IOException e) {
        LOG.warn("can't close an RDMA device: {}", Verbs.text(e));
      }
    }
    try {
      events.destroyEventChannel();
    } catch (IOException e) {
      LOG.warn("can't close the RDMA connection manager: {}", Verbs.text(e));
    }
  }

  /** A mistake in one connection must not end all others. */
  private void run(Command command) {
    try {
      command.run(this);
    } catch (RuntimeException e) {
      LOG.error("managing RDMA connections", e);
    }
  }

  private boolean goesOn() {
    synchronized (Conductor.class) {
      boolean idle = commands.isEmpty() && handlers.isEmpty() && lingering.isEmpty();
      if (idle) {
        running = null;
      }
      return !idle;
    }
  }

  private RdmaCmEvent nextEvent(int waitMs) {
    try {
      return events.getCmEvent(waitMs);
    } catch (IOException e) {
      LOG.warn("waiting for RDMA connection events failed: {}", Verbs.text(e));
      LockSupport.parkNanos(WAIT_MS * 1_000_000L);
      return null;
    }
  }

  private void dispatch(RdmaCmEvent event) {
    RdmaCmEvent.EventType type = EVENT_TYPES[event.getEvent()];
    boolean isRequest = type == RdmaCmEvent.EventType.RDMA_CM_EVENT_CONNECT_REQUEST;
    RdmaCmId id = isRequest ? event.getListenIdPriv() : event.getConnIdPriv();
    Handler handler = handlers.get(id);
    LOG.debug("{} of {}", type, id);
    if (handler != null) {
      run(conductor -> handler.onEvent(conductor, type, event));
    } else if (isRequest) {
      destroy(event.getConnIdPriv());
    }
  }

  /** A new id whose events go to {@code handler}. */
  RdmaCmId createId(Handler handler) throws IOException {
    RdmaCmId id = events.createId(RdmaCm.RDMA_PS_TCP);
    handlers.put(id, handler);
    return id;
  }

  /** An id that a connection request brought. */
  void adopt(RdmaCmId id, Handler handler) {
    handlers.put(id, handler);
  }

  /** Ends an id; refuses a request that was not accepted. */
  void destroy(RdmaCmId id) {
    handlers.remove(id);
    try {
      id.destroyId();
    } catch (IOException e) {
      LOG.warn("can't end an RDMA connection: {}", Verbs.text(e));
    }
  }

  /** The device that an id is bound to. */
  Device device(RdmaCmId id) throws IOException {
    IbvContext context = id.getVerbs();
    if (context == null) {
      throw new IOException("no RDMA device leads there");
    }
    Device device = devices.get(context.getCmd_fd());
    if (device == null) {
      device = new Device(context);
      devices.put(context.getCmd_fd(), device);
    }
    return device;
  }

  /** Tends a connection until it is over. */
  void linger(Lingering connection) {
    lingering.add(connection);
  }
}
