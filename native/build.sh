#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the native side: Cycles' static libraries and its standalone program from the Debian source
# package of Blender, then the bridge, libpaceline_cycles.so, and libdisni.so, which DiSNI needs for RDMA.
# Does nothing when all are up to date.
#
#   native/build.sh                    build what is missing
#   native/build.sh --print-dir        print the directory of libpaceline_cycles.so, bin/cycles and
#                                      studiolights/ if it is up to date; exit 1 if not
#   native/build.sh --print-disni-dir  the same for libdisni.so
#   native/build.sh --print-cache      print where results stay
#
# Results stay in ${PACELINE_CACHE:-${XDG_CACHE_HOME:-~/.cache}/paceline}/native, so checkouts share them.
# Without a home in the environment, as in a systemd unit, it is that of the user database.
# Exit codes: 1 failed (or not up to date), 2 wrong usage, 3 Debian packages are missing.
set -euo pipefail

NATIVE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

home() {
  if [[ -d ${HOME:-} ]]; then
    echo "$HOME"
  else
    getent passwd "$(id -u)" | cut -d: -f6
  fi
}

if [[ -z ${PACELINE_CACHE:-} && -z ${XDG_CACHE_HOME:-} ]]; then
  HOME=$(home || true)
  if [[ -z $HOME ]]; then
    echo "native: user $(id -u) has no home; set PACELINE_CACHE to a directory for the Cycles bridge" >&2
    exit 1
  fi
fi
CACHE="${PACELINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paceline}/native"

# The version that Debian 12 carries. Host and worker must have the same.
BLENDER=3.4.1+dfsg-2

CYCLES_OPTIONS=(
  -DCMAKE_BUILD_TYPE=Release
  "-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG"
  "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG"
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  # Blender's CMake finds Embree's headers on Debian, but forgets to link the library.
  -DCMAKE_CXX_STANDARD_LIBRARIES=-lembree3
)
for feature in CYCLES_STANDALONE CYCLES_EMBREE OPENSUBDIV PUGIXML; do
  CYCLES_OPTIONS+=("-DWITH_$feature=ON")
done
for feature in BLENDER PYTHON PYTHON_INSTALL CYCLES_STANDALONE_GUI CYCLES_OSL CYCLES_LOGGING \
  CYCLES_PATH_GUIDING CYCLES_HYDRA_RENDER_DELEGATE CYCLES_DEVICE_CUDA CYCLES_DEVICE_OPTIX \
  CYCLES_DEVICE_HIP CYCLES_DEVICE_ONEAPI OPENVDB NANOVDB OPENCOLORIO OPENIMAGEDENOISE USD ALEMBIC \
  MOD_OCEANSIM MOD_FLUID MOD_REMESH LIBMV GTESTS INTERNATIONAL GHOST_X11 OPENAL SDL FFTW3 \
  OPENCOLLADA HARU GMP POTRACE; do
  CYCLES_OPTIONS+=("-DWITH_$feature=OFF")
done

PACKAGES=(g++ binutils cmake ninja-build dpkg-dev xz-utils libembree-dev libopenimageio-dev
  libopenexr-dev libosd-dev libpugixml-dev libtbb-dev libepoxy-dev libboost-filesystem-dev
  libboost-regex-dev libboost-thread-dev libboost-system-dev libboost-date-time-dev
  libboost-atomic-dev libjpeg-dev libpng-dev libtiff-dev libwebp-dev libopenjp2-7-dev zlib1g-dev
  libzstd-dev libfreetype-dev libgl-dev libibverbs-dev librdmacm-dev)

key() {
  sha256sum | cut -c1-16
}

CYCLES="$CACHE/cycles-$(printf '%s\n' "$BLENDER" "$(uname -m)" "${CYCLES_OPTIONS[@]}" | key)"
BRIDGE="$CACHE/bridge-$(cd "$NATIVE" \
  && { basename "$CYCLES"; cat CMakeLists.txt exports.map src/*; } | key)"

DISNI="$CACHE/disni-$(cd "$NATIVE/disni" && { uname -m; cat CMakeLists.txt src/*; } | key)"

bridge_up_to_date() {
  [[ -e $BRIDGE/libpaceline_cycles.so && -e $BRIDGE/bin/cycles ]]
}

disni_up_to_date() {
  [[ -e $DISNI/libdisni.so ]]
}

up_to_date() {
  bridge_up_to_date && disni_up_to_date
}

case "${1:-}" in
  --print-dir)
    bridge_up_to_date || exit 1
    echo "$BRIDGE"
    exit 0
    ;;
  --print-disni-dir)
    disni_up_to_date || exit 1
    echo "$DISNI"
    exit 0
    ;;
  --print-cache)
    echo "$CACHE"
    exit 0
    ;;
  "") ;;
  *)
    echo "usage: native/build.sh [--print-dir | --print-disni-dir | --print-cache]" >&2
    exit 2
    ;;
esac

if up_to_date; then
  exit 0
fi

say() {
  echo "native: $*"
}

fail() {
  say "$*" >&2
  exit 1
}

# Runs a command with its output in a log file; shows each tenth of what ninja counts.
logged() {
  local log=$1
  shift
  if ! "$@" 2>&1 | tee -a "$log" | awk '
      /^\[ *[0-9]+%\]/ { split($0, part, /[][% ]+/)
        percent = int(part[2] / 10) * 10
        if (percent > shown) { shown = percent; printf "native:   %d %%\n", percent; fflush() } }'
  then
    tail -n 20 "$log" >&2
    fail "$1 failed; everything it said is in $log"
  fi
}

require_packages() {
  local missing=() package
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^.i' \
      || missing+=("$package")
  done
  command -v javac >/dev/null || fail "no javac; a JDK 17 or newer is needed"
  if ((${#missing[@]} == 0)); then
    return
  fi
  if ((EUID != 0)); then
    say "Debian packages are missing. As root:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 3
  fi
  say "installing ${#missing[@]} Debian packages"
  local log=$LOGS/packages.log
  : >"$log"
  logged "$log" apt-get update
  DEBIAN_FRONTEND=noninteractive logged "$log" \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# The system's own package sources, as sources of source packages, in a directory of our own.
write_source_lists() {
  local parts=$1 codename file
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    awk -v codename="$codename" '
      BEGIN { RS = ""; ORS = "\n\n" }
      $0 ~ "(^|[ \t\n])" codename { gsub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src"); print }
    ' "$file" >"$parts/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -e $file ]] || continue
    awk -v codename="$codename" '
      $1 == "deb" && $0 ~ "[ \t]" codename { sub(/deb/, "deb-src"); print }
    ' "$file" >"$parts/$(basename "$file")"
  done
}

# Leaves the package's original source archive, checked by apt against Debian's signatures, in $1/download.
download_source() {
  local work=$1 log=$LOGS/download.log
  mkdir -p "$work"/apt/{parts,lists/partial,cache/archives/partial} "$work/download"
  write_source_lists "$work/apt/parts"
  local options=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/apt/parts"
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache")
  # Only root has another user to drop to, and that one can't write here.
  ((EUID != 0)) || options+=(-o APT::Sandbox::User=root)
  say "downloading the source of Blender $BLENDER (54 MB)"
  : >"$log"
  # A third party's repository without sources is no reason to stop; the next step tells.
  apt-get "${options[@]}" update >>"$log" 2>&1 || true
  (cd "$work/download" && logged "$log" apt-get "${options[@]}" source --download-only "blender=$BLENDER")
}

unpack_source() {
  local work=$1 archive
  archive=$(echo "$work"/download/blender_*.orig.tar.xz)
  say "unpacking Cycles"
  mkdir "$work/src"
  tar -xf "$archive" -C "$work/src" --strip-components=1 --wildcards \
    '*/CMakeLists.txt' '*/COPYING' '*/build_files' '*/release/freedesktop' '*/doc/license' '*/intern/atomic' '*/intern/cycles' \
    '*/intern/guardedalloc' '*/intern/libc_compat' '*/intern/sky' '*/extern/cuew' '*/extern/hipew' \
    '*/source/blender/blenkernel/BKE_blender_version.h' '*/source/blender/blenlib/BLI_*.h' \
    '*/release/datafiles/studiolights/world'
  rm -r "$work/download"
}

build_cycles() {
  local work=$CACHE/build-cycles log=$LOGS/cycles.log
  rm -rf "$work"
  mkdir -p "$work"
  download_source "$work"
  unpack_source "$work"
  say "building Cycles (some minutes; log: $log)"
  : >"$log"
  logged "$log" cmake -G Ninja -S "$work/src" -B "$work/build" "${CYCLES_OPTIONS[@]}"
  NINJA_STATUS='[%p] ' logged "$log" ninja -C "$work/build" cycles

  # What the bridge needs, and nothing else: objects take several times the room.
  local result=$work/result
  mkdir -p "$result"/{src,bin}
  mv "$work/src/intern" "$result/src/"
  mv "$work/src/release/datafiles/studiolights/world" "$result/studiolights"
  mv "$work/build/lib" "$result/lib"
  mv "$work/build/bin/cycles" "$result/bin/"
  mv "$result" "$CYCLES"
  rm -rf "$work"
}

build_bridge() {
  local work=$CACHE/build-bridge log=$LOGS/bridge.log
  say "building the bridge (log: $log)"
  rm -rf "$work"
  : >"$log"
  logged "$log" cmake -G Ninja -S "$NATIVE" -B "$work/build" \
    "-DCYCLES_DIR=$CYCLES" "-DCYCLES_PACKAGE=$BLENDER"
  NINJA_STATUS='[%p] ' logged "$log" ninja -C "$work/build"
  mkdir "$work/result"
  mv "$work/build/libpaceline_cycles.so" "$work/result/"
  ln -s "../$(basename "$CYCLES")/bin" "../$(basename "$CYCLES")/studiolights" "$work/result/"
  rm -rf "$BRIDGE"
  mv "$work/result" "$BRIDGE"
  rm -rf "$work"
}

build_disni() {
  local work=$CACHE/build-disni log=$LOGS/disni.log
  say "building libdisni (log: $log)"
  rm -rf "$work"
  : >"$log"
  logged "$log" cmake -G Ninja -S "$NATIVE/disni" -B "$work"
  NINJA_STATUS='[%p] ' logged "$log" ninja -C "$work"
  mkdir -p "$DISNI"
  mv "$work/libdisni.so" "$DISNI/"
  rm -rf "$work"
}

LOGS=$CACHE/log
{ mkdir -p "$LOGS" && exec 9>"$CACHE/lock"; } 2>/dev/null \
  || fail "can't write to $CACHE; set PACELINE_CACHE to a directory with 3 GB of room that can be written"
if ! flock -n 9; then
  say "waiting for another build"
  flock 9
fi
# Who held the lock may have built just this.
if ! up_to_date; then
  require_packages
  if ! bridge_up_to_date; then
    [[ -e $CYCLES ]] || build_cycles
    build_bridge
    say "done: $BRIDGE"
  fi
  if ! disni_up_to_date; then
    build_disni
    say "done: $DISNI"
  fi
fi
