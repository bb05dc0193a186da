// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.paceline.api.NativeMemory;

/**
 * What every transport must do. A transport's module depends on this one in test scope and has
 *
 * <pre>{@code
 * class RdmaConformanceTest extends TransportConformance {
 *   @Override
 *   public TransportUnderTest underTest() {
 *     return new RdmaUnderTest();
 *   }
 * }
 *
 * public class RdmaUnderTest implements TransportUnderTest {
 *   @Override
 *   public Transport transport() {
 *     return new RdmaTransport();
 *   }
 * }
 * }</pre>
 *
 * {@code mvn verify -pl transport-rdma -Dtest=RdmaConformanceTest} runs it; {@code
 * -Dtest='RdmaConformanceTest#close*'} a part. What {@link TransportUnderTest} has defaults for is
 * overridden where the transport needs it: hostile peers on its own wire, a configuration that asks
 * for a broadcast, where its files are. Tests of what a transport does not have are skipped and say
 * so. {@link Link} is there for the transport's own tests, too.
 */
@Timeout(180)
public abstract class TransportConformance
    implements OrderTests,
        BackPressureTests,
        RegionTests,
        PositionTests,
        LargeWriteTests,
        ConnectTests,
        CloseTests,
        PeerDeathTests,
        HostilePeerTests,
        AllocationTests,
        LeakTests,
        BroadcastTests {
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
