#!/bin/sh
# all.sh BUILD [sanitized]: every test there is; under sanitizers, those that
# another build of the C code can change.  Each part ends in its own count; the
# last line is the sum.  Exit status 1 when something failed.  Parts that keep
# one processor busy for long run beside the others.
set -u
build=$1
kind=${2:-plain}
here=runner/test
. $here/tally.sh
logs=$build/test-logs
rm -rf "$logs"
mkdir "$logs"

# Runs a part; tell says how it went.
run() { # name command...
  name=$1
  shift
  start=$(date +%s)
  "$@" >"$logs/$name" 2>&1 </dev/null
  echo "$? $(($(date +%s) - start))" >"$logs/$name.end"
}

# Adds what `N passed, N failed[, N skipped]` at the end of the log says.
tell() { # name
  read -r status seconds <"$logs/$1.end"
  log=$logs/$1
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
  if [ -z "$line" ]; then
    fail "$1: no closing count (exit status $status)"
    tail -n 20 "$log"
    return
  fi
  p=$(echo "$line" | sed 's/ passed.*//')
  f=$(echo "$line" | sed 's/.*passed, \([0-9]*\) failed.*/\1/')
  s=$(echo "$line" | sed -n 's/.*, \([0-9]*\) skipped.*/\1/p')
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + ${s:-0}))
  if [ "$f" != 0 ] || [ "$status" != 0 ]; then
    grep -vE '^(ok|#)' "$log" | tail -n 60
    [ "$f" != 0 ] || fail "$1: exit status $status"
  else
    grep -E '^(SKIP|skip)' "$log"
  fi
  printf '%-20s %4d s  %s\n' "$1" "$seconds" "$line"
}

part() { # name command...
  run "$@"
  tell "$1"
}

# A part about pages, Lua's text, or programs built anew.
unsanitized() { # name command...
  [ "$kind" = sanitized ] || part "$@"
}

# Criterion's closing line, in our words.
criterion() {
  "$@" >"$logs/criterion" 2>&1
  status=$?
  cat "$logs/criterion"
  sed 's/\x1b\[[0-9;]*m//g' "$logs/criterion" |
    sed -n 's/.*Tested: \([0-9]*\) | Passing: \([0-9]*\) | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\2 \3 \4/p' |
    { read -r p f c && echo "$p passed, $((f + c)) failed"; }
  return $status
}

lint() {
  luacheck -q . && echo "1 passed, 0 failed" || { echo "0 passed, 1 failed"; false; }
}

# A sample of the faults of `make judge-proof`, always the same ones.
sample() {
  "$build/linkspec" judge-proof --every 1000 --least 99.9 && echo "1 passed, 0 failed" ||
    { echo "0 passed, 1 failed"; false; }
}

# Each by itself, and long.
beside() {
  run 'real programs' sh $here/real.sh "$build"
  run 'objects through -r' sh $here/relinked.sh "$build"
}

trap 'kill 0' INT # what runs in the background does not take it
beside &
part 'model (Criterion)' criterion "$build/model-test"
part 'runner (Criterion)' criterion "$build/runner-test"
part 'suite' "$build/linkspec" test
unsanitized 'case files' "$build/linkspec" lint
part 'laws' "$build/linkspec" laws
part 'Lua library' env LINKSPEC="$build/linkspec" lua5.4 lua/test/all.lua
part 'command line' sh $here/cli.sh "$build/linkspec"
part 'plain files' sh $here/plain_files.sh "$build"
part 'embedding' sh $here/embedding.sh "$build"
part 'objects, strict' sh $here/strict.sh "$build"
part 'threads' sh $here/threads.sh "$build"
part 'model as a process' "$build/linkspec" conform --linker linkspec --exact --shard 1/4
part 'faults, a sample' sample
unsanitized 'mutants' sh $here/mutants.sh "$build"
part 'broken linkers' sh $here/broken.sh "$build" 1/4
unsanitized 'page in a browser' sh $here/matrix.sh "$build"
part 'corpus' sh $here/corpus.sh "$build" short
part 'modules for loaders' sh $here/real_pic.sh "$build"
unsanitized 'luacheck' lint
wait
tell 'real programs'
tell 'objects through -r'
tally
