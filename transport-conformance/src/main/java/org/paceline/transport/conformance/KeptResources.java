// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.NativeMemory;

/** What themes of the kit need under them: closes after each test what the test kept. */
@Timeout(180)
public abstract class KeptResources implements ConformanceTest {
  private final List<AutoCloseable> kept = new ArrayList<>();
  private final List<NativeMemory> memories = new ArrayList<>();

  @Override
  public <T extends AutoCloseable> T kept(T resource) {
    kept.add(0, resource);
    return resource;
  }

  @Override
  public NativeMemory kept(NativeMemory memory) {
    memories.add(memory);
    return memory;
  }

  @AfterEach
  void closeAll() {
    CloseHelper.closeAll(kept);
    memories.forEach(NativeMemory::close);
  }
}
