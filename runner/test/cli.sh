#!/bin/sh
# cli.sh LINKSPEC: the program from outside: commands, exit status, files,
# messages.  Needs nothing but the program and what every system has: inputs
# are written with printf.  With clang and a peer linker it tests more.
#
# Prints "ok NAME", "not ok NAME" or "skip NAME" for each, then a summary.

linkspec=${1:?usage: cli.sh LINKSPEC}
case $linkspec in /*) ;; *) linkspec=$PWD/$linkspec ;; esac
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
mkdir bin
ln -s "$linkspec" bin/wasm-ld
ln -s "$linkspec" bin/wasm-ld-22
passed=0 failed=0 skipped=0

ok() { passed=$((passed + 1)); echo "ok $1"; }
not_ok() { failed=$((failed + 1)); echo "not ok $1"; sed 's/^/# /' out err; }
skip() { skipped=$((skipped + 1)); echo "skip $1"; }

# run STATUS COMMAND...: keeps its output in out and err.
run() {
  want=$1; shift
  "$@" >out 2>err
  got=$?
  [ $got = "$want" ]
}

# check NAME CONDITION...
check() {
  title=$1; shift
  if "$@"; then ok "$title"; else not_ok "$title"; fi
}

first() { [ "$(sed -n 1p "$1")" = "$2" ]; }

# An object: version 1; "linking" version 2 without symbols.
printf '\0asm\1\0\0\0\0\11\7linking\2' >empty.o
# An object whose first section is longer than the file.
printf '\0asm\1\0\0\0\1\177' >short.o
printf 'not wasm' >text.o
printf '!<arch>\n' >libnone.a

# ---- commands ----
check 'no command is misuse' run 2 "$linkspec"
check 'unknown command is misuse' run 2 "$linkspec" frobnicate
check 'help' run 0 "$linkspec" help
for c in ld test conform matrix spec linkers bless agree judge validate dump diff explain; do
  check "help tells of $c" grep -q "^  $c " out
done
check '--help' run 0 "$linkspec" --help
check '--version' run 0 "$linkspec" --version
check 'linkspec --version says so' grep -q '^linkspec [0-9]' out
for c in ld test conform matrix spec linkers bless agree judge validate dump diff explain; do
  check "$c --help" run 0 "$linkspec" $c --help
  check "$c --help says something" [ -s out ]
done
check 'help COMMAND' run 0 "$linkspec" help agree
check 'full disk is an error' run 1 sh -c '"$0" --help >/dev/full' "$linkspec"

# ---- explain ----
check 'explain a clause' run 0 "$linkspec" explain symbol.binding.weak.one
check 'explain names its cases' grep -q symbols/weak/first-of-two-weak out
check 'explain names the function that does it' grep -q 'model/symtab.c:[0-9]* wins' out
check 'explain a case' run 0 "$linkspec" explain symbols/weak/two-strong
check 'explain names its clauses' grep -q 'symbol.binding.strong: .* (must)' out
check 'explain a diagnostic' run 0 "$linkspec" explain DUPLICATE_SYMBOL
check 'explain says where it is told' grep -q 'model/symtab.c:[0-9]' out
check 'explain a question' run 0 "$linkspec" explain question.weak-choice
check 'explain shows the bytes of its case' grep -q '^    0061736d01000000' out
check 'explain counts the ledger' run 0 "$linkspec" explain ledger
check 'explain counts by force' grep -q '^  must  *[1-9]' out
check 'explain of nothing known is misuse' run 2 "$linkspec" explain nothing

# ---- other linkers ----
mkdir others
printf '#!/bin/sh\necho LLD 99.1.0\n' >others/wasm-ld-99
cp others/wasm-ld-99 others/wasm-ld
printf '#!/bin/sh\nexit 1\n' >others/wasm-ld-98
chmod +x others/*
check 'linkers on PATH' run 0 env PATH="$PWD/others:$PATH" "$linkspec" linkers
check 'one of two names of a linker' [ "$(grep -c 'wasm-ld.*  *99\.1\.0 ' out)" = 1 ]
check 'one that does not run is told of' grep -q 'wasm-ld-98 --version: cannot be run' err

# ---- names of the linker ----
for name in wasm-ld wasm-ld-22; do
  check "$name is the linker" run 1 bin/$name nope.o -o x.wasm
  check "$name names itself" first err \
    "$name: error: cannot open nope.o: No such file or directory"
done
check '-flavor wasm' run 1 "$linkspec" -flavor wasm nope.o -o x.wasm
check 'wasm-ld -flavor wasm' run 0 bin/wasm-ld -flavor wasm --version
check 'wasm-ld --version' run 0 bin/wasm-ld --version
check 'version names LLD, for scripts' grep -q 'LLD 22' out
check 'wasm-ld -v' run 0 bin/wasm-ld -v
check 'wasm-ld --help' run 0 bin/wasm-ld --help
check 'help shows options' grep -q -e '--max-memory=N' out

# ---- messages ----
check 'no arguments' run 1 bin/wasm-ld
check 'no output file' first err 'wasm-ld: error: no output file specified'
check 'unknown argument' run 1 bin/wasm-ld --exprt=x empty.o -o x.wasm
check 'nearest option' first err "wasm-ld: error: \
unknown argument: --exprt=x, did you mean '--export'?"
check 'not supported yet' run 1 bin/wasm-ld --reproduce=x empty.o -o x.wasm
check 'says so' first err 'wasm-ld: error: --reproduce=x is not supported yet'
check 'unknown -z is a warning' \
  run 0 bin/wasm-ld -zfoo --no-entry empty.o -o x.wasm
check 'says warning' first err 'wasm-ld: warning: unknown -z value: foo'
check 'fatal warning' \
  run 1 bin/wasm-ld -zfoo --fatal-warnings --no-entry empty.o -o x.wasm
check 'malformed input' run 1 bin/wasm-ld --no-entry short.o -o y.wasm
check 'names the file' grep -q '^wasm-ld: error: short.o: ' err
check 'names phase and offset' grep -q '^>>> [A-Z_]* (read, .*) at offset 0x' err
check 'no output of a failed link' [ ! -e y.wasm ]
check 'text is no object' run 1 bin/wasm-ld --no-entry text.o -o y.wasm
check 'no colour in a file' sh -c '! grep -q "$(printf "\033")" err'
run 1 bin/wasm-ld --color-diagnostics nope.o -o x.wasm
check 'colour when asked for' grep -q "$(printf '\033')" err
for option in --no-color-diagnostics --color-diagnostics=never --color-diagnostics=auto; do
  run 1 bin/wasm-ld --color-diagnostics $option nope.o -o x.wasm
  check "$option behind it" sh -c '! grep -q "$(printf "\033")" err'
done
run 1 bin/wasm-ld --error-limit=2 n1.o n2.o n3.o n4.o -o x.wasm
check 'error limit' [ "$(wc -l <err)" = 3 ]
run 1 bin/wasm-ld --error-limit=0 n1.o n2.o n3.o n4.o -o x.wasm
check 'no error limit' [ "$(wc -l <err)" = 4 ]

# ---- output ----
check 'links nothing' run 0 bin/wasm-ld --no-entry empty.o -o x.wasm
check 'writes a module' [ "$(head -c 4 x.wasm | tail -c 3)" = asm ]
check 'that may be executed' [ -x x.wasm ]
(umask 077; bin/wasm-ld --no-entry empty.o -o private.wasm)
check 'umask counts' [ "$(ls -l private.wasm | cut -c1-10)" = -rwx------ ]
echo old >old.wasm
check 'failed link' run 1 bin/wasm-ld --no-entry short.o -o old.wasm
check 'leaves the old output' [ "$(cat old.wasm)" = old ]
check 'replaces the output' run 0 bin/wasm-ld --no-entry empty.o -o old.wasm
check '-o /dev/null' run 0 bin/wasm-ld --no-entry empty.o -o /dev/null
check '/dev/null is still there' [ -c /dev/null ]
check '-o to a folder' run 1 bin/wasm-ld --no-entry empty.o -o .
check 'says why' first err \
  'wasm-ld: error: cannot open output file .: Is a directory'
check '-o to nowhere' run 1 bin/wasm-ld --no-entry empty.o -o no/x.wasm
check '-o -' run 0 bin/wasm-ld --no-entry empty.o -o -
check 'writes the module there' [ "$(head -c 4 out | tail -c 3)" = asm ]
check '--Map=FILE' run 0 bin/wasm-ld --no-entry empty.o -o x.wasm --Map=x.map
check 'writes a map' grep -q '^ *Addr *Off *Size Out *In *Symbol$' x.map
check 'that is not executable' [ ! -x x.map ]
check 'and prints nothing' [ ! -s out ]
check '-M' run 0 bin/wasm-ld --no-entry -M -t empty.o -o x.wasm
check 'prints the same, after other lines' sh -c 'tail -n +2 out | cmp -s - x.map'
check '--why-extract of a failed link' run 1 bin/wasm-ld --why-extract=why.txt \
  empty.o -o y.wasm
check 'is written all the same' first why.txt "$(printf 'reference\textracted\tsymbol')"
check '--Map to nowhere' run 1 bin/wasm-ld --no-entry --Map=no/x.map empty.o \
  -o y.wasm
check 'says so' first err \
  'wasm-ld: error: cannot open map file no/x.map: No such file or directory'
check 'and writes no module' [ ! -e y.wasm ]
check '--verbose' run 0 bin/wasm-ld --no-entry --verbose empty.o -o x.wasm
check 'names what is opened' first err 'wasm-ld: Loading: empty.o'
check '--build-id' run 0 bin/wasm-ld --no-entry --build-id=uuid empty.o -o x.wasm
check 'twice' run 0 bin/wasm-ld --no-entry --build-id=uuid empty.o -o y.wasm
check 'a random one is another each time' sh -c '! cmp -s x.wasm y.wasm'
rm -f y.wasm
check 'output over its input' run 0 sh -c \
  'cp empty.o io.o && bin/wasm-ld --no-entry io.o -o io.o'
check 'nothing temporary is left' [ -z "$(ls | grep tmp)" ]

# ---- inputs ----
check 'input from a pipe' run 0 sh -c \
  'cat empty.o | bin/wasm-ld --no-entry /dev/stdin -o x.wasm'
check 'an empty file is no object' run 1 bin/wasm-ld --no-entry /dev/null \
  -o x.wasm
check 'a folder is no input' run 1 bin/wasm-ld --no-entry . -o x.wasm
check 'an empty archive' run 0 bin/wasm-ld --no-entry empty.o -L. -lnone \
  -o x.wasm
check 'a missing library' run 1 bin/wasm-ld --no-entry -L. -lmissing -o x.wasm
check 'names it' first err \
  'wasm-ld: error: unable to find library -lmissing'
echo '--no-entry "empty.o" -o x.wasm -t' >args.rsp
check 'response file' run 0 bin/wasm-ld @args.rsp
check 'trace' first out empty.o

# ---- judge ----
bin/wasm-ld --no-entry empty.o -o judged.wasm
check 'judges its own' run 0 "$linkspec" judge judged.wasm -- --no-entry empty.o
check 'counts violations' grep -q '; 0 violations$' out
check 'another memory is one' run 1 "$linkspec" judge judged.wasm -- --no-entry --max-memory=131072 empty.o
check 'says the clause' grep -q '(memory.max)$' out
check 'what no reader can read is one' run 1 "$linkspec" judge short.o -- --no-entry empty.o
check 'inputs that do not link' run 1 "$linkspec" judge judged.wasm -- --no-entry short.o
check 'it is no object' run 1 "$linkspec" judge judged.wasm -- -r empty.o
bin/wasm-ld -r empty.o -o judged.o
check 'judges an object' run 0 "$linkspec" judge judged.o -- -r empty.o
check 'no module is misuse' run 2 "$linkspec" judge none.wasm -- --no-entry empty.o
check 'no inputs are misuse' run 2 "$linkspec" judge judged.wasm --
check 'nothing is misuse' run 2 "$linkspec" judge

"$linkspec" test --filter symbols/weak/strong-after-weak --keep kept >out
cp kept/symbols/weak/strong-after-weak/[ab].o .
bin/wasm-ld --no-entry --export=f a.o b.o -o judged.wasm
printf '\1' | dd of=judged.wasm bs=1 seek=56 conv=notrunc 2>err
check 'another constant is one' run 1 "$linkspec" judge judged.wasm -- \
  --no-entry --export=f a.o 'b.o'
check 'shows the bytes that were wanted' grep -q \
  '^  wanted:   b.o:0x[0-9a-f]*: .*00 41 \[02\] 0b ' out
check 'and those that are there' grep -q \
  '^  instead:  judged.wasm:0x30: .*00 41 \[01\] 0b ' out
check 'and how to see it again' grep -qx \
  'repeat: linkspec judge judged.wasm -- --no-entry --export=f a.o b.o' out
echo '--no-entry --export=f a.o "b.o"' >judge.rsp
check 'a response file' run 1 "$linkspec" judge judged.wasm -- @judge.rsp
check 'it is as good' grep -q '^  wanted:   b.o:0x' out

# ---- agree ----
cat >echo-peer <<'END'
#!/bin/sh
# A peer that links with linkspec itself; its faults come first.
case $1 in crash) kill -SEGV $$ ;; hang) exec sleep 60 ;; esac
case $1 in reject) echo no >&2; exit 1 ;; nothing) exit 0 ;; esac
exec bin/wasm-ld "$@"
END
chmod +x echo-peer
agree() { # STATUS PEER ARGUMENT...
  want=$1 peer=$2; shift 2
  run "$want" "$linkspec" agree --keep both --timeout 1 --peer "$peer" -- "$@"
}
check 'agrees with itself' agree 0 ./echo-peer --no-entry empty.o -o d/n.wasm
check 'says identical' grep -q '^identical ([0-9]* bytes)$' out
check 'keeps both' cmp -s both/model/n.wasm both/peer/n.wasm
check 'output needs no name' agree 0 ./echo-peer --no-entry empty.o
check 'options of the model alone' run 1 "$linkspec" agree --model --global-base=70000 \
  --peer ./echo-peer -- --no-entry --export=__data_end empty.o -o n.wasm
check 'both reject' agree 0 ./echo-peer --no-entry short.o -o n.wasm
check 'says both reject' grep -q '^both reject: .* / ' out
check 'only the peer rejects' agree 1 './echo-peer reject' --no-entry empty.o
check 'the peer makes nothing' agree 1 './echo-peer nothing' --no-entry empty.o
check 'the peer crashes' agree 1 './echo-peer crash' --no-entry empty.o
check 'says so' grep -q 'killed by signal' out
check 'the peer crashes on what is rejected' \
  agree 1 './echo-peer crash' --no-entry short.o
check 'the peer hangs' agree 1 './echo-peer hang' --no-entry empty.o
check 'different modules' agree 1 './echo-peer -s' --no-entry empty.o
check 'says how large they are' grep -q '^different (model [0-9]* bytes' out
check 'no such peer is misuse' agree 2 ./no-peer --no-entry empty.o
check 'no peer is misuse' run 2 "$linkspec" agree -- empty.o
check 'no arguments is misuse' run 2 "$linkspec" agree --peer x --
check 'unknown option is misuse' run 2 "$linkspec" agree --foo x -- empty.o

# ---- validate ----
# An object with a sub-section 1, which Linking.md does not list.
printf '\0asm\1\0\0\0\0\14\7linking\2\1\1\0' >old.o
printf '!<arch>\n%-48s%-10s`\n' old.o/ "$(wc -c <old.o)" | cat - old.o >libold.a
check 'validate: no findings' run 0 "$linkspec" validate empty.o libnone.a
check 'counts objects' first out '1 object, 0 findings'
check 'validate: a finding' run 1 "$linkspec" validate empty.o libold.a
check 'a line for it' grep -q '^libold.a(old.o): 0x[0-9a-f]*: .*(SUBSECTION_KIND)$' out
check 'counts findings' grep -qx '2 objects, 1 finding' out
check 'validate --permissive' run 0 "$linkspec" validate --permissive empty.o libold.a
check 'ld is permissive' run 0 "$linkspec" ld --no-entry old.o -o old.wasm
check 'ld --validate=strict' run 1 "$linkspec" ld --validate=strict --no-entry old.o -o old.wasm
check 'findings in every file' run 1 "$linkspec" validate short.o text.o old.o
check 'are all told' grep -qx '3 objects, 3 findings' out
check 'no such file is misuse' run 2 "$linkspec" validate no-such.o
check 'no file is misuse' run 2 "$linkspec" validate
check 'unknown option is misuse' run 2 "$linkspec" validate --foo empty.o

# ---- behind clang ----
clang=$(command -v clang || command -v clang-19)
if [ "$clang" ] && echo 'int _start(void) { return 0; }' | "$clang" \
  --target=wasm32 -x c -c - -o start.o >out 2>err; then
  check 'clang drives it' run 0 env PATH="$dir/bin:$PATH" "$clang" \
    --target=wasm32 -nostdlib -B "$dir/bin" start.o -o start.wasm
  check 'and gets a module' [ -s start.wasm ]
else
  skip 'clang drives it'
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
