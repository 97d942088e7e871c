"""The fault matrix: every failure of a provider, unstreamed and streamed, of four kinds of providers, before clients of
their own dialects. With another provider behind it the client gets that one's answer; alone, a clean error in its
dialect: never a hang, a mixed answer, or a 200 that lies."""
import concurrent.futures
import json
import time
import urllib.error
import urllib.request

import pytest

from conftest import running

KINDS = ["openai", "anthropic", "gemini", "bedrock"]
MODES = ["unary", "stream"]
# Whether another provider stands behind the one that fails, and may go on with what it has begun.
BACKINGS = ["alone", "backed", "continued"]
# What the simulator does by these words, and what the gateway cannot even reach.
FAULTS = [
    "unresolved", "no-tls", "refuse", "reset", "http-401", "http-408", "http-429", "http-429-seconds", "http-429-date",
    "http-429-ms", "http-500", "http-502", "http-503", "http-529", "error-after-200", "stall-first", "stall-mid",
    "cut-mid", "truncated", "malformed", "slow-drip"]
# Streams whose first content has reached the client before they fail: no other provider may take over unasked.
MIDDLE = {"stall-mid", "cut-mid", "truncated", "error-after-200", "malformed"}
SECONDS_MAX = 15


def provider(kind: str, name: str, url: str) -> str:
    settings = {
        "openai": 'api_key: sk-test, base_url: "URL/v1"', "anthropic": 'api_key: sk-test, base_url: "URL"',
        "gemini": 'api_key: sk-test, base_url: "URL"',
        "bedrock": 'api_key: sk-test, region: eu-central-1, base_url: "URL"'}[kind]
    return f"  {name}: {{ kind: {kind}, {settings.replace('URL', url)} }}\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    config = "auth: none\ntimeouts: { first_token: 1s, between_tokens: 1s }\n"
    config += "retries: { attempts_max: 2, backoff: 10ms..100ms, budget: 100% }\n"
    # Each fault is to be met by every call, and not by the first ones alone.
    config += "breaker: { consecutive: 1000000, error_rate: 100%, requests_min: 1000000 }\nproviders:\n"
    models = "models:\n"
    for kind in KINDS:
        config += provider(kind, f"{kind}-good", "http://127.0.0.1:SIM")
        behind = f"{{ provider: {kind}-good, model: lorem, weight: 0 }}"
        for fault in FAULTS:
            url = {"no-tls": "https://127.0.0.1:SIM", "unresolved": "http://no-such-host.invalid"}.get(fault)
            for call in (f"{kind}-{fault}-{mode}-{backing}" for mode in MODES for backing in BACKINGS):
                # An account for each call: a key that one of them has to rest is none of the others'.
                config += provider(kind, call, url or "http://127.0.0.1:SIM")
                target = f"{{ provider: {call}, model: {'lorem' if url else fault}, weight: 1 }}"
                targets = target if call.endswith("-alone") else f"{target}, {behind}"
                rest = ", on_interrupt: continue" if call.endswith("-continued") else ""
                models += f"  {call}: {{ targets: [ {targets} ]{rest} }}\n"
    with running(tmp_path_factory.mktemp("faults"), config + models, "--instant") as program:
        yield program.port


def ask(port: int, kind: str, fault: str, mode: str, backing: str):
    """A call in the provider's own dialect; Bedrock's clients speak OpenAI's here."""
    model, streams = f"{kind}-{fault}-{mode}-{backing}", mode == "stream"
    messages = [{"role": "user", "content": "hello"}]
    if kind == "anthropic":
        path, body = "/v1/messages", {"model": model, "max_tokens": 100, "messages": messages, "stream": streams}
    elif kind == "gemini":
        path = f"/v1beta/models/{model}:" + ("streamGenerateContent?alt=sse" if streams else "generateContent")
        body = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
    else:
        path, body = "/v1/chat/completions", {"model": model, "messages": messages, "stream": streams}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"content-type": "application/json", "x-headgate-timeout-ms": "6000"})
    started = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_MAX) as answer:
            status, headers, text = answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        status, headers, text = error.code, dict(error.headers), error.read().decode()
    return status, {name.lower(): value for name, value in headers.items()}, text, time.monotonic() - started


def is_error(kind: str, body: dict) -> bool:
    """An error as the dialect's SDK reads it."""
    error = body.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return False
    if kind == "anthropic":
        return body.get("type") == "error" and isinstance(error.get("type"), str)
    return kind != "gemini" or (isinstance(error.get("code"), int) and isinstance(error.get("status"), str))


def outcome(kind: str, mode: str, answer) -> str:
    """What the client has got; anything that has no word here is a fault of the gateway's."""
    status, headers, text, seconds = answer
    assert seconds < SECONDS_MAX - 1, "it hung"
    if status != 200:
        assert is_error(kind, json.loads(text)), text
        return "error"
    if mode == "unary":
        body = json.loads(text)
        said = {
            "anthropic": lambda: body["content"][0]["text"],
            "gemini": lambda: body["candidates"][0]["content"]["parts"][0]["text"],
        }.get(kind, lambda: body["choices"][0]["message"]["content"])()
        assert said
        return "good"
    events = [line[6:] for line in text.split("\n") if line.startswith("data: ")]
    try:
        last = [json.loads(event) for event in events if event != "[DONE]"]
    except ValueError:
        return "damaged as it came"
    # One answer alone: a second beginning would be a second answer.
    identities = {event.get("id") or event.get("responseId") for event in last if event.get("id") or event.get("responseId")}
    assert len(identities) <= 1, identities
    if any(is_error(kind, event) for event in last):
        assert is_error(kind, last[-1]), "an error must be the last event"
        assert "[DONE]" not in events
        return "broken stream"
    ends = {
        "anthropic": lambda: last[-1]["type"] == "message_stop",
        "gemini": lambda: last[-1]["candidates"][0]["finishReason"] == "STOP",
    }.get(kind, lambda: events[-1] == "[DONE]")()
    assert ends, f"a 200 that lies: {text[-300:]}"
    return "good"


def expected(fault: str, mode: str, backing: str) -> set[str]:
    if fault == "slow-drip":
        return {"good"}
    if mode == "stream" and fault in MIDDLE and backing != "continued":
        # It may also come in one read with what was before it, so that nothing was sent yet.
        found = {"broken stream", "good" if backing == "backed" else "error"}
        # One event that cannot be read, in the client's own dialect, goes on to the client as it came.
        return found | {"damaged as it came"} if fault == "malformed" else found
    if fault == "error-after-200":
        # A fault of streams alone.
        return {"good", "error"}
    if fault == "malformed" and mode == "stream":
        return {"good", "damaged as it came"}
    return {"error"} if backing == "alone" else {"good"}


def test_no_fault_of_a_provider_reaches_the_client_as_a_hang_a_mix_or_a_lie(port):
    cases = [(kind, fault, mode, backing) for kind in KINDS for fault in FAULTS for mode in MODES
             for backing in BACKINGS]
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda case: ask(port, *case), cases))
    failures, table = [], {}
    for (kind, fault, mode, backing), answer in zip(cases, answers):
        try:
            found = outcome(kind, mode, answer)
            if found not in expected(fault, mode, backing):
                failures.append(f"{kind} {fault} {mode} {backing}: {found}: {answer[0]} {answer[2][:300]}")
            if backing != "alone" and found == "good" and fault not in MIDDLE | {"slow-drip"}:
                if answer[1].get("x-headgate-fallback") != "provider":
                    failures.append(f"{kind} {fault} {mode}: {answer[1]}")
        except (AssertionError, KeyError, IndexError, ValueError) as error:
            found = "WRONG"
            failures.append(f"{kind} {fault} {mode} {backing}: {error!r}: {answer[0]} {answer[2][:300]}")
        table[kind, fault, mode, backing] = found
    print(f"\n{'':<24}" + "".join(f"{kind:<62}" for kind in KINDS))
    print(f"{'':<24}" + "".join(f"{' / '.join(BACKINGS):<62}" for kind in KINDS))
    for fault in FAULTS:
        for mode in MODES:
            print(f"{fault:<17} {mode:<6}" + "".join(
                f"{' / '.join(table[kind, fault, mode, backing] for backing in BACKINGS):<62}" for kind in KINDS))
    assert not failures, "\n".join(failures)
