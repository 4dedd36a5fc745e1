#!/bin/sh
# proof.sh BUILD [FAULTS]: correct modules made wrong, one fault at a time, which the judge must
# flag: the outputs of all cases, and real programs of C, C++ and Rust, of each FAULTS.
# Tables of the kinds of fault, then the two figures; exit status 1 when either is too low.
set -u
build=$1
faults=${2:-800}
here=runner/test
. $here/tally.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in make languages; do
  . $here/corpus/$file.sh
done

c() { # name options: a program of C, of $object
  name=$1
  shift
  link "$name" "$@" -L$sysroot $sysroot/crt1-command.o "$work/$object" -lc "$builtins"
}

cxx() {
  name=$1
  shift
  link "$name" "$@" -L$sysroot $sysroot/crt1-command.o "$work/$object" -lc++ -lc++abi -lc "$builtins"
}

programs_of_c() {
  object=small.o
  compile $object real/hello.c -O2
  c c-stripped --strip-all
  c c-import-memory --import-memory --no-gc-sections
  c c-stack-last --no-stack-first --no-merge-data-segments
  c c-emit-relocs --emit-relocs
  object=plain.o
  compile $object real/hello.c -O0
  c c-O0
  object=debug.o
  compile $object real/hello.c -O2 -g
  c c-debug --export-all
  c c-compressed --compress-relocations --strip-debug
  object=position.o
  compile $object real/hello.c -O2 -fPIC
  c c-pic
  link c-relocatable -r $sysroot/crt1-command.o "$work/debug.o"
  link c-library --no-entry --allow-undefined --whole-archive $sysroot/libc.a
}

programs_of_cxx() {
  object=program.o
  compile $object real/program.cc -O2 -fno-exceptions
  cxx c++
  cxx c++-emit-relocs --emit-relocs --strip-debug
  link c++-relocatable -r "$work/program.o" "$work/plain.o"
  object=program-debug.o
  compile $object real/program.cc -O0 -g -fno-exceptions
  cxx c++-debug
  cxx c++-stripped --strip-all
  for flags in -O0 '-O2 -g'; do
    for part in 1 2; do
      # shellcheck disable=SC2086 # a list of flags
      compile "exceptions$part.o" corpus/exceptions.cc -fwasm-exceptions $flags -DPART=$part
      cp "$work/exceptions$part.o" "$work/exceptions$part${flags%% *}.o"
    done
    link "c++-exceptions${flags%% *}" --no-entry --export=run --allow-undefined \
      "$work/exceptions1${flags%% *}.o" "$work/exceptions2${flags%% *}.o"
  done
}

programs_with_threads() {
  for level in 0 2; do
    compile threads$level.o corpus/threads.c -O$level -matomics -mbulk-memory \
      -mthread-model posix -ftls-model=local-exec
    shared="--no-entry --shared-memory --max-memory=1048576 $work/threads$level.o"
    # shellcheck disable=SC2086 # a list of words
    {
      link threads-O$level $shared
      link threads-O$level-import --import-memory --export-all $shared
      link threads-O$level-segments --no-merge-data-segments --no-gc-sections $shared
    }
    link threads-O$level-alone --no-entry --export-all "$work/threads$level.o"
  done
}

programs_of_rust() {
  has_rust || return
  for build_of in 'wasm32-wasi program bin -O' 'wasm32-unknown-unknown library cdylib -O' \
    'wasm32-wasi library cdylib -Copt-level=s -Cdebuginfo=2'; do
    # shellcheck disable=SC2086 # a list of words
    set -- $build_of
    name=rust-$1-$2
    target=$1
    source=$2
    kind=$3
    shift 3
    record "$name" "$target" "$source.rs" --crate-type="$kind" -C panic=abort "$@" || continue
    # shellcheck disable=SC2046 # a command line
    link "$name" $(cat "$work/$name/line")
    # shellcheck disable=SC2046
    link "$name-stripped" --strip-all $(cat "$work/$name/line")
  done
}

status=0
proof() { # name arguments: runs it, keeps what it says at the end
  name=$1
  shift
  "$build/linkspec" judge-proof "$@" >"$build/proof-$name.log" || status=1
  cat "$build/proof-$name.log"
}

proof cases
if command -v clang-19 >/dev/null && [ -e $sysroot/libc++.a ] && [ -n "$builtins" ]; then
  programs_of_c
  programs_of_cxx
  programs_with_threads
  programs_of_rust
  proof programs --programs "$links" --faults "$faults"
else
  echo "clang-19 or the WASI libraries are absent: no real programs"
fi
for name in cases programs; do
  [ -e "$build/proof-$name.log" ] && printf '\n%s: ' $name && sed -n '/^[0-9]* faults, /,$p' "$build/proof-$name.log"
done
exit $status
