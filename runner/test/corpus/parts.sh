# parts.sh: sourced by corpus.sh: three parts of a program of C++ (groups, constructors, strings,
# addresses, exports, debugging) under every option, in every order, in every archive; objects cut
# off; every relocation.  Uses link, with_options, assemble and compile; sets PARTS.

PARTS=
parts() {
  for part in 1 2 3; do
    compile part$part.o corpus/parts.cc -fno-rtti -fno-exceptions -O1 -g -DPART=$part
    compile pic$part.o corpus/parts.cc -fno-rtti -fno-exceptions -O2 -fPIC -DPART=$part
    PARTS="$PARTS $work/part$part.o"
  done
}

OPTIONS='--export-all
--export-dynamic
--no-gc-sections
--print-gc-sections
--allow-undefined
--import-undefined
--unresolved-symbols=ignore-all
--no-merge-data-segments
-O0
-O2
--strip-all
--strip-debug
--strip-all --keep-section=name
--strip-debug --compress-relocations
--no-demangle
--soname=module
--no-stack-first
--no-stack-first --global-base=4096
--global-base=131072
-z stack-size=4096
--initial-memory=1048576
--max-memory=1048576
--initial-heap=65536
--no-growable-memory
--import-memory
--import-memory --export-memory
--import-memory=mod,mem
--export-memory=mem
--import-table
--export-table
--growable-table
--table-base=5
--export=one
--export=names
--export=shared
--export-if-defined=nothing
--entry=one
-u unused
--export=__heap_base
--export=__wasm_call_ctors
--features=mutable-globals,sign-ext,multivalue,reference-types
--extra-features=simd128
--no-check-features
--allow-multiple-definition
--fatal-warnings
--wrap=three
--build-id
--build-id=sha1
--trace
--shared-memory --max-memory=1048576 --no-check-features'

# Every two options together, on the three parts.
options() {
  with_options "
$OPTIONS" 13-options --no-entry $PARTS
  [ "$short" ] && return
  echo "$OPTIONS" >"$work/options"
  awk '{ for (i = 1; i <= n; i++) print line[i], $0; line[++n] = $0 }' "$work/options" >"$work/two"
  with_options "$(cat "$work/two")" 13-options --no-entry $PARTS
}

orders() {
  for order in '1 2 3' '1 3 2' '2 1 3' '2 3 1' '3 1 2' '3 2 1'; do
    for kind in part pic; do
      # shellcheck disable=SC2086 # a list of numbers
      files=$(printf "$work/$kind%s.o " $order)
      with_options '
--no-gc-sections
--export-all' 5-indexes --no-entry $files
    done
  done
}

# -- archives: every form, as clang and ar write them --

archives() {
  for form in gnu bsd darwin; do
    llvm-ar-19 rcD --format=$form "$work/form-$form.a" $PARTS 2>>"$work/log" || continue
    llvm-ar-19 rcDS --format=$form "$work/form-$form-no-index.a" $PARTS 2>>"$work/log"
  done
  llvm-ar-19 rcDT "$work/form-thin.a" $PARTS
  ar rcD "$work/form-ar.a" $PARTS
  cp "$work/part1.o" "$work/a-name-that-is-longer-than-sixteen-bytes.o"
  ar rcD "$work/form-long.a" "$work/a-name-that-is-longer-than-sixteen-bytes.o" "$work/part2.o" "$work/part3.o"
  for library in "$work"/form-*.a; do
    with_options "--export=one
--export=entry2
--export=unused
-u three --export=first" 2-archives --no-entry "$library"
    link 2-archives --no-entry --whole-archive "$library"
    link 2-archives --no-entry "$work/part1.o" "$library"
    link 2-archives --no-entry "$work/pic1.o" "$library" "$library"
  done
  link 2-archives --no-entry --export=first --start-lib $PARTS --end-lib
  link 2-archives --no-entry "$work/part3.o" --start-lib "$work/part2.o" "$work/part1.o" --end-lib
  link 2-archives --no-entry -L"$work" --export=one -l:form-gnu.a
}

# -- objects cut off: both refuse --

cut_off() {
  compile small.o real/hello.c -O1 -g
  size=$(wc -c <"$work/small.o")
  step=$((size / 60))
  [ "$short" ] && step=$((size / 10))
  at=1
  while [ $at -lt "$size" ]; do
    head -c $at "$work/small.o" >"$work/cut-$at.o"
    link 1-objects --no-entry --allow-undefined "$work/cut-$at.o"
    at=$((at + step))
  done
}

# -- relocations: every kind that the assembler writes, for both widths --

relocations() {
  for width in 32 64; do
    sed "s/ADDR/i$width/g" $sources/relocs.s | assemble relocs$width.o wasm$width
    part=8-relocs
    [ $width = 64 ] && part=12-wasm64
    with_options '
--no-gc-sections
--export-all
--table-base=100
--strip-debug --compress-relocations
--strip-all --compress-relocations
--global-base=1048576
--no-stack-first
--import-table
--import-memory
-O0
--allow-undefined
--shared-memory --max-memory=1048576
--shared-memory --max-memory=1048576 --import-memory' $part -m wasm$width --no-entry "$work/relocs$width.o"
    link $part -m wasm$width --no-entry "$work/relocs$width.o" "$work/relocs$width.o"
  done
  link 12-wasm64 --no-entry "$work/relocs64.o"
  link 12-wasm64 -m wasm64 --no-entry "$work/relocs32.o"
}

relocatable() {
  for flag in -r --emit-relocs; do
    with_options '
--strip-debug
--strip-all
--no-demangle
-O0' 9-relocatable $flag --no-entry $PARTS
    link 9-relocatable $flag --no-entry "$work/relocs32.o"
    link 9-relocatable $flag --no-entry -m wasm64 "$work/relocs64.o"
    link 9-relocatable $flag --no-entry "$work/form-gnu.a" "$work/part1.o"
  done
}
