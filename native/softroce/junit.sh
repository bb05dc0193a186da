#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs JUnit test classes in Soft-RoCE machines, without Maven inside. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: native/softroce/junit.sh [OPTION...] MODULE CLASS... [MODULE CLASS...]...

Runs the test classes CLASS... (full names) of the Maven module MODULE on a Soft-RoCE device (10.77.0.1), with
libdisni in the library path; several modules at the same time, each in a machine of its own.
Compiles the modules and what they depend on first; each must have org.junit.platform:junit-platform-console among
its test dependencies, and write the class path of its tests to target/softroce.classpath.
The XML reports are written to MODULE/target/softroce-reports.

  --built        the modules are compiled already
  --java OPTION  a further option for the JVM; may be repeated
  --timeout S    seconds until a machine is stopped, boot included (default 600)
  --memory MB    memory of a machine (default 4096)

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

jvm=(-XX:+UseSerialGC -Xmx1g -Djava.awt.headless=true
  --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-exports=java.base/sun.nio.ch=ALL-UNNAMED)
# For JVMs that tests start, too. A short life on an emulated processor: compiling well costs more than it
# brings. The JVM's compiler crashes now and then on a second emulated processor.
machine=(--cpus 1 --env JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1)

built=
while (($# > 0)); do
  case $1 in
    --help)
      usage
      exit 0
      ;;
    --built)
      built=yes
      shift
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

# Full names of classes have dots, names of modules have none.
modules=()
declare -A classes
for word; do
  if [[ $word != *.* ]]; then
    [[ -f $ROOT/$word/pom.xml ]] || fail 2 "$word is no module of this project"
    modules+=("$word")
    classes[$word]=
  else
    ((${#modules[@]} > 0)) || fail 2 "name the module of $word before it; see --help"
    classes[${modules[-1]}]+=" --select-class=$word"
  fi
done
((${#modules[@]} > 0)) || { usage >&2; exit 2; }
for module in "${modules[@]}"; do
  [[ -n ${classes[$module]} ]] || fail 2 "no classes of $module are named; see --help"
done

"$HERE/run.sh" --prepare
"$ROOT/native/build.sh" >&2
jvm+=("-Djava.library.path=$("$ROOT/native/build.sh" --print-disni-dir)"
  "-Dpaceline.native.dir=$("$ROOT/native/build.sh" --print-dir)")

if [[ -z $built ]]; then
  (cd "$ROOT" && mvn -B -q -Dstyle.color=never -pl "$(IFS=, && echo "${modules[*]}")" -am process-test-classes) >&2 \
    || fail 1 "${modules[*]} can't be built"
fi

run() {
  local module=$1 target=$ROOT/$1/target class_path reports
  class_path=$target/test-classes:$target/classes:$(<"$target/softroce.classpath")
  [[ $class_path == *junit-platform-console* ]] \
    || fail 2 "$module lacks the test dependency org.junit.platform:junit-platform-console"
  reports=$target/softroce-reports
  rm -rf "$reports"
  mkdir -p "$reports"
  cd "$ROOT/$module"
  # shellcheck disable=SC2086 # the classes are words
  exec "$HERE/run.sh" "${machine[@]}" --out "$reports" -- \
    java "${jvm[@]}" -cp "$class_path" org.junit.platform.console.ConsoleLauncher execute \
    --include-engine=junit-jupiter --disable-banner --disable-ansi-colors --fail-if-no-tests --details=testfeed \
    --reports-dir="$reports" ${classes[$module]}
}

children=()
trap 'kill "${children[@]}" 2>/dev/null' INT TERM
for module in "${modules[@]}"; do
  run "$module" &
  children+=($!)
done
code=0
for child in "${children[@]}"; do
  wait "$child" || code=$?
done
exit "$code"
