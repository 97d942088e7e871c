# The scanner that every request's body goes through, by itself; the yardstick is Foundation's JSONDecoder.

part_json() {
  local name scanner decoder aim
  "$tools" json >"$scratch/rounds"
  while IFS=$'\t' read -r name scanner decoder; do
    # The aim is for prompts; the other two show what many escapes and short bodies cost.
    case $name in *prompt*) aim=">= 2" ;; *) aim= ;; esac
    row json "$name" GB/s "$scanner" "$decoder" "" "$aim"
  done <"$scratch/rounds"
}
