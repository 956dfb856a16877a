# bash completion for oslm; bash 4.4 or later.

_oslm() {
  local -a words
  # The line itself: COMP_WORDS breaks `name:tag` and `--flag=value` apart.
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
  local current=${words[-1]} line answer
  local -a values=()
  answer=$("$1" __complete -- "${words[@]:1}" 2>/dev/null) || return
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      [[ $line == :files ]] && compopt -o default -o filenames
    else
      values+=("${line%%$'\t'*}")
    fi
  done <<<"$answer"
  # Readline replaces only what stands after the last break.
  local breaks=${COMP_WORDBREAKS//[^:=]/} head=""
  [[ -n $breaks && $current == *["$breaks"]* ]] && head=${current%"${current##*["$breaks"]}"}
  COMPREPLY=()
  for line in "${values[@]}"; do COMPREPLY+=("${line#"$head"}"); done
}

complete -o nosort -F _oslm oslm
