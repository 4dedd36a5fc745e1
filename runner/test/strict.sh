#!/bin/sh
# strict.sh BUILD: objects of the world, by the rules of Linking.md: those of
# WASI's and Rust's libraries, those that compilers make, and what linkers and
# strip make of them.  Each must keep every rule, but for what strict.known
# says; and what stands there must occur.
set -u
linkspec=$1/linkspec
here=runner/test
known=$here/strict.known
. $here/tally.sh

sysroot=/usr/lib/wasm32-wasi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A line for each file.  A rule that is broken as strict.known says counts as
# one check that passes, and so does each object of a file without findings.
judge() { # name file
  "$linkspec" validate "$2" >"$work/log" 2>&1
  closing=$(tail -n 1 "$work/log")
  if ! echo "$closing" | grep -qE '^[0-9]+ objects?, [0-9]+ findings?$'; then
    fail "$1: $closing"
    return
  fi
  printf '%-48s %s\n' "$1" "$closing"
  echo "$1" >>"$work/judged"
  sed -n '/: warning: /!s/.* (\([A-Z0-9_]*\))$/\1/p' "$work/log" | sort -u >"$work/found"
  awk -v name="$1" '$1 == name { print $2 }' $known | sort >"$work/known"
  for rule in $(comm -23 "$work/found" "$work/known"); do
    fail "$1: $(grep -m 1 "($rule)" "$work/log")"
  done
  for rule in $(comm -13 "$work/found" "$work/known"); do
    fail "$1: keeps $rule, which strict.known says it breaks"
  done
  passed=$((passed + $(comm -12 "$work/found" "$work/known" | wc -l)))
  [ -s "$work/found" ] || passed=$((passed + ${closing%% *}))
}

# -- libraries --

libraries() { # what prefix file...
  what=$1
  prefix=$2
  shift 2
  if [ ! -e "$1" ]; then # the pattern itself
    skip "$what: absent"
    return
  fi
  for file; do
    judge "$prefix$(basename "$file" | sed 's/-[0-9a-f]*\.rlib$/.rlib/')" "$file"
  done
}

libraries "WASI's libraries" '' $sysroot/*.a $sysroot/*.o
libraries compiler-rt '' /usr/lib/llvm-19/lib/clang/19/lib/wasi/*
libraries "Debian's libraries of Rust" debian: /usr/lib/rustlib/wasm32*/lib/*.rlib
libraries "rustup's libraries of Rust" rustup: \
  "$(rustc --print sysroot 2>/dev/null)"/lib/rustlib/wasm32*/lib/*.rlib

# -- compilers --

compile() { # source flags...
  source=$1
  shift
  compiler=clang-19
  [ "$source" != program.cc ] || compiler=clang++-19
  $compiler --target=wasm32-wasi "$@" -c "$here/real/$source" \
    -o "$work/$source$*.o" >"$work/$source.log" 2>&1
}

clang() { # flags...
  for source in hello.c position.c program.cc; do
    compile $source "$@" &
  done
  wait
  for source in hello.c position.c program.cc; do
    object=$work/$source$*.o
    if [ -e "$object" ]; then
      judge "$source$(echo "$*" | tr -d ' ')" "$object"
    else
      fail "$source $*: does not compile: $(head -n 1 "$work/$source.log")"
    fi
  done
}

if command -v clang-19 >/dev/null && [ -e $sysroot/libc++.a ]; then
  clang -O0
  clang -O2 -g
  clang -g
  clang -O2 -fPIC
  clang -pthread
else
  skip 'objects of clang: clang-19 or the WASI libraries are absent'
fi

zig=${ZIG:-zig}
if command -v "$zig" >/dev/null; then
  for mode in Debug ReleaseSmall; do
    if "$zig" build-obj -target wasm32-wasi -fllvm -O $mode --cache-dir "$work/zig" \
      $here/corpus/object.zig -femit-bin="$work/zig.o" >"$work/log" 2>&1; then
      judge "object.zig:$mode" "$work/zig.o"
    else
      fail "object.zig $mode: does not compile: $(head -n 1 "$work/log")"
    fi
  done
else
  skip 'objects of Zig: zig is absent'
fi

# -- what tools make of objects --

made() { # name command...
  name=$1
  shift
  if "$@" -o "$work/made.o" >"$work/log" 2>&1; then
    judge "$name" "$work/made.o"
  else
    fail "$name: $(head -n 1 "$work/log")"
  fi
}

tools() { # linker command...
  linker=$1
  shift
  made "$linker:libc.a" "$@" -r --whole-archive $sysroot/libc.a
  made "$linker:libc++.a" "$@" -r --whole-archive $sysroot/libc++.a
  for object in 'hello.c-g' 'position.c-O2 -fPIC' 'position.c-pthread' 'program.cc-O2 -g'; do
    made "$linker:$(echo "$object" | tr -d ' ')" "$@" -r "$work/$object.o"
  done
}

if [ -e "$work/hello.c-g.o" ]; then
  tools linkspec "$linkspec" ld
  if command -v wasm-ld-19 >/dev/null; then
    tools wasm-ld-19 wasm-ld-19
  else
    skip 'objects joined by wasm-ld-19: it is absent'
  fi
  if command -v llvm-strip-19 >/dev/null; then
    made strip:hello.c-g llvm-strip-19 --strip-debug "$work/hello.c-g.o"
    made strip:position.c-O2-fPIC llvm-strip-19 --strip-debug "$work/position.c-O2 -fPIC.o"
  else
    skip 'stripped objects: llvm-strip-19 is absent'
  fi
fi
for name in $(sed '/^#/d;s/ .*//' $known); do
  grep -qxF "$name" "$work/judged" || skip "strict.known: $name is not at hand"
done
tally
