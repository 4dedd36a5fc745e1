# run.sh: sourced by corpus.sh: runs the links, a shard of them at a time.  Uses build, peer, links,
# work, sources and jobs; gives $work/resultN, a line for each link: its part, how it ended, more.

# Whether the two modules in a folder differ by no more than what a check of corpus/expected says.
holds() { # check folder
  case $1 in
  -) ;;
  byte) cmp -l "$2/model/a.out" "$2/peer/a.out" 2>&1 |
    awk 'NF != 3 { n = 2 } { n++ } END { exit n != 1 }' ;;
  again)
    for side in model peer; do
      $peer -O0 --no-entry --export-all "$2/$side/a.out" -o "$2/$side/again" || return 1
    done
    cmp -s "$2/model/again" "$2/peer/again"
    ;;
  *) fail "corpus/expected: $1 is no check" ;;
  esac
}

# The reason why a link is expected to differ, or nothing.
expected() { # line verdict folder
  grep -v '^#' "$sources/expected" | while IFS='	' read -r links verdict check reason; do
    # shellcheck disable=SC2254 # patterns
    case $1 in $links) case $2 in $verdict)
      holds "$check" "$3" 2>>"$work/log" && echo "$reason" && break ;;
    esac ;; esac
  done
}

run_links() { # shard: every line whose number leaves this rest
  folder=$work/shard$1
  mkdir -p "$folder"
  awk "NR % $jobs == $1" "$links" | while read -r part line; do
    # shellcheck disable=SC2086 # a command line
    "$build/linkspec" agree --keep "$folder" --peer "$peer" -- $line >"$folder/out" 2>&1
    status=$?
    if [ $status = 0 ]; then
      case $(cat "$folder/out") in
      identical*) echo "$part equal" ;;
      *) echo "$part refused" ;;
      esac
    elif [ $status = 2 ] && ! $peer $line -o "$folder/module" >"$folder/peer.says" 2>&1; then
      echo "$part refused" # options that do not go together
    else
      reason=$(expected "$part $line" "$(tr '\n' ' ' <"$folder/out")" "$folder")
      if [ -n "$reason" ]; then
        echo "$part expected $reason"
      else
        echo "$part differs $line: $(head -n 4 "$folder/out" | tr '\n' ' ')"
      fi
    fi
  done >"$work/result$1"
}
