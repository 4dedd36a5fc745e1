#!/bin/sh
# proof.sh BUILD [FAULTS]: faults in the output of real programs of C, C++ and Rust (see corpus.sh),
# which the judge must flag: about FAULTS of each program, of every kind some.
set -u
build=$1
most=${2:-700}
here=runner/test
. $here/tally.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in make sections languages; do
  . $here/corpus/$file.sh
done
if ! command -v clang-19 >/dev/null || [ ! -e $sysroot/libc++.a ] || [ -z "$builtins" ]; then
  skip "clang-19 or the WASI libraries are absent: no real programs"
  tally
  exit
fi
short= # all languages

command='-L'$sysroot' '$sysroot/crt1-command.o
compile plain.o real/hello.c -O0
compile small.o real/hello.c -O2
compile debug.o real/hello.c -O2 -g
compile position.o real/hello.c -O2 -fPIC
compile program.o real/program.cc -O2 -fno-exceptions
compile program-g.o real/program.cc -O0 -g -fno-exceptions
link c $command "$work/plain.o" -lc "$builtins"
link c --strip-all $command "$work/small.o" -lc "$builtins"
link c --export-all $command "$work/debug.o" -lc "$builtins"
link c --compress-relocations --strip-debug $command "$work/debug.o" -lc "$builtins"
link c --import-memory --no-gc-sections $command "$work/small.o" -lc "$builtins"
link c --no-stack-first --no-merge-data-segments $command "$work/small.o" -lc "$builtins"
link c $command "$work/position.o" -lc "$builtins"
link c++ $command "$work/program.o" -lc++ -lc++abi -lc "$builtins"
link c++ --strip-all $command "$work/program-g.o" -lc++ -lc++abi -lc "$builtins"
link c++ $command "$work/program-g.o" -lc++ -lc++abi -lc "$builtins"
link whole --no-entry --allow-undefined --whole-archive $sysroot/libc.a
for part in 1 2; do
  compile exceptions$part.o corpus/exceptions.cc -O2 -g -fwasm-exceptions -DPART=$part
done
link exceptions --no-entry --export=run --allow-undefined "$work/exceptions1.o" "$work/exceptions2.o"
threads
C_OPTIONS='
--strip-all'
rust

# A library by its path: what is judged are files that are in memory.
sed "s| -L[^ ]*||g; s| -l\([a-z+]*\)| $sysroot/lib\1.a|g" "$links" >"$work/lines"
# shellcheck disable=SC2046 # made words
set --
while read -r part line; do
  set -- "$@" --program "$line"
done <"$work/lines"
"$build/linkspec" judge-proof --faults "$most" "$@"
