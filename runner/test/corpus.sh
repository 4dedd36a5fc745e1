#!/bin/sh
# corpus.sh BUILD [short]: a corpus of links, each by the model and by the newest
# wasm-ld at hand, compared byte for byte; where one refuses, both must.
#
# Inputs are compiled, assembled and packed first (corpus/, real/, and small
# assembly written here); then every part writes the command lines of its links,
# named by the part of wasm-ld that it is about (1 objects ... 13 options; those of
# corpus/sections.sh need no inputs of their own); then all are linked.  What is
# known to differ is in corpus/expected, with the reason, and counts as skipped.
# `short` takes the parts that need no compiler but clang, and fewer links.
set -u
build=$1
short=${2:-}
here=runner/test
. $here/tally.sh
. $here/peers.sh
. $here/corpus/sections.sh

peer=$(rust_lld)
if [ -z "$peer" ]; then
  skip "corpus: LLD of Rust's toolchain is absent"
  tally
  exit
fi
if ! command -v clang-19 >/dev/null || ! command -v llvm-mc-19 >/dev/null; then
  skip "corpus: clang-19 or llvm-mc-19 is absent"
  tally
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
links=$work/links # a line each: part, then the arguments
: >"$links"
sources=$here/corpus
sysroot=/usr/lib/wasm32-wasi
builtins=$(ls /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a 2>/dev/null)

link() { # part arguments...
  echo "$@" >>"$links"
}

# A link with each of the options of a list, a line each, or with none.
with_options() { # list part arguments...
  list=$1
  part=$2
  shift 2
  echo "$list" | while read -r options; do
    # shellcheck disable=SC2086 # a list of words
    link "$part" $options "$@"
  done
}

assemble() { # object [architecture], source on stdin
  llvm-mc-19 -triple="${2:-wasm32}" -no-type-check -mattr=+reference-types,+exception-handling \
    -filetype=obj -o "$work/$1" - 2>"$work/log" ||
    fail "$1: cannot be assembled: $(head -n 1 "$work/log")"
}

compile() { # object source flags...
  object=$1
  source=$2
  shift 2
  case $source in *.cc) compiler=clang++-19 ;; *) compiler=clang-19 ;; esac
  # The same bytes wherever the project lies.
  $compiler --target=wasm32-wasi -ffile-compilation-dir=. -c "$here/$source" \
    -o "$work/$object" "$@" 2>"$work/log" ||
    fail "$object: cannot be compiled: $(head -n 1 "$work/log")"
}

# -- symbols: every state of a name in one object against every state in another --

state() { # kind state value: what the object says of x
  case $1-$2 in
  function-*undefined) echo "	.functype x () -> (i32)" ;;
  *) declare_"$1" "$3" ;;
  esac
  case $2 in
  strong) echo "	.globl x" ;;
  weak | weak-undefined) echo "	.weak x" ;;
  hidden) printf '\t.globl x\n\t.hidden x\n' ;;
  kept) printf '\t.globl x\n\t.no_dead_strip x\n' ;;
  esac
  case $2 in
  *undefined) ;;
  *) define_"$1" "$3" ;;
  esac
}

declare_function() { echo "	.functype x () -> (i32)"; }
declare_other() { echo "	.functype x (i64) -> ()"; }
declare_data() { :; }
declare_global() { echo "	.globaltype x, i32"; }
declare_tag() { echo "	.tagtype x i32"; }
declare_table() { echo "	.tabletype x, externref"; }

define_function() {
  printf '\t.section .text.x,"",@\nx:\n\t.functype x () -> (i32)\n\ti32.const %s\n\tend_function\n' "$1"
}
define_other() {
  printf '\t.section .text.x,"",@\nx:\n\t.functype x (i64) -> ()\n\tend_function\n'
}
define_data() {
  printf '\t.section .data.x,"",@\n\t.p2align 2\nx:\n\t.int32 %s\n\t.size x, 4\n' "$1"
}
define_global() { echo "x:"; }
define_tag() { echo "x:"; }
define_table() { echo "x:"; }

use() { # kind: instructions
  case $1 in
  function) printf '\tcall x\n\tdrop\n\ti32.const x\n\tdrop\n' ;;
  other) printf '\ti64.const 0\n\tcall x\n\ti32.const x\n\tdrop\n' ;;
  data) printf '\ti32.const x+1\n\tdrop\n' ;;
  global) printf '\tglobal.get x\n\tdrop\n' ;;
  tag) printf '\ti32.const 1\n\tthrow x\n' ;;
  table) printf '\ti32.const 0\n\ttable.get x\n\tdrop\n' ;;
  esac
}

states() { # kind
  case $1 in
  function | data) echo strong weak local hidden kept undefined weak-undefined ;;
  other) echo strong weak undefined weak-undefined ;;
  *) echo strong weak local hidden undefined ;;
  esac
}

objects_of_kind() { # kind
  for s in $(states "$1"); do
    value=0
    for side in a b; do
      value=$((value + 1))
      {
        state "$1" "$s" $value
        printf '\t.section .text.use_%s,"",@\n\t.globl use_%s\n\t.export_name use_%s, use_%s\n' \
          $side $side $side $side
        printf 'use_%s:\n\t.functype use_%s () -> ()\n' $side $side
        use "$1"
        echo "	end_function"
      } | assemble "$1-$s-$side.o"
    done
    ar rcD "$work/lib-$1-$s.a" "$work/$1-$s-b.o"
  done
}

POLICIES='
--allow-undefined
--import-undefined
--unresolved-symbols=ignore-all
--warn-unresolved-symbols
--no-gc-sections
--export-all
--export=x
--allow-multiple-definition'

pairs() { # kind kind policies
  for one in $(states "$1"); do
    for two in $(states "$2"); do
      with_options "$3" 3-symbols --no-entry "$work/$1-$one-a.o" "$work/$2-$two-b.o"
      link 2-archives --no-entry "$work/$1-$one-a.o" "$work/lib-$2-$two.a"
      link 2-archives --no-entry "$work/lib-$2-$two.a" "$work/$1-$one-a.o"
    done
  done
}

symbols() {
  kinds='function data global tag table'
  for kind in $kinds other; do objects_of_kind $kind; done
  if [ "$short" ]; then
    pairs function function ''
    pairs data data ''
    return
  fi
  for kind in $kinds; do pairs $kind $kind "$POLICIES"; done
  pairs function other ''
  pairs other function ''
  pairs function data ''
  pairs global function ''
}

# -- parts of C++: groups, constructors, strings, addresses, exports, debugging --

PARTS=
parts() {
  for part in 1 2 3; do
    compile part$part.o corpus/parts.cc -fno-rtti -fno-exceptions -O1 -g -DPART=$part
    compile pic$part.o corpus/parts.cc -fno-rtti -fno-exceptions -O2 -fPIC -DPART=$part
    PARTS="$PARTS $work/part$part.o"
  done
}

OPTIONS='--export-all
--export-dynamic
--no-gc-sections
--print-gc-sections
--allow-undefined
--import-undefined
--unresolved-symbols=ignore-all
--no-merge-data-segments
-O0
-O2
--strip-all
--strip-debug
--strip-all --keep-section=name
--strip-debug --compress-relocations
--no-demangle
--soname=module
--no-stack-first
--no-stack-first --global-base=4096
--global-base=131072
-z stack-size=4096
--initial-memory=1048576
--max-memory=1048576
--initial-heap=65536
--no-growable-memory
--import-memory
--import-memory --export-memory
--import-memory=mod,mem
--export-memory=mem
--import-table
--export-table
--growable-table
--table-base=5
--export=one
--export=names
--export=shared
--export-if-defined=nothing
--entry=one
-u unused
--export=__heap_base
--export=__wasm_call_ctors
--features=mutable-globals,sign-ext,multivalue,reference-types
--extra-features=simd128
--no-check-features
--allow-multiple-definition
--fatal-warnings
--wrap=three
--build-id
--build-id=sha1
--trace
--shared-memory --max-memory=1048576 --no-check-features'

# Every two options together, on the three parts.
options() {
  with_options "
$OPTIONS" 13-options --no-entry $PARTS
  [ "$short" ] && return
  echo "$OPTIONS" >"$work/options"
  awk '{ for (i = 1; i <= n; i++) print line[i], $0; line[++n] = $0 }' "$work/options" >"$work/two"
  with_options "$(cat "$work/two")" 13-options --no-entry $PARTS
}

orders() {
  for order in '1 2 3' '1 3 2' '2 1 3' '2 3 1' '3 1 2' '3 2 1'; do
    for kind in part pic; do
      # shellcheck disable=SC2086 # a list of numbers
      files=$(printf "$work/$kind%s.o " $order)
      with_options '
--no-gc-sections
--export-all' 5-indexes --no-entry $files
    done
  done
}

# -- archives: every form, as clang and ar write them --

archives() {
  for form in gnu bsd darwin; do
    llvm-ar-19 rcD --format=$form "$work/form-$form.a" $PARTS 2>>"$work/log" || continue
    llvm-ar-19 rcDS --format=$form "$work/form-$form-no-index.a" $PARTS 2>>"$work/log"
  done
  llvm-ar-19 rcDT "$work/form-thin.a" $PARTS
  ar rcD "$work/form-ar.a" $PARTS
  cp "$work/part1.o" "$work/a-name-that-is-longer-than-sixteen-bytes.o"
  ar rcD "$work/form-long.a" "$work/a-name-that-is-longer-than-sixteen-bytes.o" "$work/part2.o" "$work/part3.o"
  for library in "$work"/form-*.a; do
    with_options "--export=one
--export=entry2
--export=unused
-u three --export=first" 2-archives --no-entry "$library"
    link 2-archives --no-entry --whole-archive "$library"
    link 2-archives --no-entry "$work/part1.o" "$library"
    link 2-archives --no-entry "$work/pic1.o" "$library" "$library"
  done
  link 2-archives --no-entry --export=first --start-lib $PARTS --end-lib
  link 2-archives --no-entry "$work/part3.o" --start-lib "$work/part2.o" "$work/part1.o" --end-lib
  link 2-archives --no-entry -L"$work" --export=one -l:form-gnu.a
}

# -- objects cut off: both refuse --

cut_off() {
  compile small.o real/hello.c -O1 -g
  size=$(wc -c <"$work/small.o")
  step=$((size / 60))
  [ "$short" ] && step=$((size / 10))
  at=1
  while [ $at -lt "$size" ]; do
    head -c $at "$work/small.o" >"$work/cut-$at.o"
    link 1-objects --no-entry --allow-undefined "$work/cut-$at.o"
    at=$((at + step))
  done
}

# -- relocations: every kind that the assembler writes, for both widths --

relocations() {
  for width in 32 64; do
    sed "s/ADDR/i$width/g" $sources/relocs.s | assemble relocs$width.o wasm$width
    part=8-relocs
    [ $width = 64 ] && part=12-wasm64
    with_options '
--no-gc-sections
--export-all
--table-base=100
--strip-debug --compress-relocations
--strip-all --compress-relocations
--global-base=1048576
--no-stack-first
--import-table
--import-memory
-O0
--allow-undefined
--shared-memory --max-memory=1048576
--shared-memory --max-memory=1048576 --import-memory' $part -m wasm$width --no-entry "$work/relocs$width.o"
    link $part -m wasm$width --no-entry "$work/relocs$width.o" "$work/relocs$width.o"
  done
  link 12-wasm64 --no-entry "$work/relocs64.o"
  link 12-wasm64 -m wasm64 --no-entry "$work/relocs32.o"
}

relocatable() {
  for flag in -r --emit-relocs; do
    with_options '
--strip-debug
--strip-all
--no-demangle
-O0' 9-relocatable $flag --no-entry $PARTS
    link 9-relocatable $flag --no-entry "$work/relocs32.o"
    link 9-relocatable $flag --no-entry -m wasm64 "$work/relocs64.o"
    link 9-relocatable $flag --no-entry "$work/form-gnu.a" "$work/part1.o"
  done
}

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

rust() {
  debian_rustc=/usr/bin/rustc
  rlibs=/usr/lib/rustlib
  if ! [ -x $debian_rustc ] || ! [ -d $rlibs/wasm32-wasi ]; then
    skip "corpus: Debian's rustc or its libstd-rust-dev-wasm32 is absent"
    return
  fi
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

zig_objects() {
  zig=${ZIG:-zig}
  if ! command -v "$zig" >/dev/null; then
    skip "corpus: zig is absent"
    return
  fi
  for target in wasm32-freestanding wasm32-wasi; do
    for mode in Debug ReleaseSafe ReleaseSmall; do
      object=$work/zig-$target-$mode.o
      "$zig" build-obj -target $target -fllvm -O $mode --cache-dir "$work/zig" \
        $sources/object.zig -femit-bin="$object" >"$work/log" 2>&1 || {
        fail "zig $target $mode: $(head -n 1 "$work/log")"
        continue
      }
      with_options "$C_OPTIONS
--export=digits --export=errorLength
--export-dynamic
--allow-undefined --no-gc-sections" real-zig --no-entry "$object"
    done
  done
  "$zig" build-obj -target wasm32-wasi -fllvm -O Debug --cache-dir "$work/zig" \
    $sources/program.zig -femit-bin="$work/zig-program.o" >"$work/log" 2>&1 &&
    with_options "$C_OPTIONS" real-zig "$work/zig-program.o" "$builtins"
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

# -- all links --

# The reason why a link is expected to differ, or nothing.
expected() { # line verdict
  grep -v '^#' $sources/expected | while IFS='	' read -r links verdict reason; do
    # shellcheck disable=SC2254 # patterns
    case $1 in $links) case $2 in $verdict)
      echo "$reason"
      break
      ;;
    esac ;; esac
  done
}

run_links() { # shard: every line whose number leaves this rest
  awk "NR % $jobs == $1" "$links" | while read -r part line; do
    mkdir -p "$work/shard$1"
    # shellcheck disable=SC2086 # a command line
    TMPDIR=$work/shard$1 "$build/linkspec" agree --peer "$peer" -- $line >"$work/out$1" 2>&1
    status=$?
    if [ $status = 0 ]; then
      case $(cat "$work/out$1") in
      identical*) echo "$part equal" ;;
      *) echo "$part refused" ;;
      esac
    elif [ $status = 2 ] && ! $peer $line -o "$work/shard$1/out" >/dev/null 2>&1; then
      echo "$part refused" # options that do not go together
    else
      reason=$(expected "$part $line" "$(tr '\n' ' ' <"$work/out$1")")
      if [ -n "$reason" ]; then
        echo "$part expected $reason"
      else
        echo "$part differs $line: $(head -n 4 "$work/out$1" | tr '\n' ' ')"
      fi
    fi
  done >"$work/result$1"
}

symbols
parts
options
orders
archives
cut_off
relocations
memory
output
threads
if ! [ "$short" ]; then
  relocatable
  whole_objects
  liveness
  simple_relocatable
  independent
fi
real
if ! [ "$short" ]; then
  rust
  zig_objects
fi

jobs=$(nproc)
shard=0
while [ $shard -lt "$jobs" ]; do
  run_links $shard &
  shard=$((shard + 1))
done
wait

# Random links, too: each seed is one.
seeds=4000
[ "$short" ] && seeds=100
"$build/linkspec" random -v --linker "wasm-ld=$peer" --count $seeds >"$work/random" 2>&1
grep -v '^[0-9]* passed\|^ *[0-9]* refused: ' "$work/random"
counts=$(grep '^[0-9]* passed' "$work/random" | tr -dc '0-9 ')
if [ -n "$counts" ]; then
  # shellcheck disable=SC2086 # three numbers
  set -- $counts
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
else
  fail "random links: no closing count"
fi

cat "$work"/result* >"$work/results"
sed -n 's/^\([^ ]*\) differs \(.*\)/\1 \2/p' "$work/results" | while read -r part line; do
  echo "FAIL: $part: repeat: $build/linkspec agree --peer '$peer' -- $line"
done
awk '{ equal[$1] += $2 == "equal"; refused[$1] += $2 == "refused"; other[$1] += $2 == "expected"; bad[$1] += $2 == "differs" }
  END { for (p in equal) printf "%-20s %5d equal %4d both refuse %4d expected %4d differ\n", p, equal[p], refused[p], other[p], bad[p] }' \
  "$work/results" | sort -V
sed -n 's/^[^ ]* expected //p' "$work/results" | sort | uniq -c | sort -rn
count() { grep -c "^[^ ]* $1" "$work/results"; }
passed=$((passed + $(count equal) + $(count refused)))
failed=$((failed + $(count differs)))
skipped=$((skipped + $(count expected)))
tally
