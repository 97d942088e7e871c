# The dashboard over a month of calls, by default 10 million of them (HISTORY_RECORDS), in a headless Chromium. Needs some
# 7 GB in HISTORY_DIR (default /tmp), Selenium in .venv (scripts/bootstrap --test), and some minutes to write the calls.

part_dashboard() {
  local folder figures chart act
  folder=$(mktemp -d "${HISTORY_DIR:-/tmp}/headgate-dashboard.XXXXXX")
  "$(dirname "$tools")/history" --directory "$folder/data" --records "${HISTORY_RECORDS:-10000000}" --previews \
    --writes-only >"$scratch/rounds" || { rm -rf "$folder"; fail "the history could not be written"; }
  figures=$("$here/../.venv/bin/python" "$here/dashboard.py" "$headgate" "$tools" "$folder/data") ||
    { rm -rf "$folder"; fail "the dashboard could not be measured"; }
  rm -rf "$folder"
  grep '^#' <<<"$figures" >&2
  dashboard_row paint "first contentful paint of the overview" ms "<= 300"
  for chart in $(awk '/^chart:/ { print $1 }' <<<"$figures"); do
    dashboard_row "$chart" "30 days: $(tr _ ' ' <<<"${chart#chart:}")" ms "<= 200"
  done
  dashboard_row assets "all assets, uncompressed" bytes "<= 250000"
  dashboard_row requests "API requests of the overview" "" "<= 4"
  dashboard_row tail "longest task, live tail at 500 a second" ms "<= 50"
  for act in load scroll keys search; do
    dashboard_row "trace:$act" "longest task, trace of 9,990 spans: $act" ms "<= 50"
  done
}

dashboard_row() { # NAME MEASURE UNIT AIM
  row dashboard "$2" "$3" "$(awk -v name="$1" '$1 == name { print $2 }' <<<"$figures")" "" "" "$4"
}
