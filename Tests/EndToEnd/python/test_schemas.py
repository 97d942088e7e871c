"""What clients get holds to the schemas of `Tests/Fixtures/schemas`: the golden files of translations, and live answers."""
import copy
import json
import pathlib
import urllib.error
import urllib.request

import jsonschema
import pytest
import referencing

from conftest import KEY, running

FIXTURES = pathlib.Path(__file__).parents[2] / "Fixtures"
SCHEMAS = {str(path.relative_to(FIXTURES / "schemas").with_suffix("")): json.loads(path.read_text())
           for path in (FIXTURES / "schemas").rglob("*.json")}
REGISTRY = referencing.Registry().with_contents((schema["$id"], schema) for schema in SCHEMAS.values())

# Of each format that clients speak: an answer, an event of its streams, and an error.
ANSWERS = {"openai-chat": "openai/chat-completion", "openai-responses": "openai/response",
           "anthropic-messages": "anthropic/message", "gemini": "gemini/generate-content"}
EVENTS = ANSWERS | {"openai-chat": "openai/chat-completion-chunk", "openai-responses": "openai/response-event",
                    "anthropic-messages": "anthropic/event"}
ERRORS = {"openai-chat": "openai/error", "openai-responses": "openai/error",
          "anthropic-messages": "anthropic/error", "gemini": "gemini/error"}
PROVIDERS = ["oa", "claude", "gem", "bedrock", "cohere", "ollama"]


def faults(name: str, value) -> list[str]:
    """What does not hold, each with its place; of alternatives, what the nearest one misses."""
    validator = jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY)
    return [f"{error.json_path}: {error.message[:300]}"
            for error in map(lambda error: jsonschema.exceptions.best_match([error]), validator.iter_errors(value))]


def check(name: str, value) -> None:
    assert faults(name, value) == [], json.dumps(value)[:2000]


def events(text: str) -> list[tuple[str | None, str]]:
    """The name and the data of each server-sent event."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("event"), fields["data"]))
    return found


def check_stream(format: str, text: str) -> None:
    found = events(text)
    assert found, "a stream without events"
    if format == "openai-chat":
        assert found.pop()[1] == "[DONE]"
    told = [json.loads(data) for _, data in found]
    for (name, _), event in zip(found, told):
        check(ERRORS[format] if set(event) == {"error"} else EVENTS[format], event)
        if format in ("openai-responses", "anthropic-messages"):
            assert name == event["type"]
    if format == "openai-responses":
        assert [event["sequence_number"] for event in told] == list(range(len(told)))


# ---- The schemas themselves

@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schemas_are_schemas(name):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def golden(kind: str, provider: str, format: str) -> str:
    [path] = (FIXTURES / "translation" / kind / f"{provider}-to").glob(f"{format}.*")
    return path.read_text()


def changed(value, path, change):
    """A copy in which the member at the path was changed; `None` takes it away."""
    broken = copy.deepcopy(value)
    *steps, last = path
    place = broken
    for step in steps:
        place = place[step]
    if change is None:
        del place[last]
    else:
        place[last] = change
    return broken


BROKEN = [
    ("openai-chat", ["choices", 0, "finish_reason"], "end_turn"), ("openai-chat", ["choices", 0, "finish_reason"], None),
    ("openai-chat", ["choices", 0, "logprobs"], None), ("openai-chat", ["choices", 0, "message", "refusal"], None),
    ("openai-chat", ["choices", 0, "message", "content"], 5), ("openai-chat", ["object"], "chat"),
    ("openai-chat", ["created"], "now"), ("openai-chat", ["choices", 0, "message", "tool_calls", 0, "type"], "tool"),
    ("openai-chat", ["choices", 0, "message", "tool_calls", 0, "function", "arguments"], {}),
    ("openai-chat", ["usage", "total_tokens"], None), ("openai-chat", ["usage", "prompt_tokens"], -1),
    ("openai-responses", ["status"], "done"), ("openai-responses", ["error"], None),
    ("openai-responses", ["output", 0, "type"], "thinking"), ("openai-responses", ["output", 1, "content", 0, "annotations"], None),
    ("openai-responses", ["output", 1, "content", 0, "more"], 1), ("openai-responses", ["usage", "input_tokens_details"], None),
    ("openai-responses", ["incomplete_details"], {"reason": "length"}), ("openai-responses", ["id"], "chatcmpl-1"),
    ("gemini", ["candidates", 0, "finishReason"], "stop"), ("gemini", ["candidates", 0, "content", "role"], "assistant"),
    ("gemini", ["candidates", 0, "content", "parts", 0], {}), ("gemini", ["usageMetadata", "totalTokenCount"], None),
]


@pytest.mark.parametrize("format, path, change", BROKEN)
def test_a_broken_answer_fails(format, path, change):
    answer = json.loads(golden("answers", "anthropic-messages", format))
    assert faults(ANSWERS[format], answer) == []
    assert faults(ANSWERS[format], changed(answer, path, change)) != []


@pytest.mark.parametrize("path, change", [
    (["stop_reason"], "stop"), (["stop_sequence"], None), (["usage", "input_tokens"], None), (["role"], "model"),
    (["content", 0, "type"], "output_text"), (["content", 0, "more"], 1), (["type"], None)])
def test_a_broken_message_fails(path, change):
    message = json.loads(golden("answers", "openai-chat", "anthropic-messages"))
    assert faults("anthropic/message", message) == []
    assert faults("anthropic/message", changed(message, path, change)) != []


@pytest.mark.parametrize("format, member", [
    ("openai-responses", "sequence_number"), ("openai-responses", "type"), ("anthropic-messages", "type"),
    ("gemini", "candidates")])
def test_an_event_that_lacks_a_member_fails(format, member):
    stream = events(golden("streams", "openai-chat", format))
    for _, data in stream:
        assert faults(EVENTS[format], changed(json.loads(data), [member], None)) != []


# ---- The golden files

def pairs():
    formats = sorted(ANSWERS) + ["bedrock-converse", "cohere-chat", "ollama-chat"]
    return [(provider, format) for provider in formats for format in sorted(ANSWERS) if provider != format]


@pytest.mark.parametrize("provider, format", pairs())
def test_golden_files_hold(provider, format):
    check(ANSWERS[format], json.loads(golden("answers", provider, format)))
    check(ERRORS[format], json.loads(golden("errors", provider, format)))
    check_stream(format, golden("streams", provider, format))


# ---- Live answers

@pytest.fixture(scope="module")
def every_provider(tmp_path_factory):
    config = f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  gem: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  bedrock: {{ kind: bedrock, api_key: sk-test, region: eu-central-1, base_url: "http://127.0.0.1:SIM" }}
  cohere: {{ kind: cohere, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  ollama: {{ kind: ollama, base_url: "http://127.0.0.1:SIM" }}
models:
{"".join(f'  "{name}/*": {{ targets: [ {{ provider: {name}, model: "*" }} ] }}' + chr(10) for name in PROVIDERS)}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
    with running(tmp_path_factory.mktemp("schemas"), config, "--instant") as program:
        yield f"http://127.0.0.1:{program.port}"


SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}


def request(format: str, model: str, stream: bool) -> tuple[str, dict]:
    """The path and the body of a call that offers a tool and asks for thinking."""
    if format == "gemini":
        verb = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return f"/v1beta/models/{model}:{verb}", {
            "contents": [{"role": "user", "parts": [{"text": "hello there"}]}],
            "generationConfig": {"maxOutputTokens": 60, "thinkingConfig": {"includeThoughts": True}},
            "tools": [{"functionDeclarations": [{"name": "look", "parametersJsonSchema": SCHEMA}]}]}
    common = {"model": model, "stream": stream}
    if format == "openai-responses":
        return "/v1/responses", common | {
            "input": "hello there", "max_output_tokens": 60, "reasoning": {"effort": "low"},
            "tools": [{"type": "function", "name": "look", "parameters": SCHEMA}]}
    messages = [{"role": "user", "content": "hello there"}]
    if format == "anthropic-messages":
        return "/v1/messages", common | {
            "messages": messages, "max_tokens": 2000, "thinking": {"type": "enabled", "budget_tokens": 1024},
            "tools": [{"name": "look", "input_schema": SCHEMA}]}
    options = {"stream_options": {"include_usage": True}} if stream else {}
    return "/v1/chat/completions", common | options | {
        "messages": messages, "max_tokens": 60, "reasoning_effort": "low",
        "tools": [{"type": "function", "function": {"name": "look", "parameters": SCHEMA}}]}


def call(base: str, path: str, body: dict | None) -> tuple[int, str]:
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json",
               "x-simulate": json.dumps({"seed": 7, "first_token_ms": 0})}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(base + path, data, headers), timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("format", sorted(ANSWERS))
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("behaviour", ["lorem", "tools", "parallel-tools", "reasoning"])
def test_live_answers_hold(every_provider, format, provider, behaviour):
    path, body = request(format, f"{provider}/{behaviour}", stream=False)
    status, text = call(every_provider, path, body)
    assert status == 200, text
    check(ANSWERS[format], json.loads(text))
    path, body = request(format, f"{provider}/{behaviour}", stream=True)
    status, text = call(every_provider, path, body)
    assert status == 200, text
    check_stream(format, text)


@pytest.mark.parametrize("format", sorted(ANSWERS))
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("behaviour", ["http-400", "http-429", "http-500", "truncated", "error-after-200"])
def test_live_errors_hold(every_provider, format, provider, behaviour):
    path, body = request(format, f"{provider}/{behaviour}", stream=behaviour == "error-after-200")
    status, text = call(every_provider, path, body)
    if status == 200:
        return check_stream(format, text if format != "openai-chat" or "[DONE]" in text else text + "data: [DONE]\n\n")
    check(ERRORS[format], json.loads(text))


@pytest.mark.parametrize("format", sorted(ANSWERS))
def test_errors_of_the_gateway_hold(every_provider, format):
    path, body = request(format, "nobody/knows", stream=False)
    status, text = call(every_provider, path, body)
    assert status == 404
    check(ERRORS[format], json.loads(text))


@pytest.mark.parametrize("provider", ["oa", "gem"])
@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_embeddings_hold(every_provider, provider, encoding):
    body = {"model": f"{provider}/embedding", "input": ["one", "two"], "encoding_format": encoding}
    status, text = call(every_provider, "/v1/embeddings", body)
    assert status == 200, text
    check("openai/embeddings", json.loads(text))


def test_lists_of_models_hold(every_provider):
    status, text = call(every_provider, "/v1/models", None)
    assert status == 200
    check("openai/models", json.loads(text))
