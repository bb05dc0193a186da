// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.paceline.api.ClusterConfig;
import org.paceline.api.NativeMemory;
import org.paceline.api.transport.Broadcast;
import org.paceline.api.transport.Channel;
import org.paceline.api.transport.Endpoint;
import org.paceline.api.transport.HostAddresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publication to a multicast group, or to each listener's own address (Aeron's dynamic
 * multi-destination-cast), at the pace of the slowest listener.
 *
 * <p>It begins when the first of the invited channels is connected, and goes out by the interface
 * that leads to that peer, in datagrams that it is known to take; channels that lead elsewhere or
 * take shorter ones only are left alone. Aeron drops a listener that is silent; one that only reads
 * no more is left behind by beginning anew without it.
 */
final class AeronBroadcast implements Broadcast {
  private static final Logger LOG = LoggerFactory.getLogger(AeronBroadcast.class);

  /** The stream that all broadcasts use; sessions tell them apart. */
  static final int STREAM = 2;

  private static final String MDC = "mdc";
  private static final InetSocketAddress ANY_IPV4 = new InetSocketAddress("0.0.0.0", 0);
  private static final InetSocketAddress ANY_IPV6 = new InetSocketAddress("::", 0);

  private static final class Invitation {
    private final AeronChannel channel;
    private boolean told;

    Invitation(AeronChannel channel) {
      this.channel = channel;
    }
  }

  private final Media media;
  private final Uris uris;
  private final String group;
  private final InetAddress groupAddress;
  private final int groupPort;
  private final boolean anyInterface;
  private final List<Invitation> invitations = new ArrayList<>();
  private final FrameSender sender = new FrameSender();

  private Aeron client;
  private Route route;
  private long publicationId = Aeron.NULL_VALUE;
  private ExclusivePublication publication;
  private int port;
  private boolean closed;

  private boolean blocked;
  private long blockedAtLimit;
  private long blockedSinceNs;
  private boolean renewed;
  private long renewedNs;

  /** The caller's use of {@code media} becomes this one's. */
  AeronBroadcast(Media media, ClusterConfig config) {
    this.media = media;
    this.uris = new Uris(config);
    this.group = config.multicast();
    this.anyInterface = !config.key().isEmpty();
    Endpoint parsed = Endpoint.parse(group);
    boolean mdc = parsed.host().equals(MDC);
    // A literal address, so nothing is looked up.
    this.groupAddress = mdc ? null : HostAddresses.resolve(parsed.host()).join()[0];
    this.groupPort = group.equals(MDC) ? 0 : parsed.port();
  }

  @Override
  public void invite(Channel channel) {
    if (channel instanceof AeronChannel peer && peer.isInvitable()) {
      invitations.removeIf(invitation -> invitation.channel == peer);
      invitations.add(new Invitation(peer));
    }
  }

  @Override
  public boolean reaches(Channel channel) {
    // a peer may say that it listens before Aeron here knows of any that does
    return channel instanceof AeronChannel peer
        && isHeard()
        && peer.isReachedBy(publication.sessionId());
  }

  @Override
  public long offer(DirectBuffer buffer, int offset, int length) {
    FrameSender.checkMessage(buffer, offset, length);
    return isHeard() ? noted(sender.message(buffer, offset, length)) : unheard();
  }

  @Override
  public long write(
      int regionId, long regionOffset, NativeMemory source, long sourceOffset, long length) {
    FrameSender.checkWrite(regionOffset, source, sourceOffset, length);
    return isHeard()
        ? noted(sender.write(regionId, regionOffset, source, sourceOffset, length))
        : unheard();
  }

  private boolean isHeard() {
    return publication != null && publication.isConnected();
  }

  private long unheard() {
    if (closed) {
      return CLOSED;
    }
    boolean renewing = renewed && System.nanoTime() - renewedNs < uris.livenessNs();
    return renewing ? BACK_PRESSURED : NOT_CONNECTED;
  }

  private long noted(long result) {
    if (result == BACK_PRESSURED || sender.isWriting()) {
      block();
    }
    return result;
  }

  @Override
  public long completedPosition() {
    return sender.completedPosition();
  }

  @Override
  public int poll() {
    if (closed) {
      return 0;
    }
    invitations.removeIf(invitation -> invitation.channel.isClosed());
    try {
      if (publication == null && !begin()) {
        return 0;
      }
      int work = tell();
      if (!publication.isConnected()) {
        sender.abandon();
        blocked = false;
        return work;
      }
      renewed = false;
      work += sender.drive();
      if (blocked) {
        checkProgress();
      } else if (sender.hasUnsent()) {
        block();
      }
      return work;
    } catch (RuntimeException e) {
      LOG.warn("the broadcast to {} has ended: {}", group, e.getMessage());
      close();
      return 1;
    }
  }

  /** Goes on with the beginning as far as that needs no waiting; whether there is a publication. */
  private boolean begin() {
    if (publicationId == Aeron.NULL_VALUE) {
      route = firstRoute();
      if (route == null) {
        return false;
      }
      if (client == null) {
        client = media.awaitClient();
      }
      media.requireRoom(uris.logBytes());
      publicationId = client.asyncAddExclusivePublication(uri(), STREAM);
    }
    ExclusivePublication added = client.getExclusivePublication(publicationId);
    if (added == null) {
      return false;
    }
    port = groupPort;
    if (port == 0) {
      List<String> addresses = added.localSocketAddresses();
      if (addresses.isEmpty()) {
        return false;
      }
      String bound = addresses.get(0);
      port = Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
    }
    publication = added;
    sender.publication(added);
    return true;
  }

  /** The way to the first invited peer that is connected; its client is there, then. */
  private Route firstRoute() {
    for (Invitation invitation : invitations) {
      if (invitation.channel.isConnected() && invitation.channel.route() != null) {
        return invitation.channel.route();
      }
    }
    return null;
  }

  private String uri() {
    if (groupAddress != null) {
      return uris.multicastPublication(Uris.endpoint(groupAddress, groupPort), route);
    }
    return uris.mdcPublication(Uris.endpoint(controlAddress(), groupPort), route);
  }

  private InetAddress controlAddress() {
    if (!anyInterface) {
      return route.local();
    }
    boolean ipv4 = route.local() instanceof Inet4Address;
    return ipv4 ? ANY_IPV4.getAddress() : ANY_IPV6.getAddress();
  }

  private int tell() {
    int told = 0;
    for (int i = 0; i < invitations.size(); i++) {
      Invitation invitation = invitations.get(i);
      if (!invitation.told && invitation.channel.isConnected()) {
        Route way = invitation.channel.route();
        invitation.told =
            !isOurs(way) || invitation.channel.invite(publication.sessionId(), target(way));
        told++;
      }
    }
    return told;
  }

  private boolean isOurs(Route way) {
    boolean anyWay = groupAddress == null && anyInterface;
    return way != null
        && (anyWay || way.local().equals(route.local()))
        && way.maxPayloadBytes() >= route.maxPayloadBytes();
  }

  private InetSocketAddress target(Route way) {
    return new InetSocketAddress(groupAddress == null ? way.local() : groupAddress, port);
  }

  private void block() {
    if (!blocked) {
      blocked = true;
      blockedAtLimit = publication.positionLimit();
      blockedSinceNs = System.nanoTime();
    }
  }

  /** One who listens and never reads would hold up the others for good. */
  private void checkProgress() {
    if (publication.positionLimit() != blockedAtLimit) {
      blocked = false;
    } else if (System.nanoTime() - blockedSinceNs > uris.livenessNs()) {
      LOG.warn("the broadcast to {} begins anew: somebody who listens reads no more", group);
      endPublication();
      for (int i = 0; i < invitations.size(); i++) {
        invitations.get(i).told = false;
      }
      renewed = true;
      renewedNs = System.nanoTime();
    }
  }

  private void endPublication() {
    sender.abandon();
    blocked = false;
    if (client != null && !client.isClosed()) {
      if (publication != null) {
        publication.revoke();
      } else if (publicationId != Aeron.NULL_VALUE) {
        client.asyncRemovePublication(publicationId);
      }
    }
    publication = null;
    publicationId = Aeron.NULL_VALUE;
  }

  @Override
  public String group() {
    return publication == null || groupAddress != null ? group : MDC + ":" + port;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    invitations.clear();
    if (publication != null && !client.isClosed()) {
      // What was accepted still goes out; only a renewal drops it.
      sender.drive();
      publication.close();
    }
    endPublication();
    media.release();
  }
}
