// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.paceline.api.device.RenderDeviceProvider;
import org.paceline.core.Transports;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Says what this is and what it could render with here. */
@Command(
    name = "version",
    description = "Show version, Java, devices and transports of this machine.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private final Console console;

  /** As picocli's version provider, which it instantiates itself. */
  VersionCommand() {
    this(null);
  }

  VersionCommand(Console console) {
    this.console = console;
  }

  static String version() {
    Properties properties = new Properties();
    try (InputStream stream = VersionCommand.class.getResourceAsStream("version.properties")) {
      properties.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"paceline " + version()};
  }

  @Override
  public Integer call() {
    console.result("paceline " + version());
    console.result("java " + Runtime.version() + ", " + System.getProperty("java.vendor"));
    for (RenderDeviceProvider provider : Devices.all()) {
      String reason = provider.unavailable();
      console.result(
          "device " + provider.name() + ": " + (reason.isEmpty() ? "available" : reason));
    }
    Transports transports = new Transports();
    transports.schemes().forEach(scheme -> console.result("transport " + scheme + ": available"));
    transports
        .unavailable()
        .forEach((scheme, reason) -> console.result("transport " + scheme + ": " + reason));
    return ExitCodes.OK;
  }
}
