#!/bin/sh
# conformance.sh BUILD: the suite against the model, in this process and as one
# of its own, which must agree; then against every wasm-ld on PATH and the one
# that Rust's toolchain carries.  Ends in one page of all results.
set -u
build=$1
page=$build/conformance.html
. runner/test/peers.sh

# The page of these records.
show() {
  "$build/linkspec" matrix "$@" -o "$page" && echo "page: $page"
}

"$build/linkspec" test --report ndjson="$build/model.ndjson" || exit 1
"$build/linkspec" conform --linker linkspec --exact || exit 1
set --
for ld in $(every_wasm_ld); do
  set -- "$@" --linker "$(basename "$ld")=$ld"
done
newest=$(rust_lld)
[ -n "$newest" ] && set -- "$@" --linker "wasm-ld=$newest"
if [ $# = 0 ]; then
  echo 'SKIP: no wasm-ld on PATH'
  show "$build/model.ndjson"
  exit
fi
"$build/linkspec" conform "$@" --report ndjson="$build/linkers.ndjson"
status=$?
[ $status = 2 ] || show "$build/model.ndjson" "$build/linkers.ndjson" || status=1
exit $status
