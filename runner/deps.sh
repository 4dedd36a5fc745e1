#!/bin/sh
# deps.sh: installs what is missing, where there is apt; else says what to
# install.  Quiet when nothing is missing.
#
# To build:    the compiler, pkg-config, Lua, LuaFileSystem, argparse (options of
#              the Lua commands), dkjson (reports), libmd and xxHash (hashes of
#              inputs and goldens, build ids), libc++abi (LLVM's demangler).
# To test:     Criterion; luacheck and clang-format; clang with WASI's C and
#              C++ libraries and LLVM's assembler and archiver, to make real
#              objects; wasm-ld as a peer; wabt's wasm-validate; Node, to run
#              what was linked; Chromium, for nothing else tells whether the
#              page of `linkspec matrix` works.  (Rust's libraries for wasm32,
#              where present, are tested too; 260 MB are too many to install
#              for a few more inputs.)
set -eu

build='gcc make pkg-config liblua5.4-dev lua-filesystem lua-argparse lua-dkjson
  libmd-dev libxxhash-dev libc++abi-19-dev'
test='libcriterion-dev lua5.4 lua-check clang-format-19 clang-19 llvm-19 lld-19
  wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 libclang-rt-19-dev-wasm32
  libclang-rt-19-dev wabt nodejs chromium'

# Programs may come from elsewhere than a package.
have() {
  case $1 in
  nodejs) command -v node >/dev/null || command -v nodejs >/dev/null ;;
  gcc | make | pkg-config | chromium) command -v "$1" >/dev/null ;;
  *) dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok' ;;
  esac
}

if ! command -v apt-get >/dev/null; then
  for program in gcc pkg-config lua5.4 luacheck clang-format-19 clang-19 \
    llvm-mc-19 wasm-ld-19 wasm-validate node chromium; do
    command -v $program >/dev/null ||
      echo "deps: $program is missing; no apt here, install it by hand" >&2
  done
  for library in lua5.4 libmd libxxhash criterion; do
    pkg-config --exists $library 2>/dev/null ||
      echo "deps: library $library is missing; install it by hand" >&2
  done
  exit 0
fi

missing=
for package in $build $test; do
  have "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "deps: neither root nor sudo; install:$missing" >&2
    exit 1
  fi
  sudo=sudo
fi
echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
