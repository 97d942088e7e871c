# What the parts share: processes, CPU times, medians and the table. Sourced by `run`.

scratch=$(mktemp -d)
chmod 755 "$scratch"
declare -A started # what is to be stopped, by process id
failed=0

# --- processes ---

stop_all() {
  local pid
  for pid in "${!started[@]}"; do stop "$pid"; done
  rm -rf "$scratch"
}

# stop PID: asks, and after two seconds does not ask any more.
stop() {
  kill -TERM "$1" 2>/dev/null || true
  for _ in {1..40}; do kill -0 "$1" 2>/dev/null || break; sleep 0.05; done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  unset "started[$1]" # its id may become another process's
}

# listens PORT: whether somebody does.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

await_port() {
  for _ in {1..200}; do listens "$1" && return; sleep 0.05; done
  fail "nothing listens on 127.0.0.1:$1"
}

fail() {
  echo "bench: $*" >&2
  [ ! -s "$scratch/headgate.log" ] || { echo "bench: the end of Headgate's log:" >&2; tail -n 5 "$scratch/headgate.log" >&2; }
  exit 1
}

start_nginx() { # the upstream and the yardstick; sets nginx_pid to the yardstick's one worker
  local master
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$scratch/server.key" -out "$scratch/server.pem" 2>/dev/null
  cp "$scratch/server.pem" "$scratch/ca.pem"
  cp "$here"/nginx/*.conf "$scratch" # nginx looks for certificates beside its configuration
  nginx -p "$scratch" -e stderr -c "$scratch/mock.conf" & started[$!]=mock
  nginx -p "$scratch" -e stderr -c "$scratch/proxy.conf" & master=$!
  started[$master]=yardstick
  await_port 18601
  await_port 18603
  nginx_pid=$(pgrep -P "$master" | head -n 1)
}

start_upstream() { # the provider whose streams keep time
  "$tools" upstream --paced-port 18606 --silent-port 18607 >/dev/null & started[$!]=upstream
  await_port 18606
  await_port 18607
}

# launch_headgate THREADS [NAME=VALUE]...: with these variables; sets headgate_pid. Its log goes to a file, in JSON
# lines, as an operator's would.
launch_headgate() {
  env BENCH_THREADS="$1" "${@:2}" "$headgate" serve --config "$here/headgate.yaml" 2>>"$scratch/headgate.log" &
  headgate_pid=$!
  started[$headgate_pid]=headgate
}

start_headgate() { # the same, and it serves
  launch_headgate "${@:-1}"
  await_port 18610
}

stop_headgate() { stop "$headgate_pid"; : >"$scratch/headgate.log"; }

make_key() {
  export BENCH_DATA=$scratch/data BENCH_CA=$scratch/ca.pem BENCH_THREADS=1
  KEY=$("$headgate" keys create --config "$here/headgate.yaml" --name bench --json | sed -E 's/.*"token":"([^"]+)".*/\1/')
  export KEY
}

# --- measuring ---

# cpu PID: hundredths of a second that all its threads have used, those that ended included.
cpu() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

resident_kilobytes() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

calculate() { bc <<<"scale=${2:-2}; ($1) / 1" | sed 's/^\./0./'; }

median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

column() { awk -v column="$1" '{ print $column }'; }

# body NAME MODEL BYTES [--stream]: a request's body in a file of that name.
body() { "$tools" body --model "$2" --bytes "$3" ${4:+"$4"} >"$scratch/$1"; }

# --- the table ---

table_line() { printf '%-8s %-40s %9s %9s %-5s %7s  %s\n' "$@" | tee -a "$results.txt"; }

table_head() { table_line part measure headgate yardstick unit ratio aim; }

# row PART MEASURE UNIT HEADGATE YARDSTICK RATIO AIM: a line of the table, and one of the file for programs. YARDSTICK,
# RATIO and AIM ('<= 2.4', '>= 2') may be empty. An aim is about the ratio where there is one.
row() {
  local part=$1 measure=$2 unit=$3 ours=$4 yardstick=$5 ratio=$6 aim=$7 verdict= met=null
  if [ -n "$aim" ]; then
    if [ "$(bc <<<"${ratio:-$ours} $aim")" = 1 ]; then verdict=met met=true; else verdict=missed met=false; fi
  fi
  table_line "$part" "$measure" "$ours" "${yardstick:--}" "${unit:--}" "${ratio:--}" "${aim:+$aim $verdict}"
  printf '{"part":"%s","measure":"%s","unit":"%s","headgate":%s,"yardstick":%s,"ratio":%s,"aim":"%s","met":%s}\n' \
    "$part" "$measure" "$unit" "$ours" "${yardstick:-null}" "${ratio:-null}" "$aim" "$met" >>"$results.jsonl"
}

note() { echo "$1: $2" >&2; }
