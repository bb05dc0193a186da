// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

/** Entry point of the {@code paceline} program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    // Without the flag Agrona fails later, with a NoClassDefFoundError that tells nobody anything.
    if (!Object.class.getModule().isOpen("jdk.internal.misc", Main.class.getModule())) {
      System.err.println(
          "paceline: this JVM needs "
              + ChildJvm.OPENS_FLAG
              + "; start it with the ./paceline script or add the flag");
      System.exit(ExitCodes.ENVIRONMENT);
    }
    Console console = Console.system();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> failed(console, thread, failure));
    System.exit(CommandLines.execute(console, args));
  }

  /** A process that has lost a thread to an error ends; a render writes what it has before. */
  private static void failed(Console console, Thread thread, Throwable failure) {
    console.say("paceline: thread " + thread.getName() + " failed: " + failure);
    if (failure instanceof Error) {
      System.exit(ExitCodes.FAILED);
    }
    failure.printStackTrace(console.err());
  }
}
