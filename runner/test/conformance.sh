#!/bin/sh
# conformance.sh BUILD: the suite against the model, in this process and as one
# of its own, which must agree; then against every wasm-ld on PATH and the one
# that Rust's toolchain carries.  Ends in two pages: linkers by cases, and the
# convention by clauses.
set -u
build=$1
. runner/test/peers.sh

# The pages of these records, side by side.  Fails when they contradict what an
# open question says of a linker.
show() {
  "$build/linkspec" matrix "$@" --spec spec.html -o "$build/conformance.html" &&
    echo "page: $build/conformance.html" &&
    "$build/linkspec" spec "$@" --matrix conformance.html -o "$build/spec.html" &&
    echo "page: $build/spec.html"
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
