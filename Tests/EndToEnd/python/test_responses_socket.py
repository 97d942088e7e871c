"""OpenAI's Responses over a WebSocket, with the official SDK: each message is a call, whoever serves it."""
import asyncio
import json
import socket
import threading
import time

import openai
import pytest
import websockets.exceptions
import websockets.sync.client

from conftest import KEY, NARROW_KEY, running
from test_objects import costs

POOR_KEY = "test-key-that-may-ask-twice"
COUNTED = ["sdk", "warm", "codex", "asked", "begun", "waiting", "told"]
TOOL = {"type": "function", "name": "get_weather", "strict": False,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
CONFIG = f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  gem: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
models:
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
  "claude/*": {{ targets: [ {{ provider: claude, model: "*" }} ] }}
  "gem/*": {{ targets: [ {{ provider: gem, model: "*" }} ] }}
  saved: {{ targets: [ {{ provider: oa, model: http-500 }} ], fallbacks: [ {{ model: claude/echo }} ] }}
prices:
  - {{ provider: oa, model: "*", input: 1, output: 2 }}
  - {{ provider: claude, model: "*", input: 1, output: 2 }}
keys:
  - {{ name: app, token: "{KEY}" }}
  - {{ name: narrow, token: "{NARROW_KEY}", models: [ oa/lorem ] }}
  - {{ name: poor, token: "{POOR_KEY}", limits: {{ requests: 2/1h }} }}
{"".join(f'  - {{ name: {name}, token: "{KEY}-{name}" }}{chr(10)}' for name in COUNTED)}server: {{ body_max: 1MiB }}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with running(tmp_path_factory.mktemp("socket"), CONFIG, "--instant") as program:
        yield program


def connect(program, key=KEY, **headers):
    return websockets.sync.client.connect(
        f"ws://127.0.0.1:{program.port}/v1/responses", max_size=None,
        additional_headers={"authorization": f"Bearer {key}", **headers})


def ask(session, model="oa/echo", **more):
    """The messages of one turn."""
    session.send(json.dumps({"type": "response.create", "model": model, "input": "hi", "store": False, **more}))
    return turn(session)


def turn(session):
    messages = []
    while not messages or messages[-1]["type"] not in ("response.completed", "response.incomplete", "response.failed", "error"):
        messages.append(json.loads(session.recv(timeout=20)))
    return messages


def said(messages):
    return "".join(message["delta"] for message in messages if message["type"] == "response.output_text.delta")


def calls(program, key, count):
    """The records of a key's turns, when there are as many as are waited for."""
    deadline = time.monotonic() + 10
    while True:
        found = [record for record in program.records() if record.get("key") == key and record["method"] == "POST"]
        if len(found) >= count:
            return found
        assert time.monotonic() < deadline, f"{len(found)} records, not {count}"
        time.sleep(0.05)


def test_the_official_client_speaks_turn_by_turn(served):
    spent = costs(served, "/v1/responses")
    with openai.OpenAI(base_url=f"http://127.0.0.1:{served.port}/v1", api_key=f"{KEY}-sdk") as ai, ai.responses.connect() as session:
        last = None
        for number, text in enumerate(["one", "two", "three"]):
            more = {"previous_response_id": last} if last else {}
            session.response.create(model="oa/echo", input=text, store=False, **more)
            for event in session:
                if event.type == "response.completed":
                    assert event.response.output_text == text
                    last = event.response.id
                    break
                assert event.type != "error", event
    records = calls(served, "sdk", 3)
    assert [(record["status"], record["model"]) for record in records] == [(200, "oa/echo")] * 3
    # Each turn brought what came before it: so it is counted, and so it is paid for.
    assert records[0]["tokens_in"] < records[1]["tokens_in"] < records[2]["tokens_in"]
    deadline = time.monotonic() + 10
    while not (added := costs(served, "/v1/responses") - spent) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert added["/v1/responses"] > 0


def test_the_official_asynchronous_client_too(served):
    async def talk():
        async with openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{served.port}/v1", api_key=KEY) as ai:
            async with ai.responses.connect() as session:
                await session.response.create(model="claude/echo", input="hello", store=False)
                async for event in session:
                    if event.type == "response.completed":
                        return event.response.output_text
    assert asyncio.run(talk()) == "hello"


@pytest.mark.parametrize("provider", ["oa", "claude", "gem"])
def test_tools_are_called_and_answered_before_any_provider(served, provider):
    with connect(served) as session:
        messages = ask(session, f"{provider}/tools", tools=[TOOL], input="weather in Paris?")
        response = messages[-1]["response"]
        call = next(item for item in response["output"] if item["type"] == "function_call")
        assert call["name"] == "get_weather"
        again = ask(session, f"{provider}/tools", tools=[TOOL], previous_response_id=response["id"],
                    input=[{"type": "function_call_output", "call_id": call["call_id"], "output": "rain"}])
        assert again[-1]["type"] == "response.completed" and said(again), again[-1]


def test_a_conversation_goes_on_with_another_model(served):
    with connect(served) as session:
        first = ask(session, "claude/lorem")
        second = ask(session, "oa/echo", previous_response_id=first[-1]["response"]["id"], input="and you?")
        assert said(second) == "and you?"


def test_a_warm_up_asks_nobody(served):
    with connect(served, f"{KEY}-warm") as session:
        warm = ask(session, "oa/echo", generate=False, input="remember this", instructions="be brief")
        assert [message["type"] for message in warm] == ["response.created", "response.completed"]
        assert warm[-1]["response"]["output"] == [] and warm[-1]["response"]["instructions"] == "be brief"
        messages = ask(session, "oa/echo", previous_response_id=warm[-1]["response"]["id"], input=[])
        assert said(messages) == "remember this"
    assert len(calls(served, "warm", 1)) == 1


def test_a_fallback_answers_where_the_model_does_not(served):
    with connect(served) as session:
        assert said(ask(session, "saved", input="hello")) == "hello"


@pytest.mark.parametrize("provider", ["oa", "claude"])
def test_a_response_that_is_not_known_is_named_so_that_clients_send_all_again(served, provider):
    with connect(served) as session:
        error = ask(session, f"{provider}/echo", previous_response_id="resp_of_another_connection")[-1]
        assert error["type"] == "error" and error["status"] == 400
        assert error["error"]["code"] == "previous_response_not_found", error
        assert said(ask(session, f"{provider}/echo")) == "hi"


def test_errors_leave_the_connection_open(served):
    with connect(served, NARROW_KEY) as session:
        for message, code in [
            ("no JSON", "invalid_request"), (b"bytes", "invalid_request"), ("[]", "invalid_request"),
            (json.dumps({"type": "response.steer"}), "invalid_request"),
            (json.dumps({"type": "response.create", "input": "x"}), "invalid_request"),
            (json.dumps({"type": "response.create", "model": "oa/echo", "input": "x"}), "permission_denied"),
            (json.dumps({"type": "response.create", "model": "nobody", "input": "x"}), "model_not_found")]:
            session.send(message)
            error = json.loads(session.recv(timeout=10))
            assert error["type"] == "error" and error["error"]["code"] == code, (message, error)
            assert 400 <= error["status"] < 500 and error["error"]["message"]
        assert ask(session, "oa/lorem")[-1]["type"] == "response.completed"


def test_an_upstreams_errors_are_events(served):
    with connect(served) as session:
        for model, status in [("http-429-seconds", 429), ("http-500", 500), ("http-401", 502)]:
            error = ask(session, f"oa/{model}")[-1]
            assert error["type"] == "error" and error["status"] == status, error
            assert error["headers"]["x-request-id"]
        assert int(ask(session, "oa/http-429-seconds")[-1]["headers"]["retry-after"]) > 0
        cut = ask(session, "oa/cut-mid")
        assert cut[0]["type"] == "response.created" and cut[-1]["type"] == "response.failed", cut[-1]
        assert said(ask(session)) == "hi"


def test_a_limit_is_felt_inside_a_connection(served):
    with connect(served, POOR_KEY) as session:
        for expected in ["response.completed", "response.completed", "error", "error"]:
            last = ask(session)[-1]
            assert last["type"] == expected, last
        assert last["status"] == 429 and int(last["headers"]["retry-after"]) > 0
    assert [record["status"] for record in calls(served, "poor", 4)] == [200, 200, 429, 429]


def test_turns_wait_for_each_other_and_lanes_are_told_apart(served):
    with connect(served) as session:
        for number in range(5):
            session.send(json.dumps({
                "type": "response.create", "model": "oa/echo", "input": f"turn {number}", "store": False, "stream_id": f"lane {number % 2}"}))
        for number in range(5):
            messages = turn(session)
            assert said(messages) == f"turn {number}"
            assert {message["stream_id"] for message in messages} == {f"lane {number % 2}"}


def test_large_messages_in_many_frames_are_read(served):
    with connect(served) as session:
        text = "grün " * 20_000
        message = json.dumps({"type": "response.create", "model": "oa/lorem", "input": text}, ensure_ascii=False)
        session.send(message[at:at + 7_000] for at in range(0, len(message), 7_000))
        assert turn(session)[-1]["type"] == "response.completed"
        with pytest.raises(websockets.exceptions.ConnectionClosedError) as closed:
            session.send(json.dumps({"type": "response.create", "model": "oa/lorem", "input": "x" * 2_000_000}))
            while True:
                session.recv(timeout=10)
        assert closed.value.rcvd.code == 1009 and "server.body_max" in closed.value.rcvd.reason


def test_what_is_no_handshake_is_refused(served):
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        connect(served, "wrong-key-of-the-right-length")
    assert refused.value.response.status_code == 401
    with socket.create_connection(("127.0.0.1", served.port)) as plain:
        plain.sendall(f"GET /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\n\r\n".encode())
        assert plain.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_codex_is_served_as_it_asks(served):
    fields = {"openai-beta": "responses_websockets=2026-02-06", "session-id": "s-1", "originator": "codex_cli_rs",
              "user-agent": "codex_cli_rs/0.140.0", "x-headgate-feature": "codex"}
    with connect(served, f"{KEY}-codex", **fields) as session:
        body = {"instructions": "be brief", "tools": [TOOL], "tool_choice": "auto", "parallel_tool_calls": True, "reasoning": {"effort": "low"},
                "include": ["reasoning.encrypted_content"], "prompt_cache_key": "s-1", "client_metadata": {"a": "b"}}
        message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]}
        warm = ask(session, "claude/reasoning", generate=False, input=[message], **body)[-1]
        first = ask(session, "claude/reasoning", previous_response_id=warm["response"]["id"], input=[], **body)[-1]
        assert first["type"] == "response.completed", first
        sealed = [item for item in first["response"]["output"] if item["type"] == "reasoning"]
        assert sealed and sealed[0]["encrypted_content"]
        second = ask(session, "claude/echo", previous_response_id=first["response"]["id"], input=[message], **body)
        assert said(second) == "go"
    assert [record["status"] for record in calls(served, "codex", 2)] == [200, 200]


@pytest.mark.parametrize("when", ["asked", "begun", "waiting", "told"])
def test_a_client_may_leave_at_any_point(served, when):
    session = connect(served, f"{KEY}-{when}")
    model = "oa/stall-mid" if when == "begun" else "oa/stall-first" if when in ("asked", "waiting") else "oa/echo"
    for _ in range(2 if when == "waiting" else 1):
        session.send(json.dumps({"type": "response.create", "model": model, "input": "hi"}))
    if when == "begun":
        while json.loads(session.recv(timeout=10))["type"] != "response.output_text.delta":
            pass
    elif when == "told":
        turn(session)
    else:
        # What is answered behind it shows that it has arrived.
        session.ping().wait(10)
    session.close() if when != "begun" else session.socket.shutdown(socket.SHUT_RDWR)
    assert [record["outcome"] for record in calls(served, when, 1)] == ["ok" if when == "told" else "client_closed"]
    # The turn that waited was never run: no record of it stands before that of the next.
    with connect(served, f"{KEY}-{when}") as other:
        ask(other)
    assert [record["outcome"] for record in calls(served, when, 2)][1:] == ["ok"]


def test_a_stop_lets_the_turn_end_and_says_goodbye(tmp_path):
    with running(tmp_path, CONFIG) as program:
        idle, busy = connect(program), connect(program)
        busy.send(json.dumps({"type": "response.create", "model": "oa/lorem", "input": "hi"}))
        while json.loads(busy.recv(timeout=10))["type"] != "response.output_text.delta":
            pass
        threading.Thread(target=program.server.terminate).start()
        with pytest.raises(websockets.exceptions.ConnectionClosedOK) as closed:
            idle.recv(timeout=10)
        assert closed.value.rcvd.code == 1001
        assert turn(busy)[-1]["type"] == "response.completed"
        with pytest.raises(websockets.exceptions.ConnectionClosedOK) as closed:
            busy.recv(timeout=10)
        assert closed.value.rcvd.code == 1001
