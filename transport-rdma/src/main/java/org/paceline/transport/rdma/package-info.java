/**
 * The RDMA transport: a reliable connection's queue pair for each channel, by DiSNI's verbs.
 *
 * <p>A region write is RDMA WRITEs from registered memory to registered memory. They are invisible
 * to the peer's processor; what tells it of them is the SEND that follows on the same queue pair,
 * which is delivered when the writes before it have landed. WRITE WITH IMMEDIATE would tell as well
 * and was not chosen: it uses up a receive of the peer for each piece, most writes are followed by
 * a message anyway, and DiSNI can't change the immediate value of a prepared call. SENDs carry
 * messages, several in one where they come close together, and the transport's own frames: where
 * the peer may write, and how far things are. See {@link org.paceline.transport.rdma.Frame} for the
 * wire.
 *
 * <p>Nobody waits for anything but the {@link org.paceline.transport.rdma.Conductor}, a thread that
 * makes and ends connections. A channel's owner polls its completion queue, with the idle strategy
 * that it has; there are no completion events.
 *
 * <p>Knows the transport SPI and nothing of what its messages mean. Only {@link
 * org.paceline.transport.rdma.RdmaTransport} and {@link org.paceline.transport.rdma.Availability}
 * may be used before it is known that RDMA can be had.
 */
package org.paceline.transport.rdma;
