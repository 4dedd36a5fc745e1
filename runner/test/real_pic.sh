#!/bin/sh
# real_pic.sh BUILD: real modules for a loader.  C and C++ are compiled with -fPIC in many ways,
# linked by the model with -shared, with -pie, and with what is undefined left to the loader, and
# compared byte for byte with what the newest wasm-ld at hand writes.  All of it, and what each
# wasm-ld on PATH writes, must be valid.  Then a program is loaded beside its two libraries
# (real/pic, real/load.mjs) and must find everything where it is.  The libraries that the newest
# writes are lifted into cases.
set -u
build=$1
here=runner/test
. $here/tally.sh
. $here/peers.sh

if ! command -v clang-19 >/dev/null || [ ! -e /usr/include/wasm32-wasi/iostream ] &&
  [ ! -e /usr/include/wasm32-wasi/c++/v1/iostream ]; then
  skip "modules for a loader: clang-19 or the WASI headers are absent"
  tally
  exit
fi
newest=$(rust_lld)
others=$(every_wasm_ld)
[ -n "$newest" ] || skip "LLD of Rust's toolchain is absent: no comparison with it"
command -v node >/dev/null || skip "node is absent: modules are not validated, nor loaded"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/all" "$work/ours" "$work/theirs" "$work/libraries"

# What this node has not yet for all.
NEW=
for flag in --experimental-wasm-extended-const --experimental-wasm-memory64; do
  node $flag -e 0 2>/dev/null && NEW="$NEW $flag"
done
# Whether it knows (table i64 0 funcref).
# shellcheck disable=SC2086 # words
knows_wide_tables() {
  node $NEW -e 'new WebAssembly.Module(Buffer.from("0061736d010000000404017004" + "00", "hex"))' 2>/dev/null
}

# -- objects

# Without a C library of PIC objects programs have none: what they need of it is imported.
compile() { # target source flags object
  case $2 in
  *.cc) compiler="clang++-19 -fno-rtti" ;;
  *) compiler=clang-19 ;;
  esac
  # shellcheck disable=SC2086 # words
  $compiler --target="$1" -fPIC -Werror $3 -c "$2" -o "$4" 2>"$work/log" ||
    { fail "$2 $3: does not compile: $(head -n 1 "$work/log")" && false; }
}

PARTS='main.c one.c two.cc parts.cc'

program() { # target flags
  for source in $PARTS; do
    compile "$1" $here/real/pic/"$source" "-fno-exceptions -fno-threadsafe-statics $2" \
      "$work/${source%.*}.o" || return
  done
}

# -- links

wide=no
if knows_wide_tables; then wide=yes; else
  skip "modules of 64 bits are not validated: node knows no tables of 64 bits"
fi

n=0
keep() { # module, what
  case $2 in *wasm64*) [ "$wide" = yes ] || return 0 ;; esac
  n=$((n + 1))
  mv "$1" "$work/all/$n.wasm"
  echo "$n.wasm: $2" >>"$work/names"
}

ours() { # what output arguments...
  what=$1
  output=$2
  shift 2
  # shellcheck disable=SC2086 # words
  "$build/linkspec" ld "$@" -o "$output" >"$work/log" 2>&1 ||
    { fail "$what: does not link: $(head -n 1 "$work/log")" && false; }
}

# Why the newest is known to write other bytes: one thread's __tls_base, and strings behind
# thread-local data (cases/dynamic/differences.lua).
known() { # what
  case $1 in
  position.c*-shared\ --no-gc-sections* | position.c*-shared\ --export-all*) ;;
  position.c*default*-shared* | position.c*default*-pie*--export-dynamic*) ;;
  *) false ;;
  esac
}

same() { # what arguments...
  what=$1
  shift
  [ -n "$newest" ] || return
  if known "$what"; then
    different=$((different + 1))
    return
  fi
  if ! $newest "$@" -o "$work/theirs/out.wasm" 2>"$work/log"; then
    fail "$what: $newest fails: $(head -n 1 "$work/log")"
    return
  elif cmp -s "$work/ours/out.wasm" "$work/theirs/out.wasm"; then
    pass
  else
    fail "$what: differs; repeat: $build/linkspec agree --peer '$newest' -- $*"
  fi
  case $what in *-shared*)
    kept=$((kept + 1))
    cp "$work/theirs/out.wasm" "$work/libraries/$kept.so"
    ;;
  esac
}

different=0
kept=0
FOR_LOADER='--experimental-pic --unresolved-symbols=import-dynamic'

# One link by the model and by the newest.
check() { # options objects what
  # shellcheck disable=SC2086,SC2046 # words
  set -- "$3 $1" $FOR_LOADER $1 $2
  what=$1
  shift
  ours "$what" "$work/ours/out.wasm" "$@" || return
  accepted model "$what" "$work/ours/out.wasm" "$@"
  same "$what" "$@"
  keep "$work/ours/out.wasm" "$what"
}

# The same by older ones, whose modules must be valid; those differ.
older() { # options objects what
  for other in $others; do
    # shellcheck disable=SC2086
    if $other $FOR_LOADER $1 $2 -o "$work/theirs/out.wasm" 2>"$work/log"; then
      keep "$work/theirs/out.wasm" "$3 $1, by ${other##*/}"
    else
      echo "${other##*/} does not link: $(head -n 1 "$work/log")" >>"$work/refused"
    fi
  done
}

MODES='-shared|-shared -Bsymbolic|-shared --no-gc-sections|-shared --strip-all|-shared --export-all
-pie --no-entry|-pie --no-entry --export-dynamic|-pie --no-entry --import-memory|--no-entry --export-dynamic'

each_mode() { # objects what more
  echo "$MODES" | tr '|' '\n' >"$work/modes"
  while read -r mode; do
    check "$mode $3" "$1" "$2"
  done <"$work/modes"
}

# -- a program and its libraries

# Loaded, a program says what it found where.
says() { # what libraries that it is linked with...
  what=$1
  shift
  ours "$what" "$work/main.wasm" $FOR_LOADER -pie --import-memory --export-dynamic \
    "$work/main.o" "$work/parts.o" "$@" || return
  # shellcheck disable=SC2086 # words
  node $NEW $here/real/load.mjs "$work/main.wasm" "$work/one.wasm" "$work/two.wasm" >"$work/stdout" 2>&1
  if cmp -s "$work/stdout" $here/real/pic/expected; then
    pass
  else
    fail "$what: output differs:"
    diff $here/real/pic/expected "$work/stdout" | head -5
  fi
}

# Linked without its libraries, and with them.
loads() { # what
  ours "$1" "$work/one.wasm" $FOR_LOADER -shared "$work/one.o" || return
  ours "$1" "$work/two.wasm" $FOR_LOADER -shared "$work/two.o" || return
  libraries="$work/one.wasm $work/two.wasm"
  for mode in '-pie --no-entry' '-pie --no-entry --no-gc-sections' -shared \
    '-Bdynamic --no-entry' '-Bdynamic --no-entry --export-dynamic'; do
    check "$mode" "$work/main.o $work/parts.o $libraries" "main with libraries $1"
  done
  command -v node >/dev/null || return 0
  says "$1"
  # shellcheck disable=SC2086 # words
  says "$1, linked with them" $libraries
}

: >"$work/refused"
for flags in -O0 -O2 '-O2 -g' '-O2 -fvisibility=default' '-O2 -mextended-const'; do
  program wasm32-unknown-unknown "$flags" || continue
  loads "$flags"
  for part in one two 'main parts'; do
    objects=$(for o in $part; do echo "$work/$o.o"; done)
    each_mode "$objects" "$part $flags" ''
  done
done

# Threads: data is passive, code writes it once, and thread-local data has its base.
if program wasm32-unknown-unknown '-O2 -matomics -mbulk-memory -DTHREADS'; then
  for part in one two 'main parts'; do
    objects=$(for o in $part; do echo "$work/$o.o"; done)
    each_mode "$objects" "$part with threads" '--shared-memory --max-memory=1048576'
  done
fi

if program wasm64-unknown-unknown -O2; then
  for part in one two 'main parts'; do
    objects=$(for o in $part; do echo "$work/$o.o"; done)
    each_mode "$objects" "$part of 64 bits" -mwasm64
  done
fi

# Larger ones, with all of the C++ library's templates, debug information, exceptions.
for flags in -O0 '-O2 -g' '-O2 -fvisibility=default' '-O2 -mextended-const'; do
  for source in real/hello.c real/position.c real/program.cc corpus/exceptions.cc; do
    case $source in
    *exceptions*) more="-fwasm-exceptions -mexception-handling -DPART=1" ;;
    *position*) more='-matomics -mbulk-memory' ;;
    *.cc) more=-fno-exceptions ;;
    *) more= ;;
    esac
    compile wasm32-wasi $here/$source "$flags $more" "$work/large.o" || continue
    each_mode "$work/large.o" "${source##*/} $flags" ''
  done
done

# -- what others write, and whether all of it is valid

program wasm32-unknown-unknown -O2 &&
  for mode in -shared '-pie --no-entry' --no-entry; do
    for part in one two 'main parts'; do
      objects=$(for o in $part; do echo "$work/$o.o"; done)
      older "$mode" "$objects" "$part"
    done
  done

if command -v node >/dev/null; then
  # shellcheck disable=SC2086 # words
  node $NEW $here/real/valid.mjs "$work/all" >"$work/invalid" 2>&1
  while read -r module why; do
    fail "$(grep "^$module: " "$work/names"): not valid: $why"
  done <"$work/invalid"
  passed=$((passed + n - $(wc -l <"$work/invalid")))
fi
# Each library can be lifted into a case, in words.
if [ "$kept" -gt 0 ]; then
  "$build/linkspec" lift --check "$work"/libraries/*.so >"$work/log" 2>&1
  if [ "$(tail -n 1 "$work/log")" = "$kept in words, 0 partly bytes, 0 not to be lifted" ]; then
    passed=$((passed + kept))
  else
    fail "libraries are not lifted: $(tail -n 3 "$work/log")"
  fi
fi
echo "other bytes than wasm-ld's, as cases say: $different modules"
sort "$work/refused" | uniq -c >"$work/log"
while read -r times line; do
  skip "not looked at, $times times: $line"
done <"$work/log"
tally
