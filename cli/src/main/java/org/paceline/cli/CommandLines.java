// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.paceline.api.ConfigurationException;
import org.paceline.api.FileWriteException;
import org.paceline.api.device.DeviceException;
import org.paceline.api.transport.TransportException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Assembles the command line and turns whatever goes wrong into a sentence and an exit code. */
final class CommandLines {
  private CommandLines() {}

  /** Runs one command. */
  static int execute(Console console, String... args) {
    PacelineCommand paceline = new PacelineCommand();
    CommandLine commandLine = create(console, paceline);
    try {
      return allWritten(console, commandLine.execute(args));
    } catch (OutOfMemoryError e) {
      return report(
          console,
          paceline,
          e,
          ExitCodes.FAILED,
          "not enough memory: " + e.getMessage() + "; render smaller or free some");
    } catch (LinkageError e) {
      return report(
          console,
          paceline,
          e,
          ExitCodes.ENVIRONMENT,
          "a library can't be loaded: " + e.getMessage());
    }
  }

  /** What a program reads from standard output must not end early unnoticed. */
  private static int allWritten(Console console, int exitCode) {
    if (console.out().checkError() && exitCode == ExitCodes.OK) {
      console.say("paceline: standard output can't be written; is its disk full?");
      return ExitCodes.FAILED;
    }
    return exitCode;
  }

  private static CommandLine create(Console console, PacelineCommand paceline) {
    CommandLine commandLine =
        new CommandLine(paceline)
            .addSubcommand(new DemoCommand(console))
            .addSubcommand(new RenderCommand(console))
            .addSubcommand(new WorkerCommand(console))
            .addSubcommand(new NodesCommand(console))
            .addSubcommand(new TopCommand(console))
            .addSubcommand(new BenchCommand(console))
            .addSubcommand(new VersionCommand(console))
            .addSubcommand(new ClassDataCommand());
    commandLine.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    commandLine.setExecutionExceptionHandler(
        (exception, failed, parsed) -> {
          keepInterrupt(exception);
          return report(console, paceline, exception, exitCode(exception), sentence(exception));
        });
    commandLine.setParameterExceptionHandler(
        (exception, args) -> {
          console.say("paceline: " + exception.getMessage());
          CommandLine.UnmatchedArgumentException.printSuggestions(exception, commandLine.getErr());
          console.say(
              "See '" + exception.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
          return ExitCodes.USAGE;
        });
    commandLine.setExecutionStrategy(parsed -> run(parsed, paceline));
    return commandLine;
  }

  private static int run(ParseResult parsed, PacelineCommand paceline) {
    if (paceline.verbose()) {
      // Read once, when the first logger is made.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static void keepInterrupt(Exception exception) {
    if (exception instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
  }

  private static int exitCode(Exception exception) {
    if (exception instanceof CliException known) {
      return known.exitCode();
    }
    return exception instanceof ConfigurationException ? ExitCodes.USAGE : ExitCodes.FAILED;
  }

  private static String sentence(Exception exception) {
    boolean meantForPeople =
        exception instanceof CliException
            || exception instanceof ConfigurationException
            || exception instanceof DeviceException
            || exception instanceof FileWriteException
            || exception instanceof TransportException;
    return meantForPeople
        ? exception.getMessage()
        : "unexpected " + exception + " (--verbose shows where)";
  }

  private static int report(
      Console console, PacelineCommand paceline, Throwable cause, int exitCode, String sentence) {
    console.say("paceline: " + sentence);
    if (paceline.verbose()) {
      cause.printStackTrace(console.err());
    }
    return exitCode;
  }
}
