#!/bin/sh
# coverage.sh BUILD: line coverage of model/ by the suite alone, a file each and
# the total, then the lines that no case reaches.  BUILD was made with
# --coverage.
set -u
build=$1
find "$build" -name '*.gcda' -delete
"$build/linkspec" test >"$build/suite.log" 2>&1 || {
  echo "the suite fails: see $build/suite.log"
  exit 1
}

rm -rf "$build/gcov"
mkdir "$build/gcov"
for c in model/*.c; do
  gcov --stdout -o "$build/model/$(basename "$c" .c).o" "$c" 2>/dev/null \
    >"$build/gcov/$(basename "$c").gcov"
done

# gcov's lines: COUNT:LINE:TEXT, with "-" for no code and "#####" for never.
awk -F: '
  FNR == 1 { file = FILENAME; sub(/.*\//, "", file); sub(/\.gcov$/, "", file); files[++n] = file }
  { gsub(/ /, "", $1) }
  $1 == "-" || $1 == "" { next }
  { lines[file]++; all++ }
  $1 ~ /#####|=====/ {
    line = $2; gsub(/ /, "", line)
    text = $0; sub(/^[^:]*:[^:]*:/, "", text)
    missed[++m] = sprintf("model/%s:%s:%s", file, line, text)
    next
  }
  { hit[file]++; hits++ }
  END {
    for (i = 1; i <= n; i++)
      if (lines[files[i]])
        printf "%6.1f %%  %4d of %4d lines  model/%s\n", 100 * hit[files[i]] / lines[files[i]],
          hit[files[i]], lines[files[i]], files[i]
    printf "%6.1f %%  %4d of %4d lines  all of model/\n", 100 * hits / all, hits, all
    if (m) print "\nnever reached:"
    for (i = 1; i <= m; i++) print missed[i]
  }' "$build"/gcov/*.gcov
