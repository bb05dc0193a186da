// SPDX-License-Identifier: Apache-2.0
package org.paceline.transport.conformance;

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
 * so. {@link Link} is there for the transport's own tests, too, and a class that extends {@link
 * KeptResources} and implements some of the themes runs those, under conditions of its own.
 */
public abstract class TransportConformance extends KeptResources
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
        BroadcastTests {}
