#!/bin/sh
# broken.sh BUILD [SHARD]: three broken linkers (lua/linkers/broken.lua) must be
# caught by every case, or by those of a shard.
#
# One that rejects everything passes what must be rejected as it is, where there
# is no valid twin to be rejected as well.  One that gives its first input back
# passes where that is right: what broken.passes lists.
set -u
build=$1
shard=${2:-1/1}
. runner/test/tally.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rejections=$scratch/rejections results=$scratch/results

# ID of every case that expects no module
sed -n 's/^\([^ \t]*\)\t.*\trejects=.*/\1/p' golden/MANIFEST >"$rejections"
"$build/linkspec" conform -v --shard "$shard" --linker broken-copies \
  --linker broken-accepts --linker broken-rejects >"$scratch/log" 2>&1
LC_ALL=C sed -n 's/^\([A-Z-]*\) \(broken-[a-z]*\)@1: \([^ ]*\).*/\2 \3 \1/p' \
  "$scratch/log" >"$results"

# LINKER VERDICTS: it has no others, and some of each.
verdicts() {
  found=$(sed -n "s/^$1 [^ ]* //p" "$results" | sort -u | paste -sd ' ')
  [ "$found" = "$2" ] && pass || fail "$1: $found, not $2"
}
verdicts broken-accepts 'ACCEPTS-INVALID FAIL UNSUPPORTED'
verdicts broken-copies 'ACCEPTS-INVALID FAIL PASS UNSUPPORTED'
verdicts broken-rejects 'PASS REJECTS-VALID UNSUPPORTED'

while read -r linker id verdict; do
  case $linker/$verdict in
  */UNSUPPORTED) ;;
  broken-copies/PASS)
    grep -qx "$id" runner/test/broken.passes && pass || fail "$linker: PASS $id" ;;
  broken-rejects/PASS)
    grep -qx "$id" "$rejections" && pass || fail "$linker: PASS $id" ;;
  */PASS) fail "$linker: PASS $id" ;;
  *)
    if [ $linker = broken-copies ] && grep -qx "$id" runner/test/broken.passes; then
      fail "$linker: $verdict $id, which is listed to pass"
    else
      pass
    fi ;;
  esac
done <"$results"
tally
