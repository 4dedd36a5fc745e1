#!/bin/sh
# fuzz.sh BUILD SECONDS: runs the fuzz targets of model/test/fuzz, each for that
# long, from a corpus of the suite's own inputs.  A finding stays in
# BUILD/fuzz; exit status 1 when there is one.
set -eu
build=$1
seconds=$2
dir=$build/fuzz
mkdir -p "$dir"
status=0

for target in read link judge; do
  clang-19 -std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -o "$dir/$target" model/test/fuzz/$target.c model/*.c
  mkdir -p "$dir/$target-corpus"
done

# byte N: as printf takes it.
byte() { printf '\\%03o' $(($1 & 255)); }

# seed NUMBER FILE...: the link of up to three files, with options that differ
# from seed to seed, as link.c reads it.
seed() {
  n=$1
  shift
  [ $# -gt 3 ] && set -- "$1" "$2" "$3"
  first=$(wc -c <"$1")
  second=$([ $# -gt 1 ] && wc -c <"$2" || echo 0)
  # shellcheck disable=SC2059 # the bytes are a format
  printf "$(byte $((n % 3 * (n / 5))))$(byte $((n % 5 * (n / 7))))$(
    byte $((n % 7 * (n / 3))))$(byte $(($# - 1 + n % 16 * 16)))$(byte "$first")$(
    byte $((first / 256)))$(byte "$second")$(byte $((second / 256)))"
  cat "$@"
}

# Seeds: the objects of every case, alone, and together.
seeds=$dir/seeds
rm -rf "$seeds"
"$build/linkspec" test --keep "$seeds" >/dev/null 2>&1 || true
i=0
find "$seeds" -type f -size -60k \( -name '*.o' -o -name '*.a' -o -name '*.so' \) |
  sort | while read -r f; do
  i=$((i + 1))
  cp "$f" "$dir/read-corpus/seed-$i"
done
i=0
find "$seeds" -type d | sort | while read -r d; do
  i=$((i + 1))
  set --
  for f in "$d"/*.o "$d"/*.a "$d"/*.so; do
    [ -f "$f" ] && [ "$(wc -c <"$f")" -lt 60000 ] && set -- "$@" "$f"
  done
  [ $# -eq 0 ] || seed $i "$@" >"$dir/link-corpus/seed-$i"
done

for target in read link judge; do
  JUDGE_SEEDS=$dir/link-corpus "$dir/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=8192 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix="$dir/$target-" \
    "$dir/$target-corpus" >"$dir/$target.log" 2>&1 || status=1
  grep -E 'stat::number_of_executed_units|ERROR|SUMMARY' "$dir/$target.log" |
    sed "s/^/$target: /"
done
exit $status
