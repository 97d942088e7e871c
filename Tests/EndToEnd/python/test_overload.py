"""More calls than the provider takes: what matters is served, and the rest is told so soon."""
import asyncio
import time

import overload
from conftest import BINARY


def test_more_than_there_is_room_for_takes_little_from_what_is_served():
    with overload.gateway(BINARY) as (port, _):
        steps, rest, drop = overload.ramp(port, [1, 5], 5, after=6)
    calls = steps[1] + steps[5]
    assert {call.status for call in calls} <= {200, 503}
    # The bounds are wide: the machine may have other things to do. The benchmark has the narrow ones.
    assert overload.goodput(steps[5], 5) > 0.7 * overload.CAPACITY
    served = {name: overload.share_served(overload.of(steps[5], priority=name)) for name in overload.CLASSES}
    assert served["critical"] > 0.9 and served["critical"] > served["normal"] > served["batch"]
    assert all(call.retry_after >= 1 for call in calls if call.status == 503)
    assert overload.amplification(calls) < 1.4
    assert overload.recovery(rest, drop) < 5.5


def test_an_abusive_tenant_takes_little_from_the_others():
    with overload.gateway(BINARY) as (port, _):
        good, bad = overload.abuse(port, 5, 5)
    assert overload.share_served(good) > 0.85 > 0.5 > overload.share_served(bad)


def test_clients_that_leave_whenever_they_like_leave_nothing_behind():
    with overload.gateway(BINARY) as (port, state):
        asyncio.run(overload.play_impatiently(port, overload.plan(6, 5, overload.even())))
        assert state()["limit"] is not None
        deadline = time.monotonic() + 10
        while state()["in_flight"] or any(state()["waiting"].values()):
            assert time.monotonic() < deadline, state()
            time.sleep(0.05)
        # All the room is there again.
        calls = overload.plan(0.5, 3, overload.even())
        asyncio.run(overload.play(port, calls))
        assert overload.share_served(calls) == 1
