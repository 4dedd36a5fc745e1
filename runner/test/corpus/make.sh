# make.sh: sourced by corpus.sh and proof.sh: objects, and command lines of links, a line each in
# $links.  Uses work and here.

links=$work/links # a line each: part, then the arguments
: >"$links"
sources=$here/corpus
sysroot=/usr/lib/wasm32-wasi
builtins=$(ls /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a 2>/dev/null)

link() { # part arguments...
  echo "$@" >>"$links"
}

# A link with each of the options of a list, a line each, or with none.
with_options() { # list part arguments...
  list=$1
  part=$2
  shift 2
  echo "$list" | while read -r options; do
    # shellcheck disable=SC2086 # a list of words
    link "$part" $options "$@"
  done
}

assemble() { # object [architecture], source on stdin
  llvm-mc-19 -triple="${2:-wasm32}" -no-type-check -mattr=+reference-types,+exception-handling \
    -filetype=obj -o "$work/$1" - 2>"$work/log" ||
    fail "$1: cannot be assembled: $(head -n 1 "$work/log")"
}

compile() { # object source flags...
  object=$1
  source=$2
  shift 2
  case $source in *.cc) compiler=clang++-19 ;; *) compiler=clang-19 ;; esac
  # The same bytes wherever the project lies.
  $compiler --target=wasm32-wasi -ffile-compilation-dir=. -c "$here/$source" \
    -o "$work/$object" "$@" 2>"$work/log" ||
    fail "$object: cannot be compiled: $(head -n 1 "$work/log")"
}
