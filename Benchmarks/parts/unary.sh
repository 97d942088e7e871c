# CPU per unary request, against nginx: plain (unary), over TLS upstream (tls), with two loops (loops), and with a
# body of 300 KB (body). Headgate and nginx are measured in turn, round by round, before the same upstream.

# Each: part, measure, loops, model, bytes, port of nginx, rounds, seconds of a round, aim.
part_unary() { cpu_ratio unary "CPU per request of 300 bytes"      1 plain    300 18603 7 4 "<= 3.0"; }
part_tls()   { cpu_ratio tls   "CPU per request, TLS to upstream"  1 tls      300 18604 3 3 ""; }
part_loops() { cpu_ratio loops "CPU per request, two loops"        2 plain    300 18603 3 3 ""; }
part_body()  { cpu_ratio body  "CPU per request of 300 KB"         1 large 300000 18609 5 4 "<= 2.5"; }

cpu_ratio() {
  local part=$1 measure=$2 loops=$3 model=$4 bytes=$5 port=$6 rounds=$7 seconds=$8 aim=$9 yardstick ours
  start_headgate "$loops"
  body request "$model" "$bytes"
  for ((round = 1; round <= rounds; round++)); do
    yardstick=$(wrk_round "$port" "$nginx_pid" "$seconds")
    ours=$(wrk_round 18610 "$headgate_pid" "$seconds")
    : >"$scratch/headgate.log"
    echo "${ours% *} ${yardstick% *} $(calculate "${ours% *} / ${yardstick% *}" 3)"
    note "$part" "round $round: headgate ${ours/ / µs, } a second; nginx ${yardstick/ / µs, } a second"
  done >"$scratch/rounds"
  stop_headgate
  row "$part" "$measure" us "$(column 1 <"$scratch/rounds" | median)" "$(column 2 <"$scratch/rounds" | median)" \
    "$(column 3 <"$scratch/rounds" | median)" "$aim"
}

# wrk_round PORT PID SECONDS: microseconds of CPU per request, and requests per second.
wrk_round() {
  local url=http://127.0.0.1:$1/v1/chat/completions before after answer
  export BODY=$scratch/request
  timeout 30 wrk -t1 -c16 -d1s -s "$here/post.lua" "$url" >/dev/null
  before=$(cpu "$2")
  answer=$(timeout 30 wrk -t1 -c16 -d"$3s" -s "$here/post.lua" "$url")
  after=$(cpu "$2")
  ! grep -E 'Non-2xx|Socket errors' <<<"$answer" >&2 || fail "there were errors on port $1"
  [ "$after" -gt "$before" ] || fail "the process $2 used no CPU: is it the one on port $1?"
  echo "$(calculate "($after - $before) * 10000 / $(awk '/requests in/ { print $1 }' <<<"$answer")")" \
    "$(awk '/Requests\/sec/ { print int($2) }' <<<"$answer")"
}
