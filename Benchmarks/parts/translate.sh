# OpenAI's chat put into Anthropic's messages, by itself: what a request costs before it goes out.

part_translate() {
  local name time aim
  "$tools" translate >"$scratch/rounds"
  while IFS=$'\t' read -r name time; do
    case $name in *tokens*) aim="<= 1.5" ;; *) aim= ;; esac
    row translate "$name" ms "$time" "" "" "$aim"
  done <"$scratch/rounds"
}
