# peers.sh: sourced by the test scripts: the other linkers at hand.

# The newest wasm-ld that Rust's toolchains carry, as a command; or nothing.
rust_lld() {
  { command -v rust-lld
    command -v rustc >/dev/null &&
      ls "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld; } 2>/dev/null |
    while read -r lld; do
      "$lld" -flavor wasm --version | sed -n "s|.*LLD \\([0-9]*\\).*|\\1 $lld -flavor wasm|p"
    done | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# Every wasm-ld on PATH, a path each.
every_wasm_ld() {
  echo "$PATH" | tr : '\n' | while read -r dir; do
    for ld in "$dir"/wasm-ld "$dir"/wasm-ld-[0-9]*; do
      [ -x "$ld" ] && echo "$ld"
    done
  done | awk -F/ '!seen[$NF]++'
}
