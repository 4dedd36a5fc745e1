#!/bin/sh
# plain_files.sh BUILD: cases as plain files: what is said of a linker that was
# run over them is what conform says of it, and each hook of runner/hooks passes
# a good linker and fails a bad one.
set -u
build=$1
here=runner/test
hooks=runner/hooks
. $here/tally.sh
. $here/peers.sh

linkspec=$(cd "$build" && pwd)/linkspec
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$linkspec" "$work/wasm-ld" # the reference linker takes its options
export CARGO_TARGET_DIR="$work/target" ZIG_LOCAL_CACHE_DIR="$work/zig" PYTHONDONTWRITEBYTECODE=1

# ---- the same verdicts ----

verdicts() { sed -n 's/^\([A-Z][A-Z-]*\) [^ ]*: \([^ ]*\).*/\1 \2/p' | sort; }

same_verdicts() { # LINKER FILTER...
  ld=$1
  shift
  version=$("$ld" --version | sed -n 's/.*LLD \([0-9.]*\).*/\1/p')
  chosen=
  for glob; do chosen="$chosen --filter $glob"; done
  # shellcheck disable=SC2086 # a list of options
  {
    "$linkspec" emit "$work/cases" $chosen >"$work/log" || return 1
    sh $hooks/link-all.sh "$work/cases" "$ld"
    "$linkspec" judge-dir "$work/cases" --linker "wasm-ld@$version" -v >"$work/judged"
    "$linkspec" conform --linker "wasm-ld=$ld" $chosen -v >"$work/conform"
  }
  verdicts <"$work/judged" >"$work/judged.verdicts"
  verdicts <"$work/conform" >"$work/conform.verdicts"
  [ -s "$work/conform.verdicts" ] &&
    diff "$work/conform.verdicts" "$work/judged.verdicts" >"$work/log"
}

# A sample of all topics.
sample=$("$linkspec" test --list --shard 3/12 | sed "s/[[:space:]].*//")
ld=$(every_wasm_ld | tail -n 1)
# shellcheck disable=SC2086 # a list of words
if [ -z "$ld" ]; then
  skip "plain files: there is no wasm-ld"
elif same_verdicts "$ld" $sample; then
  pass
else
  fail "plain files: other verdicts than those of conform"
  cat "$work/log"
fi

# ---- hooks ----

# Runs a hook, a function that takes a linker, with a good one and with one that
# refuses everything.
hook() { # NAME FUNCTION
  if ! $2 "$work/wasm-ld" >"$work/log" 2>&1; then
    fail "$1: the reference linker does not pass"
    tail -n 20 "$work/log"
  elif $2 "$(command -v false)" >"$work/log" 2>&1; then
    fail "$1: a linker that refuses everything passes"
  elif ! grep -q 'REJECTS-VALID\|linkspec judge-dir: 1' "$work/log"; then
    fail "$1: it fails for another reason"
    tail -n 20 "$work/log"
  else
    pass
  fi
}

cargo_hook() {
  LINKER=$1 LINKSPEC=$linkspec LINKSPEC_FILTER=symbols/weak \
    cargo test --offline --manifest-path "$work/cargo/Cargo.toml"
}

zig_hook() {
  (cd "$work/zig-hook" &&
    "$zig" build test -Dlinker="$1" -Dlinkspec="$linkspec" -Dfilter=symbols/weak)
}

lit_hook() {
  $lit -v -Dlinker="$1" -Dlinkspec="$linkspec" -Dfilter=symbols/weak "$work/lit"
}

ctest_hook() {
  cmake -S $hooks/ctest -B "$work/ctest" -DLINKER="$1" -DLINKSPEC="$linkspec" \
    -DLINKSPEC_FILTER=symbols/weak &&
    ctest --test-dir "$work/ctest" --output-on-failure
}

cp -R $hooks/cargo $hooks/lit "$work"
cp -R $hooks/zig "$work/zig-hook"

if command -v cargo >/dev/null; then
  hook cargo cargo_hook
else
  skip "cargo test: there is no cargo"
fi

zig=${ZIG:-zig}
case $("$zig" version 2>/dev/null) in
0.16.*) hook 'zig build test' zig_hook ;;
*) skip "zig build test: there is no Zig 0.16" ;;
esac

lit=$(command -v lit || command -v llvm-lit)
for script in /usr/lib/llvm-*/build/utils/lit/lit.py; do
  [ -z "$lit" ] && [ -e "$script" ] && command -v python3 >/dev/null && lit="python3 $script"
done
if [ -n "$lit" ]; then hook lit lit_hook; else skip "lit: there is no lit"; fi

if command -v ctest >/dev/null; then
  hook ctest ctest_hook
else
  skip "ctest: there is no ctest"
fi

tally
