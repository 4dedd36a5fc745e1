#!/bin/sh
# threads.sh BUILD [ROUNDS]: a program with threads, compiled with clang, linked
# by the model with --shared-memory, at a fixed place and for a loader, run in
# Node by many workers at once (see threads/run.mjs), and compared byte for byte
# with what wasm-ld writes.  What
# the model and each wasm-ld on PATH write is judged.
set -u
build=$1
rounds=${2:-20}
here=runner/test
. $here/tally.sh
. $here/peers.sh

if ! command -v clang-19 >/dev/null; then
  skip "threads: clang-19 is absent"
  tally
  exit
fi
newest=$(rust_lld)
others=$(every_wasm_ld)
[ -n "$newest" ] || skip "threads: LLD of Rust's toolchain is absent: no comparison with it"
command -v node >/dev/null || skip "threads: node is absent: programs are not run"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# An engine that has 64-bit memories need not have tables with 64-bit indices,
# which the compiler asks for though nothing is called by address.
compile() { # bits system flags
  for file in main other; do
    # shellcheck disable=SC2086 # flags are words
    clang-19 --target=wasm"$1"-unknown-"$2" -ffreestanding -matomics -mbulk-memory $3 \
      -S $here/threads/$file.c -o "$work/$file.s" 2>"$work/log" || return 1
    [ "$1" = 32 ] || sed -i '/no_dead_strip.*__indirect_function_table/d' "$work/$file.s"
    clang-19 --target=wasm"$1"-unknown-"$2" -matomics -mbulk-memory \
      -c "$work/$file.s" -o "$work/$file.o" 2>"$work/log" || return 1
  done
}

place=fixed
arguments() { # bits
  printf '%s ' -m "wasm$1" --no-entry --shared-memory --import-memory --initial-memory=4194304
  printf -- '--export=%s ' __tls_base __tls_size __tls_align __wasm_init_tls __wasm_init_memory_flag
  case $place in
  fixed) printf -- '--export=%s ' __stack_pointer __heap_base ;;
  pie) printf '%s ' -pie --experimental-pic --export=__data_end ;;
  esac
  echo "$work/main.o $work/other.o"
}

link() { # linker bits output
  # shellcheck disable=SC2046,SC2086 # words
  $1 $(arguments "$2") -o "$3" 2>"$work/log"
}

judged() { # bits what
  # shellcheck disable=SC2046 # words
  accepted model "$2" "$work/ours/out.wasm" $(arguments "$1")
  for other in $others; do
    if link "$other" "$1" "$work/theirs/out.wasm"; then
      # shellcheck disable=SC2046
      accepted "${other##*/}" "$2" "$work/theirs/out.wasm" $(arguments "$1")
    else
      skip "threads, $2: ${other##*/} does not link: $(head -n 1 "$work/log")"
    fi
  done
}

same() { # bits what
  [ -n "$newest" ] || return
  if ! link "$newest" "$1" "$work/theirs/out.wasm"; then
    fail "threads, $2: wasm-ld fails: $(head -n 1 "$work/log")"
  elif cmp -s "$work/ours/out.wasm" "$work/theirs/out.wasm"; then
    pass
  else
    fail "threads, $2: differs from $newest"
  fi
}

WIDE=--experimental-wasm-memory64
# Whether a module (import "env" "memory" (memory i64 1 1 shared)) can be run.
runs_wide() {
  node $WIDE -e 'new WebAssembly.Instance(
    new WebAssembly.Module(Buffer.from(
      "0061736d0100000002100103656e76066d656d6f727902070101", "hex")),
    { env: { memory: new WebAssembly.Memory(
      { initial: 1, maximum: 1, shared: true, index: "i64" }) } })' 2>"$work/log"
}

run() { # bits what
  command -v node >/dev/null || return
  wide=
  if [ "$1" = 64 ]; then
    wide=$WIDE
    runs_wide || { skip "threads, $2: this node has no shared 64-bit memory"; return; }
  fi
  # shellcheck disable=SC2086 # no word, or one
  [ "$place" = fixed ] || wide="$wide --experimental-wasm-extended-const"
  if node $wide $here/threads/run.mjs "$work/ours/out.wasm" "$1" "$rounds" >"$work/log" 2>&1; then
    pass
    echo "ok $2: $(cat "$work/log")"
  else
    fail "threads, $2: $(head -n 3 "$work/log")"
  fi
}

mkdir "$work/ours" "$work/theirs"
# For emscripten -fPIC reaches thread-local data of other objects by the GOT.
for variant in '32 unknown fixed -O0' '32 unknown fixed -O2' '32 emscripten fixed -O2 -fPIC' \
  '64 unknown fixed -O2' '32 unknown pie -O0 -fPIC' '32 emscripten pie -O2 -fPIC' \
  '32 unknown pie -O2 -fPIC -mextended-const'; do
  # shellcheck disable=SC2086 # words
  set -- $variant
  bits=$1
  system=$2
  place=$3
  shift 3
  if ! compile "$bits" "$system" "$*"; then
    fail "threads, $variant: does not compile: $(head -n 1 "$work/log")"
  elif ! link "$build/linkspec ld" "$bits" "$work/ours/out.wasm"; then
    fail "threads, $variant: does not link: $(head -n 1 "$work/log")"
  else
    judged "$bits" "$variant"
    same "$bits" "$variant"
    run "$bits" "$variant"
  fi
done
tell_wrong
tally
