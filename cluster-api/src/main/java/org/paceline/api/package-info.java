/**
 * What an integrator compiles against: cluster, session, render job, film and configuration.
 * Nothing here does I/O, starts a thread or knows a transport or a renderer.
 */
package org.paceline.api;
