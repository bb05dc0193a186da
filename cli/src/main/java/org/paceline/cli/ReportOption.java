// SPDX-License-Identifier: Apache-2.0
package org.paceline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option of every command that renders: a report on the run. */
final class ReportOption {
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write a report on the run: .html shows what each worker did when, .json is for programs."
              + " May be given twice.")
  private List<Path> files = new ArrayList<>();

  /** Checks the files before a render that may take hours. */
  List<OutputFile> checked() {
    return files.stream().map(file -> OutputFile.checked(file, List.of(".html", ".json"))).toList();
  }
}
