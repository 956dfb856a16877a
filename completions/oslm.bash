# bash completion for oslm; bash 4.4 or later.

_oslm() {
  local line answer
  # The line itself: COMP_WORDS breaks `name:tag` and `--flag=value` apart.
  answer=$("$1" __complete --breaks "$COMP_WORDBREAKS" -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* && $line != *$'\t'* ]]; then
      [[ $line == :files ]] && compopt -o default -o filenames
    else
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done <<<"$answer"
}

complete -o nosort -F _oslm oslm
