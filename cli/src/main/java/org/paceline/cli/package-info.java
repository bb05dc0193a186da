/**
 * The {@code paceline} command: one class per command, and what they share to talk to a person and
 * to local worker processes. The only place that ends the JVM; no rendering or protocol logic.
 */
package org.paceline.cli;
