# symbols.sh: sourced by corpus.sh: every state of a name in one object against every state in
# another, as objects and as members of archives.  Uses link, with_options and assemble.

state() { # kind state value: what the object says of x
  case $1-$2 in
  function-*undefined) echo "	.functype x () -> (i32)" ;;
  *) declare_"$1" "$3" ;;
  esac
  case $2 in
  strong) echo "	.globl x" ;;
  weak | weak-undefined) echo "	.weak x" ;;
  hidden) printf '\t.globl x\n\t.hidden x\n' ;;
  kept) printf '\t.globl x\n\t.no_dead_strip x\n' ;;
  esac
  case $2 in
  *undefined) ;;
  *) define_"$1" "$3" ;;
  esac
}

declare_function() { echo "	.functype x () -> (i32)"; }
declare_other() { echo "	.functype x (i64) -> ()"; }
declare_data() { :; }
declare_global() { echo "	.globaltype x, i32"; }
declare_tag() { echo "	.tagtype x i32"; }
declare_table() { echo "	.tabletype x, externref"; }

define_function() {
  printf '\t.section .text.x,"",@\nx:\n\t.functype x () -> (i32)\n\ti32.const %s\n\tend_function\n' "$1"
}
define_other() {
  printf '\t.section .text.x,"",@\nx:\n\t.functype x (i64) -> ()\n\tend_function\n'
}
define_data() {
  printf '\t.section .data.x,"",@\n\t.p2align 2\nx:\n\t.int32 %s\n\t.size x, 4\n' "$1"
}
define_global() { echo "x:"; }
define_tag() { echo "x:"; }
define_table() { echo "x:"; }

use() { # kind: instructions
  case $1 in
  function) printf '\tcall x\n\tdrop\n\ti32.const x\n\tdrop\n' ;;
  other) printf '\ti64.const 0\n\tcall x\n\ti32.const x\n\tdrop\n' ;;
  data) printf '\ti32.const x+1\n\tdrop\n' ;;
  global) printf '\tglobal.get x\n\tdrop\n' ;;
  tag) printf '\ti32.const 1\n\tthrow x\n' ;;
  table) printf '\ti32.const 0\n\ttable.get x\n\tdrop\n' ;;
  esac
}

states() { # kind
  case $1 in
  function | data) echo strong weak local hidden kept undefined weak-undefined ;;
  other) echo strong weak undefined weak-undefined ;;
  *) echo strong weak local hidden undefined ;;
  esac
}

objects_of_kind() { # kind
  for s in $(states "$1"); do
    value=0
    for side in a b; do
      value=$((value + 1))
      {
        state "$1" "$s" $value
        printf '\t.section .text.use_%s,"",@\n\t.globl use_%s\n\t.export_name use_%s, use_%s\n' \
          $side $side $side $side
        printf 'use_%s:\n\t.functype use_%s () -> ()\n' $side $side
        use "$1"
        echo "	end_function"
      } | assemble "$1-$s-$side.o"
    done
    ar rcD "$work/lib-$1-$s.a" "$work/$1-$s-b.o"
  done
}

POLICIES='
--allow-undefined
--import-undefined
--unresolved-symbols=ignore-all
--warn-unresolved-symbols
--no-gc-sections
--export-all
--export=x
--allow-multiple-definition'

pairs() { # kind kind policies
  for one in $(states "$1"); do
    for two in $(states "$2"); do
      with_options "$3" 3-symbols --no-entry "$work/$1-$one-a.o" "$work/$2-$two-b.o"
      link 2-archives --no-entry "$work/$1-$one-a.o" "$work/lib-$2-$two.a"
      link 2-archives --no-entry "$work/lib-$2-$two.a" "$work/$1-$one-a.o"
    done
  done
}

symbols() {
  kinds='function data global tag table'
  for kind in $kinds other; do objects_of_kind $kind; done
  if [ "$short" ]; then
    pairs function function ''
    pairs data data ''
    return
  fi
  for kind in $kinds; do pairs $kind $kind "$POLICIES"; done
  pairs function other ''
  pairs other function ''
  pairs function data ''
  pairs global function ''
}
