// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.aeron;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.buffer.FileStoreLogFactory;
import io.aeron.driver.buffer.LogFactory;
import io.aeron.driver.buffer.RawLog;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.exceptions.StorageSpaceException;
import java.nio.file.Path;
import org.paceline.api.transport.TransportException;

/**
 * Makes a driver's log buffers, those of publications with all of their memory from the start. A
 * stranger's datagram is enough for an image, so that gets its memory once it is used: see {@link
 * Media#allocate}. Runs on the driver's thread.
 */
final class AllocatedLogs implements LogFactory {
  private final MediaDriver.Context context;
  private LogFactory files;

  /** For a driver that is about to be started with {@code context}. */
  AllocatedLogs(MediaDriver.Context context) {
    this.context = context;
  }

  @Override
  public RawLog newPublication(long correlationId, int termBufferLength, boolean sparse) {
    return allocated(files().newPublication(correlationId, termBufferLength, true));
  }

  @Override
  public RawLog newImage(long correlationId, int termBufferLength, boolean sparse) {
    return files().newImage(correlationId, termBufferLength, true);
  }

  /** The context has its counters only once the driver starts. */
  private LogFactory files() {
    if (files == null) {
      files =
          new FileStoreLogFactory(
              context.aeronDirectoryName(),
              context.filePageSize(),
              true,
              0,
              context.errorHandler(),
              context.systemCounters().get(SystemCounterDescriptor.BYTES_CURRENTLY_MAPPED));
    }
    return files;
  }

  private static RawLog allocated(RawLog log) {
    try {
      SharedMemory.allocate(Path.of(log.fileName()), "a channel's log buffer needs");
      return log;
    } catch (TransportException e) {
      log.free();
      throw new StorageSpaceException(e.getMessage());
    }
  }

  @Override
  public void close() {
    if (files != null) {
      files.close();
    }
  }
}
