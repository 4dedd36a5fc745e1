#!/bin/sh
# real.sh BUILD: real programs.  Each is compiled with clang for WASI, linked by
# the model, run in Node, and compared byte for byte with what wasm-ld writes:
# the newest at hand, and version 19, beside which the model is called with
# --no-stack-first, 19's default.  What the model and each wasm-ld on PATH write
# is judged.
set -u
build=$1
here=runner/test
. $here/tally.sh
. $here/peers.sh

sysroot=/usr/lib/wasm32-wasi
builtins=$(ls /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a 2>/dev/null)
if ! command -v clang-19 >/dev/null || [ ! -e $sysroot/libc++.a ] || [ -z "$builtins" ]; then
  skip "real programs: clang-19 or the WASI libraries are absent"
  tally
  exit
fi
newest=$(rust_lld)
others=$(every_wasm_ld)
[ -n "$newest" ] || skip "LLD of Rust's toolchain is absent: no comparison with it"
command -v wasm-ld-19 >/dev/null || skip "wasm-ld-19 is absent: no comparison with it"
command -v node >/dev/null || skip "node is absent: programs are not run"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/ours" "$work/theirs"
: >"$work/refused"

compile() { # program flags object
  case $1 in
  hello) clang-19 --target=wasm32-wasi $2 -c $here/real/hello.c -o "$3" ;;
  # Thread-local storage needs these features, in one thread too.
  position) clang-19 --target=wasm32-wasi -matomics -mbulk-memory $2 -c $here/real/position.c -o "$3" ;;
  program) clang++-19 --target=wasm32-wasi -fno-exceptions $2 -c $here/real/program.cc -o "$3" ;;
  esac
}

# The command line that clang gives the linker, but for the output's name.
arguments() { # program object options
  libs=-lc
  if [ "$3" = whole-libc ]; then
    libs="--whole-archive $sysroot/libc.a --no-whole-archive"
    set -- "$1" "$2" ''
  fi
  [ "$1" = program ] && libs="-lc++ -lc++abi $libs"
  echo "-m wasm32 -L$sysroot $3 $sysroot/crt1-command.o $2 $libs $builtins"
}

runs() { # program what
  command -v node >/dev/null || return 0
  NODE_NO_WARNINGS=1 node $here/real/run.mjs "$work/ours/out.wasm" last >"$work/stdout" 2>&1
  if cmp -s "$work/stdout" $here/real/"$1".expected; then
    pass
  else
    fail "$2: output differs:"
    diff $here/real/"$1".expected "$work/stdout" | head -5
  fi
}

judged() { # what arguments...
  what=$1
  shift
  accepted model "$what" "$work/ours/out.wasm" "$@"
  for other in $others; do
    if $other "$@" -o "$work/theirs/out.wasm" 2>"$work/log"; then
      accepted "${other##*/}" "$what" "$work/theirs/out.wasm" "$@"
    else # an option of the model's own, or a newer one
      echo "${other##*/} does not link: $(head -n 1 "$work/log")" >>"$work/refused"
    fi
  done
}

same() { # linker what arguments...
  linker=$1
  what=$2
  shift 2
  $linker "$@" -o "$work/theirs/out.wasm" >"$work/log" 2>&1 || {
    fail "$what: $linker fails: $(head -n 1 "$work/log")"
    return
  }
  if cmp -s "$work/ours/out.wasm" "$work/theirs/out.wasm"; then
    pass
  else
    fail "$what: differs from $linker; repeat: $build/linkspec agree --peer '$linker' -- $*"
  fi
}

# wasm-ld 19 differs under --export-all by two exports that 22 has: nothing else.
same_but_for_exports() { # what arguments...
  what=$1
  shift
  wasm-ld-19 "$@" -o "$work/theirs/out.wasm" 2>"$work/log"
  for side in ours theirs; do
    wasm-objdump -j Export -x "$work/$side/out.wasm" | sed -n 's/.*-> "\(.*\)"/\1/p' |
      sort >"$work/$side/exports"
  done
  more=$(comm -3 "$work/ours/exports" "$work/theirs/exports" | tr -d '\t' | tr '\n' ' ')
  if [ "$more" = "__stack_pointer __wasm_first_page_end " ]; then
    pass
  else
    fail "$what: exports differ from wasm-ld-19 by: $more"
  fi
}

link() { # what arguments...
  what=$1
  shift
  "$build/linkspec" ld "$@" -o "$work/ours/out.wasm" >"$work/log" 2>&1 || {
    fail "$what: does not link: $(head -n 3 "$work/log")"
    return 1
  }
}

check() { # program object options what
  # shellcheck disable=SC2046 # a command line
  set -- "$1" "$3" "$4" $(arguments "$1" "$2" "$3")
  program=$1
  options=$2
  what=$3
  shift 3
  link "$what" "$@" || return
  judged "$what" "$@"
  # --export-all exports __wasm_call_ctors too: constructors are then the
  # host's business, and this host does not call them.
  [ "$options" = --export-all ] || runs "$program" "$what"
  [ "$options" != --layout=zig ] || return # nobody else's
  [ -z "$newest" ] || same "$newest" "$what" "$@"
  command -v wasm-ld-19 >/dev/null || return
  # 19 takes an offset in the TLS block for an address.
  [ "$program" != position ] || return
  case $options in
  --stack-first) same wasm-ld-19 "$what" "$@" ;;
  *no-stack-first* | --import-memory* | --shared-memory*) ;; # not 19's
  *)
    link "$what, stack last" "$@" --no-stack-first || return
    case $options in
    --export-all) same_but_for_exports "$what, stack last" "$@" ;;
    *) same wasm-ld-19 "$what, stack last" "$@" ;;
    esac
    ;;
  esac
}

for program in hello program position; do
  for flags in -O2 -g '-O2 -g' '-O2 -fPIC'; do
    object=$work/$program.o
    if ! compile $program "$flags" "$object" 2>"$work/log"; then
      fail "$program $flags: does not compile: $(head -n 1 "$work/log")"
      continue
    fi
    for options in '' --no-gc-sections --export-all --strip-all --strip-debug --stack-first \
      --no-stack-first --layout=zig --global-base=131072 -O0 -O2 '--import-memory --export-memory' --no-merge-data-segments whole-libc \
      '--shared-memory --max-memory=1048576 --no-check-features'; do
      check $program "$object" "$options" "$program $flags $options"
    done
  done
done
tell_wrong
sort "$work/refused" | uniq -c >"$work/log"
while read -r n line; do
  skip "not judged, $n times: $line"
done <"$work/log"
tally
