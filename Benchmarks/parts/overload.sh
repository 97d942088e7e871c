# Up to five times what a provider with eight slots takes, open loop, in four classes from twenty tenants.

part_overload() {
  local figures
  figures=$(timeout 300 python3 "$here/../Tests/EndToEnd/python/overload.py" "$headgate") ||
    fail "the overload was not measured"
  grep '^#' <<<"$figures" >&2
  overload_row goodput "good answers at 5 x, of the best" "%" ">= 90"
  overload_row critical "critical calls that were served" "%" ">= 99.5"
  overload_row loss "lost by the others to an abusive tenant" "%" "< 2"
  overload_row recovery "until all is served again" s "< 5"
  overload_row amplification "attempts for each call that was sent on" "" "<= 1.2"
}

overload_row() { # NAME MEASURE UNIT AIM
  row overload "$2" "$3" "$(awk -v name="$1" '$1 == name { print $2 }' <<<"$figures")" "" "" "$4"
}
