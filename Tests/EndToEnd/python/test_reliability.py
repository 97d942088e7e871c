"""What the official SDKs see while providers fail, and what a team reads of it afterwards."""
import json
import threading

import anthropic
import openai
import pytest
from google import genai

from conftest import KEY, free_port, running
from program import Program, until

CONFIG = f"""
retries: {{ attempts_max: 2, backoff: 10ms..50ms }}
timeouts: {{ first_token: 2s, between_tokens: 2s }}
providers:
  main: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
models:
  backed:
    strategy: priority
    targets: [ {{ provider: main, model: http-503 }}, {{ provider: claude, model: lorem, priority: 1 }} ]
  smaller:
    targets: [ {{ provider: main, model: http-500 }} ]
    fallbacks: [ {{ model: small }} ]
  small: {{ targets: [ {{ provider: main, model: lorem }} ] }}
  busy:
    targets: [ {{ provider: main, model: http-529 }} ]
    fallbacks: [ {{ template: "We are busy, {{{{user}}}}." }} ]
  honest:
    targets: [ {{ provider: main, model: http-500 }} ]
    fallbacks: [ {{ error: {{ message: "Please come back later.", retry_after: 30s }} }} ]
  long:
    targets: [ {{ provider: main, model: cut-mid }}, {{ provider: claude, model: lorem, weight: 0 }} ]
    on_interrupt: continue
  slow: {{ targets: [ {{ provider: main, model: lorem }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with running(tmp_path_factory.mktemp("reliability"), CONFIG) as program:
        yield program.port


@pytest.fixture
def chat(port):
    return openai.OpenAI(api_key=KEY, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)


@pytest.fixture
def claude(port):
    return anthropic.Anthropic(api_key=KEY, base_url=f"http://127.0.0.1:{port}", max_retries=0)


ASK = [{"role": "user", "content": "hello"}]
FAST = {"x-simulate": json.dumps({"first_token_ms": 0, "tokens_per_second": 2000, "tokens": 30, "seed": 1})}


@pytest.mark.parametrize("model", ["backed", "smaller"])
def test_sdks_are_answered_by_what_is_left(chat, claude, model):
    answer = chat.chat.completions.with_raw_response.create(model=model, messages=ASK)
    assert answer.headers["x-headgate-fallback"] == {"backed": "provider", "smaller": "model"}[model]
    assert answer.parse().choices[0].message.content
    with chat.chat.completions.stream(model=model, messages=ASK) as stream:
        assert stream.get_final_completion().choices[0].message.content
    with claude.messages.stream(model=model, max_tokens=50, messages=ASK) as stream:
        assert stream.get_final_message().stop_reason in ("end_turn", "max_tokens")


def test_a_text_stands_in_for_every_sdk(port, chat, claude):
    user = {"x-headgate-user": "ada"}
    said = "We are busy, ada."
    assert chat.chat.completions.create(model="busy", messages=ASK, extra_headers=user).choices[0].message.content == said
    chunks = chat.chat.completions.create(model="busy", messages=ASK, extra_headers=user, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == said
    assert chat.responses.create(model="busy", input="hello", extra_headers=user).output_text == said
    with chat.responses.stream(model="busy", input="hello", extra_headers=user) as stream:
        assert stream.get_final_response().output_text == said
    assert claude.messages.create(model="busy", max_tokens=9, messages=ASK, extra_headers=user).content[0].text == said
    with claude.messages.stream(model="busy", max_tokens=9, messages=ASK, extra_headers=user) as stream:
        assert stream.get_final_text() == said
    google = genai.Client(api_key=KEY, http_options={"base_url": f"http://127.0.0.1:{port}", "headers": user})
    assert google.models.generate_content(model="busy", contents="hello").text == said
    pieces = google.models.generate_content_stream(model="busy", contents="hello")
    assert "".join(piece.text or "" for piece in pieces) == said


def test_an_honest_failure_says_when_to_come_back(chat):
    with pytest.raises(openai.InternalServerError) as failure:
        chat.chat.completions.create(model="honest", messages=ASK)
    assert "Please come back later." in str(failure.value)
    assert failure.value.response.headers["retry-after"] == "30"
    assert failure.value.response.headers["x-headgate-fallback"] == "error"


def test_a_text_that_breaks_off_is_one_text_to_the_sdks(chat, claude):
    with chat.chat.completions.stream(model="long", messages=ASK, extra_headers=FAST) as stream:
        assert stream.get_final_completion().choices[0].finish_reason
    with claude.messages.stream(model="long", max_tokens=50, messages=ASK, extra_headers=FAST) as stream:
        message = stream.get_final_message()
    assert message.stop_reason and len(message.content) == 1


def test_an_sdk_that_tries_again_joins_its_first_call(port):
    """Its own key stands for the request: the first one's answer is worked for once."""
    slow = {"x-simulate": json.dumps({"first_token_ms": 1500, "tokens_per_second": 2000, "tokens": 5})}
    own = {"idempotency-key": "one-request"} | slow
    answers = []

    def ask():
        client = openai.OpenAI(api_key=KEY, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
        answers.append(client.chat.completions.create(model="slow", messages=ASK, extra_headers=own).id)

    callers = [threading.Thread(target=ask) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(answers) == 4 and len(set(answers)) == 1


def test_what_stood_in_can_be_asked_for_afterwards(tmp_path):
    demo = CONFIG.split("providers:")[0] + f"""
providers:
  demo: {{ kind: simulator }}
models:
  backed:
    strategy: priority
    targets: [ {{ provider: demo, model: http-503 }}, {{ provider: demo, model: lorem, priority: 1 }} ]
  busy:
    targets: [ {{ provider: demo, model: http-500 }} ]
    fallbacks: [ {{ template: "We are busy." }} ]
  well: {{ targets: [ {{ provider: demo, model: lorem }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
    program = Program(tmp_path, config=demo).start()
    try:
        for model in ("backed", "busy", "well"):
            assert program.ask(model, model_prefix="")[0] == 200
        program.wait_for(3)
        rows = program.get("/api/v1/requests?since=1h")["data"]
        assert {row["model"]: row["fallback"] for row in rows} == {
            "backed": "provider", "busy": "template", "well": None}
        backed = next(row for row in rows if row["model"] == "backed")
        assert [attempt["status"] for attempt in backed["attempts"]] == [503, 200]
        metrics = program.get("/metrics")
        assert 'kind="template"' in metrics and 'headgate_target_ejected{target="demo/http-503@default"} 0' in metrics
    finally:
        program.stop()


def test_a_provider_that_does_not_answer_when_asked_gets_no_calls(tmp_path):
    """Nobody calls it: the check alone finds out, and later that it is back."""
    config = f"""
health: {{ path: /models, interval: 1s, timeout: 1s }}
breaker: {{ consecutive: 1, open: 600s }}
providers:
  gone: {{ kind: openai-compatible, base_url: "http://127.0.0.1:{free_port()}/v1" }}
  here: {{ kind: simulator }}
models:
  m: {{ targets: [ {{ provider: gone, model: lorem }}, {{ provider: here, model: lorem, weight: 0 }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
    program = Program(tmp_path, config=config).start()
    try:
        until(lambda: 'ejected{target="gone/lorem@default"} 1' in program.get("/metrics"), "the check")
        assert 'ejected{target="here/lorem@default"} 0' in program.get("/metrics")
        assert program.ask("m", model_prefix="")[0] == 200
        program.wait_for(1)
        attempts = program.get("/api/v1/requests?since=1h")["data"][0]["attempts"]
        assert [attempt["target"] for attempt in attempts] == ["here/lorem@default"]
    finally:
        program.stop()
