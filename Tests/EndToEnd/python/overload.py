"""Offers a gateway more than its provider takes, open loop: calls are sent when they are due, whatever became of those
before them. Run by itself, it prints what it measured; `make bench PARTS=overload` does so."""
import argparse
import asyncio
import collections
import contextlib
import dataclasses
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

SLOTS, CALL_SECONDS = 8, 0.4
CAPACITY = SLOTS / CALL_SECONDS
# Shares of the offered load, the most important class first: what is critical must fit into the capacity.
CLASSES = {"critical": 0.1, "normal": 0.3, "sheddable": 0.3, "batch": 0.3}
TENANTS = [f"tenant-key-number-{number:02}" for number in range(20)]
ABUSER = TENANTS[0]
CONFIG = """
providers:
  sim: { kind: openai, base_url: "http://127.0.0.1:SIM/v1", api_key: none }
models:
  m: { targets: [ { provider: sim, model: echo } ] }
priority: { queue_max: 200, wait_max: 2s }
record: { level: metadata }
keys:
""" + "".join(f"  - {{ name: {key}, token: {key}, priority_max: critical }}\n" for key in TENANTS)


@dataclasses.dataclass
class Call:
    due: float
    tenant: str
    priority: str
    status: int = 0
    seconds: float = 0.0
    attempts: int = 0
    retry_after: int = 0


def plan(multiple, seconds, weights, classes=CLASSES, begin=0.0, seed=1):
    """Calls of a Poisson process: so many times the capacity, from tenants by weight."""
    chance = random.Random(seed)
    names, at, calls = list(weights), begin, []
    while True:
        at += chance.expovariate(multiple * CAPACITY)
        if at >= begin + seconds:
            return calls
        tenant = chance.choices(names, [weights[name] for name in names])[0]
        calls.append(Call(at, tenant, chance.choices(list(classes), list(classes.values()))[0]))


async def send(port, call, zero):
    await asyncio.sleep(zero + call.due - time.monotonic())
    body = json.dumps({"model": "m", "max_tokens": 20, "messages": [{"role": "user", "content": "hello"}]})
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"authorization: Bearer {call.tenant}\r\nx-headgate-priority: {call.priority}\r\nconnection: close\r\n"
            f'x-simulate: {{"first_token_ms":{int(CALL_SECONDS * 1000)},"tokens":1,"tokens_per_second":100000}}\r\n'
            f"content-length: {len(body)}\r\n\r\n{body}").encode())
        try:
            answer = (await asyncio.wait_for(reader.read(), 30)).decode(errors="replace")
        finally:
            writer.close()
    except (OSError, asyncio.TimeoutError):
        call.seconds = time.monotonic() - began
        return
    call.seconds = time.monotonic() - began
    if answer:
        call.status = int(answer[9:12])
        call.attempts = int((re.search(r"\r\nx-headgate-attempts: (\d+)", answer) or [0, 0])[1])
        call.retry_after = int((re.search(r"\r\nretry-after: (\d+)", answer) or [0, 0])[1])


async def play(port, calls):
    zero = time.monotonic() + 0.2
    await asyncio.gather(*(send(port, call, zero) for call in calls))


async def send_and_leave(port, call, zero, patience):
    """Asks as `send` does, and is gone after a while."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(send(port, call, zero), zero + call.due - time.monotonic() + patience)


async def play_impatiently(port, calls, seed=1):
    chance, zero = random.Random(seed), time.monotonic() + 0.2
    await asyncio.gather(*(send_and_leave(port, call, zero, chance.uniform(0, 0.6)) for call in calls))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def await_url(url, process):
    deadline = time.monotonic() + 20
    while True:
        try:
            return urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, f"{url} did not answer"
            time.sleep(0.05)


@contextlib.contextmanager
def gateway(binary):
    """A gateway before a provider with a few slots. Yields its port and what asks for its state."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        simulator_port, port, admin = free_port(), free_port(), free_port()
        token = "admin-token-for-tests"
        (pathlib.Path(folder) / "headgate.yaml").write_text(CONFIG.replace("SIM", str(simulator_port)))
        log = stack.enter_context(open(pathlib.Path(folder) / "log", "wb"))
        for words, url in [
            (["simulate", "--listen", f"127.0.0.1:{simulator_port}", "--slots", str(SLOTS)],
             f"http://127.0.0.1:{simulator_port}/health"),
            (["serve", "--listen", f"127.0.0.1:{port}", "--admin-listen", f"127.0.0.1:{admin}"],
             f"http://127.0.0.1:{port}/ready"),
        ]:
            process = subprocess.Popen([binary, *words], cwd=folder, stdout=log, stderr=log,
                                       env={**os.environ, "HEADGATE_ADMIN_TOKEN": token})
            stack.callback(process.wait, 40)
            stack.callback(process.terminate)
            await_url(url, process)

        def state():
            request = urllib.request.Request(
                f"http://127.0.0.1:{admin}/api/v1/state", headers={"authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)["models"][0]["targets"][0]

        yield port, state


def share_served(calls):
    return sum(call.status == 200 for call in calls) / max(1, len(calls))


def of(calls, **wanted):
    return [call for call in calls if all(getattr(call, name) == value for name, value in wanted.items())]


def goodput(calls, seconds):
    """Good answers a second, counted when they came; the first second, in which a queue fills, aside."""
    begin = calls[0].due
    ends = [call.due + call.seconds for call in calls if call.status == 200]
    return sum(begin + 1 <= end < begin + seconds for end in ends) / (seconds - 1)


def amplification(calls):
    """Calls that the provider got for each one that it was to get."""
    sent = [call.attempts for call in calls if call.attempts]
    return sum(sent) / max(1, len(sent))


def recovery(calls, drop):
    """Seconds after the load's drop until every later call was served, and fast."""
    bad = [call.due - drop for call in calls
           if call.due >= drop and (call.status != 200 or call.seconds > 3 * CALL_SECONDS)]
    return max(bad, default=0.0)


def even(abuse=1):
    return {tenant: abuse if tenant == ABUSER else 1 for tenant in TENANTS}


def ramp(port, multiples, seconds, after):
    """All classes and tenants, one of which sends ten times as much as another; then half of the capacity."""
    steps, begin = {}, 0.0
    for number, multiple in enumerate(multiples):
        steps[multiple] = plan(multiple, seconds, even(10), begin=begin, seed=number)
        begin += seconds
    rest = plan(0.5, after, even(), begin=begin, seed=99)
    asyncio.run(play(port, [call for step in steps.values() for call in step] + rest))
    return steps, rest, begin


def abuse(port, multiple, seconds, well_behaved=0.7):
    """Nineteen tenants ask for what there is room for, and one for all the rest, in the same class."""
    same = {"normal": 1}
    good = plan(well_behaved, seconds, {tenant: 1 for tenant in TENANTS if tenant != ABUSER}, same, seed=5)
    bad = plan(multiple - well_behaved, seconds, {ABUSER: 1}, same, seed=6)
    asyncio.run(play(port, good + bad))
    return good, bad


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binary")
    arguments.add_argument("--seconds", type=int, default=15)
    options = arguments.parse_args()
    options.binary = str(pathlib.Path(options.binary).resolve())
    multiples, seconds = [0.5, 1, 2, 3, 5], options.seconds
    with gateway(options.binary) as (port, _):
        steps, rest, drop = ramp(port, multiples, seconds, after=12)
    rates = {multiple: goodput(calls, seconds) for multiple, calls in steps.items()}
    for multiple, calls in steps.items():
        served = ", ".join(f"{name} {share_served(of(calls, priority=name)):.1%}" for name in CLASSES)
        slow = sorted(call.seconds for call in calls if call.status == 200)
        refused = sorted(call.seconds for call in calls if call.status == 503) or [0]
        statuses = dict(collections.Counter(call.status for call in calls))
        print(f"# {multiple} x capacity: {rates[multiple]:.1f} good a second; served: {served}; "
              f"p99 of these {slow[int(len(slow) * 0.99)]:.2f} s; refused after {refused[len(refused) // 2]:.2f} s "
              f"(median); {statuses}")
    with gateway(options.binary) as (port, _):
        good, bad = abuse(port, 5, seconds)
    print(f"# one abusive tenant: the others served {share_served(good):.2%}, the abusive one {share_served(bad):.2%}")
    everything = [call for calls in steps.values() for call in calls] + rest
    critical = of([call for calls in steps.values() for call in calls], priority="critical")
    print(f"goodput {100 * rates[5] / max(rates.values()):.1f}")
    print(f"critical {100 * share_served(critical):.2f}")
    print(f"loss {100 * (1 - share_served(good)):.2f}")
    print(f"recovery {recovery(rest, drop):.2f}")
    print(f"amplification {amplification(everything):.3f}")


if __name__ == "__main__":
    main()
