#!/bin/sh
# relinked.sh BUILD [EVERY]: every object of WASI's C and C++ libraries, and of Rust's
# standard library, goes through -r by itself; a link of what comes out must
# give the module that a link of the object gives.  Nothing is dropped in these
# links, so that all of the object takes part.  LLVM's own reader must take what
# comes out, and the judge must find nothing wrong with it, nor with what each
# wasm-ld on PATH makes of every EVERYth object.
set -u
build=$(realpath "$1")
linkspec=$build/linkspec
every=${2:-8}
here=runner/test
. $here/tally.sh
. $here/peers.sh
others=$(every_wasm_ld)

sysroot=/usr/lib/wasm32-wasi
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

final() { # input output
  (cd "$work" && "$linkspec" ld --no-entry --no-gc-sections --allow-undefined \
    --no-check-features "$1" -o out.wasm 2>log) && mv "$work/out.wasm" "$work/$2"
}

# Prints nothing where there is no such reader.
refused() { # object
  command -v obj2yaml-19 >/dev/null || return
  obj2yaml-19 "$work/$1" 2>&1 >"$work/yaml" | head -n 1
}

relinked() { # object
  if ! final "$1" first; then
    fail "$1: does not link: $(head -n 1 "$work/log")"
  elif ! (cd "$work" && "$linkspec" ld -r --no-check-features "$1" -o made.o 2>log); then
    fail "$1: -r refuses it: $(head -n 1 "$work/log")"
  elif ! (cd "$work" && "$linkspec" judge made.o -- -r --no-check-features "$1" >log 2>&1); then
    fail "$1: its -r output is judged wrong: $(head -n 1 "$work/log")"
  elif why=$(refused made.o) && [ "$why" ]; then
    fail "$1: obj2yaml-19 refuses its -r output: $why"
  elif ! final made.o second; then
    fail "$1: its -r output does not link: $(head -n 1 "$work/log")"
  elif cmp -s "$work/first" "$work/second"; then
    pass
  else
    fail "$1: its -r output makes another module"
    "$linkspec" diff "$work/first" "$work/second" | head -n 5
  fi
}

# What the other linkers make of it.
judged() { # object
  for other in $others; do
    if $other -r --no-check-features "$work/$1" -o "$work/theirs.o" 2>"$work/log"; then
      accepted "${other##*/}" "relinked $1" "$work/theirs.o" -r --no-check-features "$work/$1"
    else
      skip "$1: ${other##*/} -r refuses it: $(head -n 1 "$work/log")"
    fi
  done
}

command -v llvm-ar-19 >/dev/null || {
  skip "real objects through -r: llvm-ar-19 is absent"
  tally
  exit
}
for library in $sysroot/libc.a $sysroot/libc++.a $sysroot/libc++abi.a \
  /usr/lib/rustlib/wasm32-wasi/lib/libcore-*.rlib \
  /usr/lib/rustlib/wasm32-wasi/lib/liballoc-*.rlib \
  /usr/lib/rustlib/wasm32-wasi/lib/libstd-*.rlib; do
  if [ ! -e "$library" ]; then
    skip "$(basename "$library") is absent: its objects do not go through -r"
    continue
  fi
  mkdir "$work/members"
  (cd "$work/members" && llvm-ar-19 x "$library")
  for object in "$work"/members/*.o; do
    relinked "members/$(basename "$object")"
    n=$((n + 1))
    [ $((n % every)) != 0 ] || judged "members/$(basename "$object")"
  done
  rm -r "$work/members"
done
tell_wrong
tally
