#!/bin/sh
# corpus.sh BUILD [short]: a corpus of links, each by the model and by the newest
# wasm-ld at hand, compared byte for byte; where one refuses, both must.
#
# Inputs are compiled, assembled and packed, and the command lines of the links written
# down, by the parts in corpus/*.sh: symbols, parts (of C++), sections, languages.  A
# link has the name of what it is about (1 objects ... 13 options, or a language).
# Then all are linked (corpus/run.sh).  What is known to differ is in corpus/expected,
# with the reason and a check that nothing else does, and counts as skipped.  Every module is
# judged, too; of real programs also what every wasm-ld on PATH writes (rejected).
# `short` takes the parts that need no compiler but clang, and fewer links.
set -u
build=$1
short=${2:-}
here=runner/test
. $here/tally.sh
. $here/peers.sh
for file in symbols parts sections languages run; do
  . $here/corpus/$file.sh
done

peer=$(rust_lld)
others=$(every_wasm_ld)
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
. $here/corpus/make.sh

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
cat "$work"/judged* >"$work/judgements"
sed -n 's/^[^ ]* rejected /FAIL: the judge rejects /p' "$work/judgements"
sed -n 's/^\([^ ]*\) differs \(.*\)/\1 \2/p' "$work/results" | while read -r part line; do
  echo "FAIL: $part: repeat: $build/linkspec agree --peer '$peer' -- $line"
done
awk '{ equal[$1] += $2 == "equal"; refused[$1] += $2 == "refused"; other[$1] += $2 == "expected"; bad[$1] += $2 == "differs" }
  END { for (p in equal) printf "%-20s %5d equal %4d both refuse %4d expected %4d differ\n", p, equal[p], refused[p], other[p], bad[p] }' \
  "$work/results" | sort -V
awk '{ a[$1] += $2 == "accepted"; e[$1] += $2 == "expected"; r[$1] += $2 == "rejected" }
  END { for (p in a) printf "%-20s %5d accepted %4d expected %4d rejected\n", p, a[p], e[p], r[p] }' \
  "$work/judgements" | sort -V
sed -n 's/^[^ ]* expected //p' "$work/results" "$work/judgements" | sort | uniq -c | sort -rn
count() { cat "$work/results" "$work/judgements" | grep -c "^[^ ]* $1"; }
passed=$((passed + $(count equal) + $(count refused) + $(count accepted)))
failed=$((failed + $(count differs) + $(count rejected)))
skipped=$((skipped + $(count expected)))
tally
