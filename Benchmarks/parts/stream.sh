# CPU per event of a stream. Each of 32 streams brings an event every 2 ms, so that each event is a read of its own.

part_stream() {
  local yardstick ours
  start_headgate
  body request paced 300 --stream
  for round in {1..5}; do
    yardstick=$(stream_round 18605 "$nginx_pid")
    ours=$(stream_round 18610 "$headgate_pid")
    : >"$scratch/headgate.log"
    echo "${ours% *} ${yardstick% *} $(calculate "${ours% *} / ${yardstick% *}" 3)"
    note stream "round $round: headgate ${ours/ / µs, } reads per event; nginx ${yardstick/ / µs, } reads per event"
  done >"$scratch/rounds"
  stop_headgate
  row stream "CPU per event of a stream" us "$(column 1 <"$scratch/rounds" | median)" \
    "$(column 2 <"$scratch/rounds" | median)" "$(column 3 <"$scratch/rounds" | median)" "<= 2.0"
}

# stream_round PORT PID [OPTION]...: microseconds of CPU per event, and the client's reads per event (1: none came together).
stream_round() {
  local before after events reads
  before=$(cpu "$2")
  read -r events reads < <(timeout 30 "$tools" streams --port "$1" --body "$scratch/request" --streams 32 --each 10 "${@:3}")
  after=$(cpu "$2")
  [ "${events:-0}" -gt 0 ] || fail "the streams on port $1 failed"
  echo "$(calculate "($after - $before) * 10000 / $events")" "$(calculate "$reads / $events")"
}
