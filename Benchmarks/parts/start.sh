# The time from exec to the first 200 of /ready.

part_start() {
  local begin
  for _ in {1..9}; do
    begin=${EPOCHREALTIME/[.,]/}
    launch_headgate 1
    until [[ $(ready) == *" 200 "* ]]; do
      kill -0 "$headgate_pid" 2>/dev/null || fail "Headgate did not start"
      [ $((${EPOCHREALTIME/[.,]/} - begin)) -lt 10000000 ] || fail "Headgate was not ready within 10 seconds"
    done
    echo $((${EPOCHREALTIME/[.,]/} - begin))
    stop_headgate
  done >"$scratch/rounds"
  row start "from exec to ready" ms "$(calculate "$(median <"$scratch/rounds") / 1000" 1)" "" "" "<= 100"
}

ready() { # the status line of /ready, by the shell itself: a curl takes longer to start than Headgate
  {
    exec 3<>/dev/tcp/127.0.0.1/18610 || return 0
    printf 'GET /ready HTTP/1.1\r\nhost: 127.0.0.1:18610\r\nconnection: close\r\n\r\n' >&3
    head -n 1 <&3
  } 2>/dev/null
}
