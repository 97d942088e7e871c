"""Sessions over a WebSocket, with the official SDK and a provider that remembers what it was asked."""
import json
import threading
import time

import openai
import pytest
import websockets.exceptions
import websockets.sync.client
import websockets.sync.server

from conftest import KEY, running
from test_objects import costs

USAGE = {"total_tokens": 300, "input_tokens": 200, "output_tokens": 100,
         "input_token_details": {"text_tokens": 120, "audio_tokens": 80, "cached_tokens": 50,
                                 "cached_tokens_details": {"text_tokens": 30, "audio_tokens": 20}},
         "output_token_details": {"text_tokens": 40, "audio_tokens": 60}}
CONFIG = f"""
providers:
  oa: {{ kind: openai, api_key: sk-upstream, base_url: "http://127.0.0.1:UP/v1" }}
  claude: {{ kind: anthropic, api_key: sk-c, base_url: "http://127.0.0.1:UP" }}
models:
  voice: {{ targets: [ {{ provider: oa, model: gpt-realtime }} ] }}
  other: {{ targets: [ {{ provider: claude }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""


class Voice:
    """Answers each `response.create`, echoes bytes, and closes when it is told to."""

    def __init__(self):
        self.asked, self.closed = [], threading.Event()
        self.server = websockets.sync.server.serve(self.serve, "127.0.0.1", 0, max_size=None, select_subprotocol=lambda connection, offered: offered[0] if offered else None)
        self.port = self.server.socket.getsockname()[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, connection):
        self.asked.append(connection.request)
        connection.send(json.dumps({"type": "session.created", "event_id": "e0", "session": {"type": "realtime", "model": "gpt-realtime"}}))
        try:
            for message in connection:
                if isinstance(message, bytes):
                    connection.send(message)
                    continue
                event = json.loads(message)
                if event["type"] == "response.create":
                    connection.send(json.dumps({"type": "response.output_text.delta", "delta": "grün " * 200, "event_id": "e1"}))
                    connection.send(json.dumps({"type": "response.done", "event_id": "e2", "response": {"id": "r1", "usage": USAGE}}))
                elif event["type"] == "leave":
                    return
        finally:
            self.closed.set()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    voice = Voice()
    with running(tmp_path_factory.mktemp("realtime"), CONFIG.replace("UP", str(voice.port))) as program:
        yield voice, program
    voice.server.shutdown()


def connect(program, model="voice", key=KEY, query="", **more):
    return websockets.sync.client.connect(
        f"ws://127.0.0.1:{program.port}/v1/realtime?model={model}&intent=transcription&%6dodel=other&%6bey=x{query}",
        additional_headers={"authorization": f"Bearer {key}"}, max_size=None, **more)


def test_the_official_client_speaks_through(served):
    voice, program = served
    before = costs(program, "/v1/realtime")
    with openai.OpenAI(base_url=f"http://127.0.0.1:{program.port}/v1", api_key=KEY) as ai:
        with ai.realtime.connect(model="voice") as session:
            for turn in range(2):
                session.response.create()
                for event in session:
                    if event.type == "response.done":
                        break
    asked = voice.asked[-1]
    assert asked.path.startswith("/v1/realtime?model=gpt-realtime")
    assert asked.headers["authorization"] == "Bearer sk-upstream" and "sec-websocket-extensions" not in asked.headers
    deadline = time.monotonic() + 10
    while not (added := costs(program, "/v1/realtime") - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert added["/v1/realtime"] > 0


@pytest.mark.parametrize("query", ["&call_id=rtc_1", "&c%61ll_id=rtc_1", "&call_id", "&call_id="])
def test_nobody_joins_a_call_that_may_be_anothers(served, query):
    voice, program = served
    before = len(voice.asked)
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        connect(program, query=query)
    answer = refused.value.response
    assert answer.status_code == 400
    error = json.loads(answer.body)["error"]
    assert error["param"] == "call_id" and "cannot tell whose it is" in error["message"]
    assert len(voice.asked) == before


def test_bytes_and_large_messages_pass_both_ways(served):
    voice, program = served
    with connect(program, subprotocols=["realtime", "openai-insecure-api-key.secret"]) as session:
        assert json.loads(session.recv())["type"] == "session.created"
        assert session.subprotocol == "realtime" and "insecure" not in str(voice.asked[-1].headers)
        assert voice.asked[-1].path == "/v1/realtime?model=gpt-realtime&intent=transcription"
        for size in (1, 125, 126, 65535, 65536, 3_000_000):
            session.send(bytes(size))
            assert session.recv() == bytes(size)


def test_each_side_may_leave(served):
    voice, program = served
    with connect(program) as session:
        session.recv()
        session.send(json.dumps({"type": "leave"}))
        with pytest.raises(websockets.exceptions.ConnectionClosed):
            session.recv(timeout=10)
    voice.closed.clear()
    with connect(program) as session:
        session.recv()
    assert voice.closed.wait(10)


@pytest.mark.parametrize("model,key,status", [
    ("voice", "wrong-key-of-the-right-length", 401), ("nobody", KEY, 404), ("other", KEY, 400), ("", KEY, 400)])
def test_what_cannot_be_is_refused_before_a_session(served, model, key, status):
    _, program = served
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        connect(program, model, key)
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["error"]["message"]
