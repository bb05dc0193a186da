#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs JUnit test classes of a module in the Soft-RoCE machine, without Maven inside. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: native/softroce/junit.sh [OPTION...] MODULE CLASS...

Runs the test classes CLASS... (full names) of the Maven module MODULE on a Soft-RoCE device (10.77.0.1), with
libdisni in the library path. Compiles the module and what it depends on first; MODULE must have
org.junit.platform:junit-platform-console among its test dependencies.
The XML reports are written to MODULE/target/softroce-reports.

  --java OPTION  a further option for the JVM; may be repeated
  --timeout S    seconds until the machine is stopped, boot included (default 600)
  --memory MB    memory of the machine (default 4096)

Exit codes: 0 all passed, 1 some failed, 2 no tests found, and those of native/softroce/run.sh.
USAGE
}

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=$(dirname "$(dirname "$HERE")")

fail() {
  local code=$1
  shift
  echo "softroce: $*" >&2
  exit "$code"
}

# A short life on an emulated processor: compiling well costs more than it brings.
jvm=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx1g -Djava.awt.headless=true
  --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED
  --add-exports=java.base/sun.nio.ch=ALL-UNNAMED)
machine=()

while (($# > 0)); do
  case $1 in
    --help)
      usage
      exit 0
      ;;
    --java | --timeout | --memory)
      (($# > 1)) || fail 2 "$1 needs a value; see --help"
      if [[ $1 == --java ]]; then
        jvm+=("$2")
      else
        machine+=("$1" "$2")
      fi
      shift 2
      ;;
    -*) fail 2 "unknown option $1; see --help" ;;
    *) break ;;
  esac
done
(($# > 1)) || { usage >&2; exit 2; }
module=$1
shift
[[ -f $ROOT/$module/pom.xml ]] || fail 2 "$module is no module of this project"

"$ROOT/native/build.sh" >&2
jvm+=("-Djava.library.path=$("$ROOT/native/build.sh" --print-disni-dir)")

target=$ROOT/$module/target
class_path_file=$target/softroce.classpath
(cd "$ROOT" && mvn -B -q -Dstyle.color=never -pl "$module" -am test-compile dependency:build-classpath \
  -Dmdep.outputFile=target/softroce.classpath -Dmdep.includeScope=test) >&2 || fail 1 "$module can't be built"
class_path=$target/test-classes:$target/classes:$(<"$class_path_file")
[[ $class_path == *junit-platform-console* ]] \
  || fail 2 "$module lacks the test dependency org.junit.platform:junit-platform-console"

reports=$target/softroce-reports
rm -rf "$reports"
mkdir -p "$reports"
classes=()
for class; do
  classes+=("--select-class=$class")
done
cd "$ROOT/$module"
exec "$HERE/run.sh" "${machine[@]}" --out "$reports" -- \
  java "${jvm[@]}" -cp "$class_path" org.junit.platform.console.ConsoleLauncher execute \
  --disable-banner --disable-ansi-colors --fail-if-no-tests --details=testfeed \
  --reports-dir="$reports" "${classes[@]}"
