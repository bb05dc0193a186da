/**
 * A host, its workers and the network between them in one thread and in virtual time, with faults
 * drawn from a seed. The classes under {@code org.paceline.core} here open what is package-private
 * there to it, and do nothing else.
 */
package org.paceline.simulator;
