# What a translation costs on the way: CPU of calls that are put into another format, against the same calls to a provider
# of the client's own, both through Headgate and in turn.

part_translated() {
  translated_calls 1000 "1 KB"
  translated_calls 16000 "16 KB"
  translated_events
}

translated_calls() { # BYTES NAME: OpenAI's chat at Anthropic's messages
  local plain ours
  start_headgate
  for ((round = 1; round <= 5; round++)); do
    body request large "$1"
    plain=$(wrk_round 18610 "$headgate_pid" 3)
    body request claude "$1"
    ours=$(wrk_round 18610 "$headgate_pid" 3)
    : >"$scratch/headgate.log"
    echo "${ours% *} ${plain% *} $(calculate "${ours% *} / ${plain% *}" 3)"
    note translated "round $round, $2: translated ${ours/ / µs, } a second; as it came ${plain/ / µs, } a second"
  done >"$scratch/rounds"
  stop_headgate
  translated_row "CPU per translated request of $2" "<= 1.5"
}

translated_events() { # OpenAI's chunks as Anthropic's events
  local plain ours
  start_headgate
  body request paced 300 --stream
  for ((round = 1; round <= 5; round++)); do
    plain=$(stream_round 18610 "$headgate_pid")
    ours=$(stream_round 18610 "$headgate_pid" --path /v1/messages)
    : >"$scratch/headgate.log"
    echo "${ours% *} ${plain% *} $(calculate "${ours% *} / ${plain% *}" 3)"
    note translated "round $round: translated ${ours% *} µs an event; as it came ${plain% *} µs"
  done >"$scratch/rounds"
  stop_headgate
  translated_row "CPU per translated event" "<= 2.0"
}

translated_row() { # MEASURE AIM
  row translated "$1" us "$(column 1 <"$scratch/rounds" | median)" "$(column 2 <"$scratch/rounds" | median)" \
    "$(column 3 <"$scratch/rounds" | median)" "$2"
}
