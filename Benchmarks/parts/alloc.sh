# Allocations per unary exchange, counted and not timed: the one figure that fails the run when it grows.

part_alloc() {
  local requests=20000 before after allocations known tolerance
  ${CC:-clang} -O2 -shared -fPIC "$here/allocations.c" -o "$scratch/allocations.so"
  start_headgate 1 LD_PRELOAD="$scratch/allocations.so" ALLOCATIONS_FILE="$scratch/allocations"
  body request plain 300
  exchanges 2000 # what is made once and kept is not counted
  sleep 0.5
  before=$(allocations_now)
  exchanges $requests
  sleep 0.5
  after=$(allocations_now)
  stop_headgate
  allocations=$(calculate "($after - $before) / $requests")
  read -r known tolerance < <(awk '$1 == "allocations_per_exchange" { print $2, $3 }' "$here/thresholds")
  local most=$(calculate "$known * (100 + ${tolerance%\%}) / 100")
  row alloc "allocations per unary exchange" "" "$allocations" "" "" "<= $most"
  if [ "$(bc <<<"$allocations > $most")" = 1 ]; then
    note alloc "more than the $known (+ $tolerance) of Benchmarks/thresholds"
    failed=1
  elif [ "$(bc <<<"$allocations < $known * (100 - ${tolerance%\%}) / 100")" = 1 ]; then
    note alloc "fewer than the $known of Benchmarks/thresholds: lower it to $allocations"
  fi
}

exchanges() {
  timeout 60 "$tools" requests --port 18610 --body "$scratch/request" --connections 4 --count "$1" >/dev/null ||
    fail "the requests did not come back"
}

allocations_now() { od -An -t u8 "$scratch/allocations" | tr -d ' '; }
