# peers.sh: sourced by the test scripts: the other linkers at hand, and what is known to be wrong
# in what they write.  Uses here, build, work, and tally.sh.

# The newest wasm-ld that Rust's toolchains carry, as a command; or nothing.
rust_lld() {
  { command -v rust-lld
    command -v rustc >/dev/null &&
      ls "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld; } 2>/dev/null |
    while read -r lld; do
      "$lld" -flavor wasm --version | sed -n "s|.*LLD \\([0-9]*\\).*|\\1 $lld -flavor wasm|p"
    done | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# Every wasm-ld on PATH, a path each: those with a version in their names, and others that are not
# one of them by another name.
every_wasm_ld() {
  echo "$PATH" | tr : '\n' | while read -r dir; do
    for ld in "$dir"/wasm-ld-[0-9]* "$dir"/wasm-ld; do
      [ -x "$ld" ] && echo "$(readlink -f "$ld") $ld"
    done
  done | awk '!seen[$1]++ { print $2 }'
}

# Why a linker writes it so, as `rejected` says; or nothing.
known_wrong() { # linker link violation
  grep -v '^#' "$here/rejected" | while IFS='	' read -r linkers links says reason; do
    # shellcheck disable=SC2254 # patterns
    case $1 in $linkers) case $2 in $links) case $3 in $says) echo "$reason" && break ;; esac ;; esac ;; esac
  done
}

# The judge's violations, a line each.
violations() { # judgement
  awk '/^  / { text = text $0; next } { if (text) print text; text = "" }
    !/^permission |^repeat: |^[0-9]+ functions?, / { text = $0 }' "$1"
}

# The reason why a linker's module is expected to be rejected, or nothing: all that the judge says
# must be known.
rejected() { # linker link judgement
  violations "$3" | {
    reason=
    while read -r violation; do
      reason=$(known_wrong "$1" "$2" "$violation")
      [ -n "$reason" ] || return
    done
    echo "$reason"
  }
}

# Judges what a linker wrote: right, or wrong as `rejected` says, which wrong counts, or a failure.
wrong=0
accepted() { # linker what module arguments...
  linker=$1
  what=$2
  module=$3
  shift 3
  if "$build/linkspec" judge "$module" -- "$@" >"$work/log" 2>&1; then
    pass
  elif [ -n "$(rejected "$linker" "$what" "$work/log")" ]; then
    wrong=$((wrong + 1))
  else
    fail "$what: the judge rejects what $linker writes: $(head -n 3 "$work/log" | tr '\n' ' ')"
  fi
}

tell_wrong() {
  echo "wrong as $here/rejected says: $wrong modules of other linkers"
}
