#!/bin/sh
# mutants.sh BUILD: `make mutants` on three changes that it must tell apart: one
# that the cases at hand notice, one that they do not, one that is none.  Then
# on one of a header, which is in more than one object.
set -u
build=$1
here=runner/test
. $here/tally.sh
rows=$build/mutants.ndjson

row() { # file func text change
  printf '{"file":"%s","func":"%s","text":"%s","change":"%s","result":"survived"}\n' "$@"
}
{
  row place.c place_segments 's->address = p;' '`s->address = p;` -> `;`'
  row stub.c use_needed 'needed->used = true;' '`true` -> `false`'
  row read.c read_section 'case WASM_SEC_TAG: read_tags(l, o, c); break;' '`break;` -> `;`'
} >"$rows"
mutants() { # FLAGS
  make -s mutants BUILD="$build" MUTANTS_FLAGS="--again $rows $*"
}
out=$(mutants '--filter layout/segments/*')

says() {
  case $out in
  *"$1"*) pass ;;
  *) fail "mutants: does not say: $1"; echo "$out" ;;
  esac
}
says 'survived model/stub.c'
says '1 more compile to the same code, 0 do not compile'
says '2 mutants: 50.0 % killed without goldens, 50.0 % with'

row unit_parts.h is_code \
  'return s->kind == WASM_SYMBOL_TYPE_FUNCTION && !is_undef(s);' '`==` -> `!=`' \
  >"$rows"
out=$(mutants '--file unit_parts.h --filter unit/code/*')
says '1 mutants: 100.0 % killed without goldens'
tally
