// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program without a command: only its help. */
@Command(
    name = "paceline",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionCommand.class,
    header = "Renders one image on several machines at once.%n",
    footer = {
      "%nCommands of the ./paceline script itself:",
      "  simulate Look for faults: whole clusters in virtual time, from seeds.",
      "  native   Build the Cycles bridge, which 'render', 'bench' and 'worker' need.",
      "  test     Set up whatever is missing and run every test.",
      "%nExamples:",
      "  ./paceline demo                         a picture, with nothing installed",
      "  ./paceline render scene.xml -o out.exr  on this machine's cores",
      "  ./paceline worker --key-file key        on each machine that helps; then:",
      "  ./paceline render scene.xml -o out.exr --key-file key     finds them",
      "%nExit codes: 0 done, 1 failed, 2 wrong arguments, 3 something is missing that",
      "must be installed or built, 130 interrupted (with what was done written)."
    })
@SuppressWarnings("UnusedVariable") // picocli acts on the help and version options itself
final class PacelineCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log what happens, and show where an error came from.")
  private boolean verbose;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  private boolean version;

  boolean verbose() {
    return verbose;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "give a command");
  }
}
