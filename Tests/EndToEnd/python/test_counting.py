"""Counts of tokens, from providers that count and for those that do not."""
import anthropic
import pytest
from google import genai
from google.genai import types

from conftest import KEY, running
from program import Program
from replay import send
from upstream import as_json, upstream

HEADERS = {"authorization": f"Bearer {KEY}", "content-type": "application/json", "anthropic-version": "2023-06-01"}
ASK = {"system": "be kind", "messages": [{"role": "user", "content": "hello there"}]}
TOOL = {"name": "f", "description": "a tool that does something", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string", "description": "where"}}}}


@pytest.mark.parametrize("provider", ["claude", "gem", "oa"])
def test_both_sdks_count_for_every_provider(gateway, provider):
    with anthropic.Anthropic(base_url=gateway, api_key=KEY, max_retries=0) as client:
        raw = client.messages.with_raw_response.count_tokens(model=f"{provider}/lorem", **ASK)
        assert raw.parse().input_tokens > 0
        assert raw.headers.get("x-headgate-estimated") == ("true" if provider == "oa" else None)
        more = client.messages.count_tokens(model=f"{provider}/lorem", tools=[TOOL], **ASK)
        assert more.input_tokens > raw.parse().input_tokens or provider != "oa"
    with genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=gateway)) as google:
        assert google.models.count_tokens(model=f"{provider}/lorem", contents="hello there").total_tokens > 0


def test_an_estimate_refuses_what_no_model_would_take(gateway):
    for body, parameter in [
            ({"model": "oa/lorem"}, "messages"), ({"model": "oa/lorem", "messages": [{"role": "alien"}]}, "messages[0].role")]:
        answer = send(gateway, "POST", "/v1/messages/count_tokens", HEADERS, body)
        assert answer.status == 400 and parameter in answer.json["error"]["message"]
        assert "x-headgate-estimated" not in answer.headers
    answer = send(gateway, "POST", "/v1/messages/count_tokens", HEADERS, {"model": "none", **ASK})
    assert answer.status == 404
    answer = send(gateway, "POST", "/v1/messages/count_tokens", {**HEADERS, "authorization": "Bearer x"}, {"model": "oa/a", **ASK})
    assert answer.status == 401


def test_the_other_dialects_counter_is_asked_in_its_own_words(tmp_path):
    answers = {
        "/v1beta/models/g:countTokens": as_json({"totalTokens": 31}),
        "/v1/messages/count_tokens": as_json({"input_tokens": 17}),
        "/v1beta/models/broken:countTokens": as_json({"error": {"code": 400, "message": "no such thing"}}, 400)}
    with upstream(answers) as provider:
        config = f"""
providers:
  gem: {{ kind: gemini, api_key: k, base_url: "http://127.0.0.1:{provider.port}" }}
  claude: {{ kind: anthropic, api_key: k, base_url: "http://127.0.0.1:{provider.port}" }}
  oa: {{ kind: openai-compatible, base_url: "http://127.0.0.1:{provider.port}/v1" }}
models:
  g: {{ targets: [ {{ provider: gem, model: g }} ] }}
  broken: {{ targets: [ {{ provider: gem, model: broken }} ] }}
  c: {{ targets: [ {{ provider: claude, model: c }} ] }}
  mixed: {{ targets: [ {{ provider: oa, model: o, weight: 1000 }}, {{ provider: claude, model: c }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
        with running(tmp_path, config) as program:
            gateway = f"http://127.0.0.1:{program.port}"
            answer = send(gateway, "POST", "/v1/messages/count_tokens", HEADERS, {"model": "g", **ASK})
            assert answer.json == {"input_tokens": 31} and "x-headgate-estimated" not in answer.headers
            assert provider.last.json == {"generateContentRequest": {
                "model": "models/g", "systemInstruction": {"parts": [{"text": "be kind"}]},
                "contents": [{"role": "user", "parts": [{"text": "hello there"}]}]}}
            contents = {"contents": [{"parts": [{"text": "hi"}]}]}
            answer = send(gateway, "POST", "/v1beta/models/c:countTokens", HEADERS, contents)
            assert answer.json == {"totalTokens": 17}
            assert provider.last.json == {"model": "c", "messages": [{"role": "user", "content": "hi"}]}
            assert provider.last.headers["anthropic-version"] == "2023-06-01"
            # Where one of a model's providers counts, it is asked, however seldom it is chosen for chats.
            answer = send(gateway, "POST", "/v1/messages/count_tokens", HEADERS, {"model": "mixed", **ASK})
            assert answer.json == {"input_tokens": 17}
            answer = send(gateway, "POST", "/v1/messages/count_tokens", HEADERS, {"model": "broken", **ASK})
            assert answer.status == 400 and answer.json["error"]["message"] == "no such thing"


def test_an_estimate_costs_nothing_and_is_on_the_record(tmp_path):
    program = Program(tmp_path, config=f"""
providers: {{ oa: {{ kind: openai, api_key: k, base_url: "http://127.0.0.1:1/v1" }} }}
models: {{ m: {{ targets: [ {{ provider: oa, model: of-no-known-price }} ] }} }}
keys: [ {{ name: app, token: "{KEY}" }} ]
""").start()
    answer = send(f"http://127.0.0.1:{program.port}", "POST", "/v1/messages/count_tokens", HEADERS, {"model": "m", **ASK})
    program.wait_for(1)
    record = program.get("/api/v1/requests?since=1d")["data"][0]
    unpriced = program.get("/api/v1/costs?by=model&since=1d")["data"][0]["unpriced"]
    program.stop()
    assert answer.status == 200 and record["outcome"] == "ok" and record["attempts"] == []
    assert record["cost_usd"] == "0" and unpriced == 0
