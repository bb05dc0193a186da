/**
 * The film on the host: fixed sample blocks, merged in sample order whatever order passes arrive
 * in.
 */
package org.paceline.core.film;
