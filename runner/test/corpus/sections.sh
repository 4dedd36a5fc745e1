# sections.sh: sourced by corpus.sh: the parts of a linker that its other inputs do not reach
# by themselves: each with links that must be equal.  Uses link and with_options.

# Objects by themselves: what is read from one must come out again.
whole_objects() {
  for object in $PARTS "$work"/pic?.o "$work/small.o" "$work"/*-a.o; do
    link 1-objects --no-entry --allow-undefined --no-gc-sections "$object"
  done
}

# What is kept: every root, and every way to have more or less of them.
liveness() {
  for root in --export=one --export=names --export=shared --entry=one --entry=entry2 \
    '-u three' '-u unused' --export-all --export-dynamic ''; do
    with_options '
--no-gc-sections
--print-gc-sections
--strip-debug' 4-liveness --no-entry $root $PARTS
  done
}

MEMORY='
--stack-first
--no-stack-first
--no-stack-first --global-base=1040
--global-base=262144
-z stack-size=16
-z stack-size=1048576
--initial-memory=2097152
--initial-heap=131072
--max-memory=4194304
--no-growable-memory
--no-merge-data-segments
--no-merge-data-segments --no-gc-sections
-O0
-O2
--export=__heap_base --export=__heap_end --export=__data_end
--export=__stack_low --export=__stack_high --export=__global_base'

memory() {
  with_options "$MEMORY" 6-memory --no-entry --export=names $PARTS
  with_options "$MEMORY" 6-memory --no-entry --export-all "$work/small.o" --allow-undefined
}

# The code that the linker makes: constructors, thread-local data, memory that threads share.
threads() {
  for level in 0 1 2; do
    compile threads$level.o corpus/threads.c -O$level -matomics -mbulk-memory -mthread-model posix -ftls-model=local-exec
    with_options '
--export-all
--no-gc-sections
--import-memory
--import-memory --export-memory
--no-merge-data-segments
--export=__wasm_init_tls --export=__tls_size --export=__tls_align --export=__tls_base
--strip-all
-O0' 7-made --no-entry --shared-memory --max-memory=1048576 "$work/threads$level.o"
    with_options '
--export-all
--no-gc-sections' 7-made --no-entry "$work/threads$level.o"
  done
  with_options '
--export=__wasm_call_ctors
--export-all' 7-made --no-entry $PARTS
}

# Objects of objects, where wasm-ld keeps all that it was given: no flags of segments, no groups.
simple_relocatable() {
  for kind in function data global tag table; do
    for one in strong weak hidden undefined; do
      for two in local undefined weak; do
        [ -e "$work/$kind-$one-a.o" ] && [ -e "$work/$kind-$two-b.o" ] &&
          link 9-relocatable -r "$work/$kind-$one-a.o" "$work/$kind-$two-b.o"
      done
    done
  done
}

# What stands beside the code: names, producers, features, identities.
output() {
  with_options '
--strip-all
--strip-debug
--strip-all --keep-section=name
--strip-all --keep-section=producers
--strip-all --keep-section=target_features
--build-id
--build-id=sha1
--build-id=0xabcdef
--soname=module
--features=mutable-globals,sign-ext,multivalue,reference-types
--extra-features=simd128,atomics' 10-output --no-entry --export=names $PARTS
}

# Position-independent objects; where they end up in one place.
independent() {
  with_options '
--export-all
--no-gc-sections
--table-base=9
--import-table
--no-stack-first
--strip-all
-O0' 11-independent --no-entry --export=names "$work/pic1.o" "$work/pic2.o" "$work/pic3.o"
}
