# Resident memory, idle and with 8,000 streams that have brought one event and are silent since.

part_memory() {
  local idle holding streams=8000
  [ "$(ulimit -n)" -ge 17000 ] || fail "8,000 streams need 17,000 open files; the limit is $(ulimit -n)"
  start_headgate
  body request silent 300 --stream
  sleep 1
  idle=$(resident_kilobytes "$headgate_pid")
  mkfifo "$scratch/hold"
  timeout 90 "$tools" hold --port 18610 --body "$scratch/request" --streams $streams <"$scratch/hold" >"$scratch/held" &
  local holder=$!
  started[$holder]=holder
  exec 4>"$scratch/hold" # closing it ends the streams
  for _ in {1..300}; do
    ! grep -q open "$scratch/held" || break
    kill -0 $holder 2>/dev/null || fail "the silent streams could not be opened"
    sleep 0.2
  done
  grep -q open "$scratch/held" || fail "the silent streams were not open within a minute"
  sleep 1
  holding=$(resident_kilobytes "$headgate_pid")
  exec 4>&-
  stop $holder
  stop_headgate
  row memory "resident memory, idle" MB "$(calculate "$idle / 1024" 1)" "" "" "<= 40"
  row memory "resident memory per silent stream" KB "$(calculate "($holding - $idle) / $streams")" "" "" "<= 18"
}
