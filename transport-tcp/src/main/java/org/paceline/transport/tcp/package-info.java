/**
 * The TCP transport: non-blocking sockets polled by the channel's owner thread, region writes
 * straight from the source's memory to the socket and from the socket into the region. Knows the
 * transport SPI and nothing of what its messages mean.
 */
package org.paceline.transport.tcp;
