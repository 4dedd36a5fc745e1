#!/bin/sh
# conformance.sh BUILD: the suite against the model, in this process and as one
# of its own, which must agree; then against every wasm-ld on PATH and the one
# that Rust's toolchain carries.
set -u
build=$1
. runner/test/peers.sh

"$build/linkspec" test || exit 1
"$build/linkspec" conform --linker linkspec --exact || exit 1
set --
for ld in $(every_wasm_ld); do
  set -- "$@" --linker "$(basename "$ld")=$ld"
done
newest=$(rust_lld)
[ -n "$newest" ] && set -- "$@" --linker "wasm-ld=$newest"
if [ $# = 0 ]; then
  echo 'SKIP: no wasm-ld on PATH'
  exit 0
fi
"$build/linkspec" conform "$@"
