// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import java.net.InetAddress;
import org.agrona.DirectBuffer;

/**
 * The worker's side: a host's image, whose HELLO says where to answer, and a publication to there.
 * A host of another version is answered too, so that it can say which side to upgrade.
 */
final class AcceptedConnection implements Connection {
  private final Reception reception;
  private final Image image;
  private final FrameSender sender = new FrameSender();
  private final InetAddress remote;
  private final long bornNs = System.nanoTime();

  private Route route;
  private long publicationId = Aeron.NULL_VALUE;
  private ExclusivePublication publication;
  private int replyPort = -1;
  private int datagramBytes;
  private boolean heard;
  private String helloFault;
  private String fault;

  AcceptedConnection(Reception reception, Image image) {
    this.reception = reception;
    this.image = image;
    this.remote = reception.isIpc() ? null : Reception.source(image);
    reception.retain();
  }

  @Override
  public boolean poll() {
    if (!listen() || fault != null) {
      return false;
    }
    if (publicationId == Aeron.NULL_VALUE) {
      answer();
    }
    if (publication == null) {
      publication = reception.client().getExclusivePublication(publicationId);
      if (publication == null) {
        return false;
      }
      sender.publication(publication);
    }
    boolean welcomed =
        publication.isConnected() && sender.greeting(Frame.WELCOME, 0, remote != null);
    if (welcomed) {
      fault = helloFault;
    }
    return welcomed && fault == null;
  }

  /** Whether the host has said anything. */
  boolean listen() {
    if (!heard) {
      image.controlledPoll(this::onFirstFrame, 1);
    }
    return heard;
  }

  /** Whether it never will. */
  boolean isOver() {
    return image.isClosed()
        || image.isEndOfStream()
        || System.nanoTime() - bornNs > reception.livenessNs();
  }

  private Action onFirstFrame(DirectBuffer buffer, int offset, int length, Header header) {
    heard = true;
    helloFault = Frame.greetingFault(buffer, offset, length, Frame.HELLO);
    long port = Frame.replyPort(buffer, offset, length);
    boolean validPort = reception.isIpc() ? port == 0 : port >= 1 && port <= 65_535;
    boolean otherVersion = helloFault != null && Frame.isOtherVersion(buffer, offset, length);
    if (helloFault != null && !otherVersion) {
      fault = helloFault;
    } else if (!validPort) {
      fault = "it wants to be answered at port " + port;
    } else {
      replyPort = (int) port;
      datagramBytes = Frame.datagramBytes(length);
    }
    return Action.BREAK;
  }

  private void answer() {
    Uris uris = reception.uris();
    reception.media().requireRoom(remote == null ? uris.ipcLogBytes() : uris.logBytes());
    String uri;
    if (remote == null) {
      uri = uris.ipcPublication();
    } else {
      reception.media().allocate(image, uris.maxPeerTermBytes());
      route = Route.to(remote);
      int mtu = uris.mtu(route);
      int answerable = datagramBytes == 0 ? mtu : Math.min(mtu, datagramBytes);
      uri = uris.udpPublication(Uris.endpoint(remote, replyPort), answerable);
    }
    publicationId = reception.client().asyncAddExclusivePublication(uri, image.sessionId());
  }

  @Override
  public boolean isReached() {
    return true;
  }

  @Override
  public String fault() {
    return fault;
  }

  @Override
  public ExclusivePublication publication() {
    return publication;
  }

  @Override
  public Image image() {
    return image;
  }

  @Override
  public Route route() {
    return route;
  }

  @Override
  public InetAddress remote() {
    return remote;
  }

  @Override
  public void close(boolean lost) {
    Aeron client = reception.client();
    if (!client.isClosed()) {
      if (publication == null) {
        if (publicationId != Aeron.NULL_VALUE) {
          client.asyncRemovePublication(publicationId);
        }
      } else if (lost) {
        publication.revoke();
      } else {
        publication.close();
      }
    }
    reception.dismiss(image);
    reception.release();
  }
}
