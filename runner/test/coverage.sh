#!/bin/sh
# coverage.sh BUILD: line coverage of model/: of the linker and the readers by
# the suite alone, then of the judge, whose other half is what it says of wrong
# modules, by the suite and a sample of judge-proof.  A file each, the total, and
# the lines that are never reached.  BUILD was made with --coverage.
set -u
build=$1
find "$build" -name '*.gcda' -delete
"$build/linkspec" test >"$build/suite.log" 2>&1 || {
  echo "the suite fails: see $build/suite.log"
  exit 1
}

# gcov's lines: COUNT:LINE:TEXT, with "-" for no code and "#####" for never.
measure() { # what file...
  what=$1
  shift
  rm -rf "$build/gcov"
  mkdir "$build/gcov"
  for c in "$@"; do
    gcov --stdout -o "$build/model/$(basename "$c" .c).o" "$c" 2>/dev/null \
      >"$build/gcov/$(basename "$c").gcov"
  done
  awk -F: -v what="$what" '
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
      printf "%6.1f %%  %4d of %4d lines  %s\n", 100 * hits / all, hits, all, what
      if (m) print "\nnever reached:"
      for (i = 1; i <= m; i++) print missed[i]
    }' "$build"/gcov/*.gcov
}

others=
for c in model/*.c; do
  case $c in model/judge*) ;; *) others="$others $c" ;; esac
done
# shellcheck disable=SC2086 # a list of files
measure 'the linker and the readers, by the suite alone' $others
echo
"$build/linkspec" judge-proof --every 60 >"$build/proof.log" 2>&1
measure 'the judge, by the suite and judge-proof' model/judge*.c
