/**
 * The transport SPI: ordered messages and region writes over one channel. Found with {@link
 * java.util.ServiceLoader}.
 */
package org.paceline.api.transport;
