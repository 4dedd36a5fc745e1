# tally.sh: sourced by the test scripts: pass, fail and skip count and say what
# they count; tally prints the closing line and sets the exit status.

passed=0
failed=0
skipped=0

pass() {
  passed=$((passed + 1))
}

fail() {
  failed=$((failed + 1))
  echo "FAIL: $*"
}

skip() {
  skipped=$((skipped + 1))
  echo "SKIP: $*"
}

tally() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}
