# Latency at 1,000 requests a second that are sent when they are due, whatever became of those before them.

part_open() {
  local yardstick ours
  start_headgate
  body request plain 300
  for round in {1..5}; do
    yardstick=$(open_round 18603)
    ours=$(open_round 18610)
    : >"$scratch/headgate.log"
    echo "$ours $yardstick $(calculate "${ours% *} / ${yardstick% *}") $(calculate "${ours#* } / ${yardstick#* }")"
    note open "round $round: median and p99: headgate ${ours/ / µs, } µs; nginx ${yardstick/ / µs, } µs"
  done >"$scratch/rounds"
  stop_headgate
  open_row "median latency at 1,000 a second" 1 3 5
  open_row "p99 latency at 1,000 a second" 2 4 6
}

open_round() {
  timeout 30 "$tools" requests --port "$1" --body "$scratch/request" --rate 1000 --count 4000 --warm-up 500 ||
    fail "the requests to port $1 did not come back"
}

open_row() { # MEASURE OURS YARDSTICK RATIO, the last three as columns
  row open "$1" us "$(column "$2" <"$scratch/rounds" | median)" "$(column "$3" <"$scratch/rounds" | median)" \
    "$(column "$4" <"$scratch/rounds" | median)" "<= 1.6"
}
