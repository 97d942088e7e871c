# Questions over a month of calls, by default 10 million of them (HISTORY_RECORDS), asked of the store itself: what
# writing and disk they took, and how long the median answer takes. Needs some 6 GB in HISTORY_DIR (default /tmp).

part_history() {
  local folder measure unit value aim
  folder=$(mktemp -d "${HISTORY_DIR:-/tmp}/headgate-history.XXXXXX")
  "$(dirname "$tools")/history" --directory "$folder/data" --records "${HISTORY_RECORDS:-10000000}" >"$scratch/rounds" \
    || { rm -rf "$folder"; fail "the history could not be measured"; }
  rm -rf "$folder"
  while IFS=$'\t' read -r measure unit value aim; do
    row history "$measure" "$unit" "$value" "" "" "$aim"
  done <"$scratch/rounds"
}
