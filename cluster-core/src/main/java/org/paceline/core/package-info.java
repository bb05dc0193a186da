/**
 * How a cluster is run: the host's sessions and the worker's node, each a single-threaded state
 * machine driven by an Agrona agent. Knows the transport and device SPIs, but no transport and no
 * renderer.
 */
package org.paceline.core;
