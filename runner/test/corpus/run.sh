# run.sh: sourced by corpus.sh: runs the links, a shard of them at a time.  Uses build, peer, others,
# links, work, sources and jobs; gives $work/resultN, a line for each link: its part, how it ended,
# more; and $work/judgedN, a line for each module that was judged.

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

# Is a linker's module a correct link?
judge() { # linker module shard part line
  "$build/linkspec" judge "$2" -- $5 >"$work/shard$3/judgement" 2>&1
  case $? in
  0) echo "$4 accepted" ;;
  *)
    reason=$(rejected "$1" "$4 $5" "$work/shard$3/judgement")
    if [ -n "$reason" ]; then
      echo "$4 expected $reason"
    else
      echo "$4 rejected $1: $5: $(head -n 3 "$work/shard$3/judgement" | tr '\n' ' ')"
    fi
    ;;
  esac >>"$work/judged$3"
}

# The modules of a link that agree has kept, and of real programs those of the other linkers.
judge_all() { # shard part line
  model=$work/shard$1/model/a.out
  newest=$work/shard$1/peer/a.out
  [ -e "$model" ] && judge model "$model" "$@"
  [ -e "$newest" ] && ! cmp -s "$model" "$newest" && judge newest "$newest" "$@"
  case $2 in real-*) ;; *) return ;; esac
  for ld in $others; do
    $ld $3 -o "$work/shard$1/other" >/dev/null 2>&1 &&
      judge "${ld##*/}" "$work/shard$1/other" "$@"
  done
}

run_links() { # shard: every line whose number leaves this rest
  folder=$work/shard$1
  mkdir -p "$folder"
  awk "NR % $jobs == $1" "$links" | while read -r part line; do
    # shellcheck disable=SC2086 # a command line
    rm -f "$folder/model/a.out" "$folder/peer/a.out"
    "$build/linkspec" agree --keep "$folder" --peer "$peer" -- $line >"$folder/out" 2>&1
    status=$?
    judge_all "$1" "$part" "$line"
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
