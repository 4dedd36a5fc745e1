# peers.sh: sourced by the test scripts: the other linkers at hand.

# The newest wasm-ld that Rust's toolchain carries, as a command; or nothing.
rust_lld() {
  command -v rust-lld >/dev/null && {
    echo "rust-lld -flavor wasm"
    return
  }
  command -v rustc >/dev/null || return 0
  for lld in "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld; do
    [ -x "$lld" ] && echo "$lld -flavor wasm"
  done
}

# Every wasm-ld on PATH, a path each.
every_wasm_ld() {
  echo "$PATH" | tr : '\n' | while read -r dir; do
    for ld in "$dir"/wasm-ld "$dir"/wasm-ld-[0-9]*; do
      [ -x "$ld" ] && echo "$ld"
    done
  done | awk -F/ '!seen[$NF]++'
}
