// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.channels.NetworkChannel;
import java.nio.channels.Selector;

/** Layers know only those below them. */
@AnalyzeClasses(
    packages = "org.paceline",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
  /** Tests of other modules come in jars. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  /**
   * What sockets an agent waits for is a selector, which each transport with sockets has to know.
   */
  private static final String READINESS = "org[.]paceline[.]api[.]transport[.]Sockets([$].*)?";

  private static final String API = "org.paceline.api..";
  private static final String CORE = "org.paceline.core..";
  private static final String TRANSPORTS = "org.paceline.transport..";
  private static final String CYCLES = "org.paceline.cycles..";
  private static final String REFERENCE = "org.paceline.reference..";
  private static final String DISCOVERY = "org.paceline.discovery..";
  private static final String DISNI = "com.ibm.disni..";
  private static final String CLI = "org.paceline.cli..";

  @ArchTest
  static final ArchRule API_KNOWS_NOTHING_ABOVE =
      noClasses()
          .that()
          .resideInAPackage(API)
          .and()
          .haveNameNotMatching(READINESS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              CORE, TRANSPORTS, DISCOVERY, CYCLES, REFERENCE, CLI, "java.nio.channels..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java[.]net[.].*Socket.*");

  @ArchTest
  static final ArchRule CORE_KNOWS_NO_TRANSPORT_AND_NO_RENDERER =
      noClasses()
          .that()
          .resideInAPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TRANSPORTS, DISCOVERY, CYCLES, REFERENCE, CLI)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(NetworkChannel.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Selector.class);

  @ArchTest
  static final ArchRule TRANSPORTS_KNOW_THE_SPI_ONLY =
      noClasses()
          .that()
          .resideInAPackage(TRANSPORTS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CORE, DISCOVERY, CYCLES, REFERENCE, CLI);

  @ArchTest
  static final ArchRule ONLY_THE_RDMA_TRANSPORT_KNOWS_DISNI =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.paceline.transport.rdma..", DISNI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DISNI);

  @ArchTest
  static final ArchRule DISCOVERY_KNOWS_THE_API_ONLY =
      noClasses()
          .that()
          .resideInAPackage(DISCOVERY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CORE, TRANSPORTS, CYCLES, REFERENCE, CLI);

  @ArchTest
  static final ArchRule DEVICES_KNOW_THE_API_ONLY =
      noClasses()
          .that()
          .resideInAnyPackage(CYCLES, REFERENCE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(CORE, TRANSPORTS, DISCOVERY, CLI);

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_ENDS_THE_PROCESS =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);
}
