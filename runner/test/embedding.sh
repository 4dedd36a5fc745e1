#!/bin/sh
# embedding.sh BUILD: the C program in README.md, which make has compiled against
# the library: the module that it writes is valid, and does what README says.
set -u
build=$1
here=runner/test
. $here/tally.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if "$build/embed" >"$work/where.wasm" 2>"$work/log" && [ -s "$work/where.wasm" ]; then
  pass
else
  fail "embedding: the program fails: $(head -n 1 "$work/log")"
fi

if ! command -v wasm-validate >/dev/null; then
  skip "embedding: wasm-validate is absent"
elif wasm-validate "$work/where.wasm" >"$work/log" 2>&1; then
  pass
else
  fail "embedding: the module is not valid: $(head -n 1 "$work/log")"
fi

if ! command -v node >/dev/null; then
  skip "embedding: node is absent: the module is not run"
elif [ "$(node -e '
  const bytes = require("fs").readFileSync(process.argv[1]);
  const { where, memory } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  console.log(Buffer.from(memory.buffer, where(), 4).toString());
' "$work/where.wasm" 2>"$work/log")" = ello ]; then
  pass
else
  fail "embedding: where() is not the address of \"ello\": $(head -n 1 "$work/log")"
fi

tally
