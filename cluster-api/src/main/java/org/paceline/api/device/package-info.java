/**
 * The device SPI: what a worker needs from a renderer. Found with {@link java.util.ServiceLoader}.
 */
package org.paceline.api.device;
