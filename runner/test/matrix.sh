#!/bin/sh
# matrix.sh BUILD: the pages of `linkspec matrix` and `linkspec spec` in
# headless Chromium: of a record made for it (matrix.js), and of real runs of a
# few topics (spec.js).
set -u
build=$1
here=runner/test
. $here/tally.sh

program=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
node=$(command -v node || command -v nodejs)
if [ -z "$program" ] || [ -z "$node" ]; then
  skip "chromium or node is not installed: the pages of linkspec are not tested"
  tally
  exit
fi

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT

"$build/linkspec" test --filter 'comdat/*' --filter 'symbols/weak' \
  --report ndjson="$dir/model.ndjson" >"$dir/log" || cat "$dir/log"
set -- "$dir/model.ndjson"
if command -v wasm-ld-19 >/dev/null; then
  "$build/linkspec" conform --filter 'comdat/*' --linker wasm-ld-19 \
    --report ndjson="$dir/wasm-ld.ndjson" >"$dir/log" || cat "$dir/log"
  set -- "$@" "$dir/wasm-ld.ndjson"
fi
"$build/linkspec" spec "$@" -o "$dir/spec.html" || fail 'linkspec spec'
{
  LINKSPEC=$build/linkspec "$node" $here/matrix.js "$program" "$dir" "$@"
  "$node" $here/spec.js "$program" "$dir" "$dir/spec.html" "$@"
} | awk -v failed="$failed" '
  / passed, / { passed += $1; failed += $3; pages++; next }
  { print }
  END {
    print passed " passed, " failed " failed, 0 skipped"
    exit failed > 0 || pages != 2
  }'
