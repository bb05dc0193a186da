// SPDX-License-Identifier: Apache-2.0
/**
 * How a host comes to know its workers without anybody typing their addresses: workers announce
 * themselves on the network (mDNS and DNS-SD, as printers do) and hosts browse; or a list of names
 * says where they are, as clusters' batch systems write it. Knows endpoints, and nothing of what is
 * said to a worker once it is found. Only {@link org.paceline.discovery.Responder} and its set know
 * JmDNS.
 */
package org.paceline.discovery;
