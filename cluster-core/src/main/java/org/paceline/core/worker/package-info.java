/** The worker's side of a session: attach, scene, units, and the thread that drives the device. */
package org.paceline.core.worker;
