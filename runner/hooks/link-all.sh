#!/bin/sh
# link-all.sh DIR LINKER [OPTION]...: runs a linker in every folder of DIR, which
# `linkspec emit` wrote, and leaves there what `linkspec judge-dir` looks for.
set -uf
dir=$1
shift
ulimit -S -d 2097152 # kilobytes: as much memory as conform gives a linker
export LLVM_DISABLE_SYMBOLIZATION=1 # a crash is a verdict, no report that takes its time
while read -r folder; do
  (
    cd "$dir/$folder" || exit
    rm -f out.wasm
    IFS='
' # each line of link.txt is one argument
    # shellcheck disable=SC2046
    timeout 10 "$@" $(cat link.txt) </dev/null >stdout.txt 2>stderr.txt
    echo $? >status.txt
  ) 2>/dev/null # where a shell tells of crashes
done <"$dir/links.txt"
