#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command on a Soft-RoCE device: RDMA verbs in software, for machines without RDMA hardware.
# Boots Debian's kernel in a small virtual machine whose root is this machine's, read-only. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: native/softroce/run.sh [OPTION...] [--] COMMAND [ARGUMENT...]
       native/softroce/run.sh --prepare

Runs COMMAND in a virtual machine that has one Soft-RoCE device, rxe0, with the address 10.77.0.1.
Its root is this machine's, read-only; /tmp, /run and /dev/shm are its own and empty. COMMAND starts in the
current directory, as root, with no other network and no input; its output and exit code
become this script's. With --prepare, only what it takes is made ready: Debian packages, which are
installed if this is root, a kernel and its initrd.

  --out DIR         a directory to write into, under the same path inside and outside; may be repeated
  --env NAME=VALUE  set for COMMAND; may be repeated
  --timeout S       seconds until the machine is stopped, boot included (default 600)
  --memory MB       memory of the machine (default 4096)
  --cpus N          processors of the machine (default 2)

Exit codes of its own: 2 wrong usage, 123 the machine didn't come up or died, 124 time-out,
125 it can't be had here. Kernel and initrd stay in
${PACELINE_CACHE:-${XDG_CACHE_HOME:-~/.cache}/paceline}/softroce.
USAGE
}

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CACHE="${PACELINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paceline}/softroce"
PACKAGES=(qemu-system-x86 busybox-static cpio kmod rdma-core ibverbs-providers iproute2)
# What the machine needs of a kernel built for everything; the modules that these need come with them.
MODULES=(virtio_pci virtio_console 9pnet_virtio 9p crc32_generic dummy rdma_rxe ib_uverbs rdma_ucm sch_netem)

out=()
environment=()
prepare=
timeout=600
memory=4096
cpus=2

fail() {
  local code=$1
  shift
  echo "softroce: $*" >&2
  exit "$code"
}

number() {
  [[ $2 =~ ^[1-9][0-9]{0,6}$ ]] || fail 2 "$1 needs a positive number, not '$2'"
}

while (($# > 0)); do
  case $1 in
    --help)
      usage
      exit 0
      ;;
    --)
      shift
      break
      ;;
    --prepare)
      prepare=yes
      shift
      ;;
    --out | --env | --timeout | --memory | --cpus)
      (($# > 1)) || fail 2 "$1 needs a value; see --help"
      case $1 in
        --out)
          [[ -d $2 ]] || fail 2 "--out $2 is no directory"
          out+=("$(realpath -- "$2")")
          ;;
        --env)
          [[ $2 =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || fail 2 "--env needs NAME=VALUE, not '$2'"
          environment+=("$2")
          ;;
        *)
          number "$1" "$2"
          declare "${1#--}=$2"
          ;;
      esac
      shift 2
      ;;
    -*) fail 2 "unknown option $1; see --help" ;;
    *) break ;;
  esac
done
(($# > 0)) || [[ -n $prepare ]] || { usage >&2; exit 2; }

missing_packages() {
  comm -23 <(printf '%s\n' "${PACKAGES[@]}" | sort) <(installed_packages)
}

installed_packages() {
  dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' "${PACKAGES[@]}" 2>/dev/null \
    | sed -n 's/^.i //p' | sort
}

require_packages() {
  local missing command log
  [[ $(uname -m) == x86_64 ]] || fail 125 "only an x86_64 machine can run it, and this is $(uname -m)"
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} > 0)) || return 0
  command="apt-get install --no-install-recommends ${missing[*]}"
  ((EUID == 0)) || fail 125 "Debian packages are missing; as root: $command"
  mkdir -p "$CACHE"
  log=$CACHE/packages.log
  echo "softroce: installing ${#missing[@]} Debian packages" >&2
  { apt-get update && DEBIAN_FRONTEND=noninteractive $command -y; } >"$log" 2>&1 </dev/null \
    || fail 125 "$command failed; what it said is in $log"
}

# Debian's kernel of this release and an initrd with the modules, made once.
prepare_kernel() {
  local package version
  package=$(apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends/ { print $2; exit }')
  [[ -n $package ]] || fail 125 "apt knows no linux-image-amd64; run apt-get update"
  version=${package#linux-image-}
  kernel=$CACHE/$version-$({ cat "$HERE/init"; echo "${MODULES[*]}"; } | sha256sum | cut -c1-12)
  [[ ! -e $kernel/initrd ]] || return 0
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  if [[ ! -e $kernel/initrd ]]; then
    echo "softroce: downloading the kernel $version (70 MB), once" >&2
    build_kernel "$package" "$version"
  fi
  exec 9>&-
}

build_kernel() {
  local package=$1 version=$2 module file name work=$CACHE/work
  rm -rf "$work"
  mkdir -p "$work"/{download,result} "$work"/initrd/{bin,lib,newroot,proc,sys,dev}
  (cd "$work/download" && apt-get download -qq -o APT::Sandbox::User=root "$package" >&2) \
    || fail 125 "can't download $package; run apt-get update, or look at the network"
  dpkg -x "$work"/download/*.deb "$work/root"
  depmod -b "$work/root" "$version"
  cp "$(command -v busybox)" "$work/initrd/bin/"
  install -m 755 "$HERE/init" "$work/initrd/init"
  : >"$work/initrd/modules"
  for module in "${MODULES[@]}"; do
    modprobe -S "$version" -d "$work/root" --show-depends "$module" | while read -r _ file _; do
      name=$(basename "$file")
      if ! grep -qx "$name" "$work/initrd/modules"; then
        cp "$file" "$work/initrd/lib/"
        echo "$name" >>"$work/initrd/modules"
      fi
    done
  done
  cp "$work/root/boot/vmlinuz-$version" "$work/result/vmlinuz"
  (cd "$work/initrd" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/result/initrd"
  rm -rf "$kernel"
  mv "$work/result" "$kernel"
  rm -rf "$work"
}

# What the guest is told: its script, where to mount what, and the command.
write_control() {
  local directory index=0
  cp "$HERE/guest" "$control/guest"
  mkfifo "$control/stdout" "$control/stderr"
  : >"$control/mounts"
  for directory in "${out[@]}"; do
    printf 'out%d %s\n' $((index++)) "$directory" >>"$control/mounts"
  done
  {
    printf 'export HOME=%q\n' "$HOME"
    ((${#environment[@]} == 0)) || printf 'export %q\n' "${environment[@]}"
    printf 'cd %q || exit\nexec' "$PWD"
    printf ' %q' "$@"
    echo
  } >"$control/command"
}

choose_machine() {
  local directory index=0
  machine=(
    -nodefaults -no-user-config -display none -no-reboot -nic none
    -smp "$cpus" -m "$memory"
    -kernel "$kernel/vmlinuz" -initrd "$kernel/initrd" -append "console=ttyS0 panic=-1 quiet"
    -chardev "file,id=console,path=$control/console" -serial chardev:console
    -device virtio-serial
    -chardev "file,id=stdout,path=$control/stdout" -device virtserialport,chardev=stdout,name=stdout
    -chardev "file,id=stderr,path=$control/stderr" -device virtserialport,chardev=stderr,name=stderr
    -virtfs "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap"
    -virtfs "local,path=$control,mount_tag=control,security_model=none,multidevs=remap"
  )
  for directory in "${out[@]}"; do
    machine+=(-virtfs
      "local,path=${directory//,/,,},mount_tag=out$((index++)),security_model=none,multidevs=remap")
  done
  # Some clouds show a /dev/kvm under which a machine starts and then stands still.
  if [[ -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
    machine+=(-accel kvm -cpu host)
  else
    # A plain processor: emulated vector units make kernel and JVM choose code that is slower to emulate.
    machine+=(-accel "tcg,thread=multi" -cpu Nehalem)
  fi
}

clean_up() {
  if ((${#children[@]} > 0)); then
    kill "${children[@]}" 2>/dev/null || true
    wait "${children[@]}" 2>/dev/null || true
  fi
  rm -rf "$control"
}

run() {
  local status=0
  cat "$control/stdout" &
  children+=($!)
  cat "$control/stderr" >&2 &
  children+=($!)
  timeout --kill-after=5 "$timeout" qemu-system-x86_64 "${machine[@]}" \
    </dev/null >"$control/qemu" 2>&1 &
  children+=($!)
  wait $! || status=$?
  if [[ -e $control/up ]]; then
    # What was said last is still on its way.
    wait "${children[@]:0:2}"
  fi
  if [[ -e $control/status ]]; then
    exit "$(<"$control/status")"
  fi
  ((status != 124)) || fail 124 "stopped after $timeout s"
  tail -q -n 15 "$control/qemu" "$control/console" >&2 || true
  [[ ! -e $control/up ]] || fail 123 "the virtual machine died"
  fail 123 "the virtual machine didn't come up"
}

require_packages
prepare_kernel
[[ -z $prepare ]] || exit 0
children=()
control=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
write_control "$@"
choose_machine
run
