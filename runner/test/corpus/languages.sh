# languages.sh: sourced by corpus.sh: programs and libraries of C, C++, Rust and Zig, as their
# compilers make them.  Uses link, with_options and compile.

# -- real programs of C and C++ --

C_FLAGS='-O0
-O1
-O2
-Os
-O0 -g
-O2 -g
-O2 -gdwarf-4
-O2 -fPIC
-O2 -ffunction-sections -fdata-sections
-O2 -fno-inline
-O1 -mno-sign-ext -mno-mutable-globals
-O2 -mbulk-memory -mnontrapping-fptoint
-O2 -msimd128
-O2 -mtail-call -mmultivalue -mreference-types
-O2 -mextended-const
-O1 -g -mcpu=mvp'

C_OPTIONS='
--no-gc-sections
--export-all
--strip-all
--strip-debug
-O0
--strip-debug --compress-relocations
--no-merge-data-segments
--import-memory
--no-stack-first
--build-id=sha1
--emit-relocs --strip-debug'

real() {
  [ -e $sysroot/libc++.a ] && [ -n "$builtins" ] || {
    skip "corpus: WASI's C libraries are absent"
    return
  }
  command='-L'$sysroot' '$sysroot/crt1-command.o
  reactor='-L'$sysroot' --entry=_initialize '$sysroot/crt1-reactor.o
  n=0
  echo "$C_FLAGS" >"$work/flags"
  [ "$short" ] && sed -n '3p;6p' "$work/flags" >"$work/few" && mv "$work/few" "$work/flags"
  while read -r flags; do
    n=$((n + 1))
    # shellcheck disable=SC2086 # a list of flags
    {
      compile hello$n.o real/hello.c $flags
      compile program$n.o real/program.cc -fno-exceptions $flags
    }
    list=$C_OPTIONS
    [ "$short" ] && list='
--strip-all
--export-all'
    with_options "$list" real-c $command "$work/hello$n.o" -lc "$builtins"
    with_options "$list" real-c++ $command "$work/program$n.o" -lc++ -lc++abi -lc "$builtins"
  done <"$work/flags"
  [ "$short" ] && return
  for flags in '-O0' '-O2' '-O2 -g'; do
    # shellcheck disable=SC2086 # a list of flags
    for part in 1 2; do
      compile exceptions$part.o corpus/exceptions.cc -fwasm-exceptions $flags -DPART=$part
      cp "$work/exceptions$part.o" "$work/exceptions$part$(echo "$flags" | tr -d ' ').o"
    done
    with_options "$C_OPTIONS" real-exceptions --no-entry --export=run --allow-undefined \
      "$work/exceptions1$(echo "$flags" | tr -d ' ').o" "$work/exceptions2$(echo "$flags" | tr -d ' ').o"
  done
  for library in c c++ c++abi m; do
    with_options '
--export-all
--strip-debug
-O0' real-libraries --no-entry --allow-undefined --whole-archive $sysroot/lib$library.a
  done
  with_options "$C_OPTIONS" real-reactor $reactor "$work/hello2.o" -lc "$builtins"
}

# -- Rust --

# What rustc gives its linker, with its objects kept; a line for each program.
record() { # name target source flags...
  name=$1
  target=$2
  source=$3
  shift 3
  mkdir -p "$work/$name"
  # shellcheck disable=SC2016 # the script's own variables
  {
    echo '#!/bin/sh'
    echo 'line=; skip=; for a; do case $a in'
    echo "*.o) [ -e \"\$a\" ] && { cp \"\$a\" \"$work/$name/\"; a=$work/$name/\${a##*/}; } ;;"
    echo '-flavor | -o) skip=1; continue ;; --fatal-warnings | --rsp-quoting=*) continue ;; esac'
    echo 'if [ "$skip" ]; then skip=; else line="$line $a"; fi; done'
    echo "echo \"\$line\" >\"$work/$name/line\""
  } >"$work/record"
  chmod +x "$work/record"
  "$debian_rustc" --target "$target" "$@" $sources/"$source" -C linker="$work/record" \
    -C linker-flavor=wasm-ld -o "$work/out.wasm" >"$work/log" 2>&1
  [ -s "$work/$name/line" ] || {
    fail "$name: rustc does not link: $(head -n 1 "$work/log")"
    return 1
  }
}

debian_rustc=/usr/bin/rustc
rlibs=/usr/lib/rustlib

has_rust() {
  [ -x $debian_rustc ] && [ -d $rlibs/wasm32-wasi ] && return
  skip "corpus: Debian's rustc or its libstd-rust-dev-wasm32 is absent"
  return 1
}

rust() {
  has_rust || return
  n=0
  for flags in '-O' '-C opt-level=0' '-C opt-level=s -C debuginfo=2'; do
    n=$((n + 1))
    for target in wasm32-wasi wasm32-unknown-unknown; do
      # shellcheck disable=SC2086 # a list of flags
      for program in program library; do
        kind=bin
        [ $program = library ] && kind=cdylib
        record rust-$program-$target-$n $target $program.rs --crate-type=$kind -C panic=abort $flags || continue
        # shellcheck disable=SC2046 # a command line
        with_options "$C_OPTIONS" real-rust $(cat "$work/rust-$program-$target-$n/line")
      done
    done
  done
  for library in std core alloc compiler_builtins; do
    with_options '
--export-all
--strip-debug' real-rust-libraries --no-entry --allow-undefined $rlibs/wasm32-wasi/lib/lib$library-*.rlib \
      $sysroot/libc.a -u memcpy
  done
  run_program rust "$(cat "$work/rust-program-wasm32-wasi-1/line")" $sources/program.rs.expected
}

# -- Zig --

# An object or, of program.zig, a program; what a target's library lacks is in each.
zig_object() { # object target mode source
  "$zig" build-obj -target "$2" -fllvm -fcompiler-rt -O "$3" --cache-dir "$work/zig" \
    "$sources/$4" -femit-bin="$work/$1" >"$work/log" 2>&1 ||
    fail "zig $4 $2 $3: $(head -n 1 "$work/log")"
}

ZIG_OPTIONS='--export-dynamic
--allow-undefined --no-gc-sections
--export-all --import-undefined
--export-all --shared-memory --max-memory=1048576 --no-check-features
--unresolved-symbols=ignore-all'

zig_objects() {
  zig=${ZIG:-zig}
  if ! command -v "$zig" >/dev/null; then
    skip "corpus: zig is absent"
    return
  fi
  for target in wasm32-freestanding wasm32-wasi; do
    for mode in Debug ReleaseSafe ReleaseSmall; do
      object=zig-$target-$mode.o
      zig_object "$object" $target $mode object.zig
      with_options "$C_OPTIONS
$ZIG_OPTIONS
--export=digits --export=errorLength" real-zig --no-entry "$work/$object"
    done
  done
  for mode in Debug ReleaseSmall; do
    zig_object zig-tables-$mode.o wasm32-freestanding $mode tables.zig
    zig_object zig-host-$mode.o wasm32-freestanding $mode host.zig
    for objects in "$work/zig-tables-$mode.o" "$work/zig-host-$mode.o" \
      "$work/zig-host-$mode.o $work/zig-tables-$mode.o"; do
      # shellcheck disable=SC2086 # a list of objects
      with_options "$C_OPTIONS
$ZIG_OPTIONS" real-zig --no-entry $objects
    done
    zig_object zig-program-$mode.o wasm32-wasi $mode program.zig
    with_options "$C_OPTIONS" real-zig "$work/zig-program-$mode.o"
  done
  "$zig" build-obj -target wasm32-freestanding -fno-llvm --cache-dir "$work/zig" \
    $sources/object.zig -femit-bin="$work/zig-own.o" >"$work/log" 2>&1 &&
    link real-zig --no-entry "$work/zig-own.o" ||
    skip "corpus: zig's own backend makes no objects for wasm32"
}

# The model's program must say what it should.
run_program() { # name line expected
  command -v node >/dev/null || {
    skip "corpus: node is absent: the program of $1 is not run"
    return
  }
  # shellcheck disable=SC2086 # a command line
  "$build/linkspec" ld $2 -o "$work/program.wasm" >"$work/log" 2>&1
  NODE_NO_WARNINGS=1 node $here/real/run.mjs "$work/program.wasm" >"$work/stdout" 2>&1
  if cmp -s "$work/stdout" "$3"; then
    pass
  else
    fail "the program of $1 says $(head -n 3 "$work/stdout")"
  fi
}
