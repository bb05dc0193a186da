/**
 * A scene as buffers, chunks and hashes: the manifest both sides share, the host's copy and the
 * worker's store.
 */
package org.paceline.core.scene;
