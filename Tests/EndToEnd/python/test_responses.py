"""OpenAI's Responses before providers that have them, that have only chat, and that speak another format."""
import json
import urllib.request

import anthropic
import openai
import pydantic
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from conftest import KEY, running

SEED = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0})}
TOOL = {"type": "function", "name": "get_weather", "description": "Weather of a city", "strict": False,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
OTHER = {**TOOL, "name": "get_time"}
EVENT = pydantic.TypeAdapter(ResponseStreamEvent)
PROVIDERS = ["oa", "chat", "claude"]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    config = f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  chat: {{ kind: openai-compatible, base_url: "http://127.0.0.1:SIM/v1" }}
  only: {{ kind: openai-compatible, base_url: "http://127.0.0.1:SIM/v1", endpoints: [ responses ] }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
models:
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
  "chat/*": {{ targets: [ {{ provider: chat, model: "*" }} ] }}
  "claude/*": {{ targets: [ {{ provider: claude, model: "*" }} ] }}
  "only/*": {{ targets: [ {{ provider: only, model: "*" }} ] }}
  short: {{ targets: [ {{ provider: oa, model: lorem }} ], defaults: {{ max_tokens: 7 }} }}
keys: [ {{ name: app, token: "{KEY}" }} ]
server: {{ keepalive: 200ms }}
"""
    with running(tmp_path_factory.mktemp("responses"), config, "--instant") as program:
        yield f"http://127.0.0.1:{program.port}"


@pytest.fixture
def ai(gateway):
    with openai.OpenAI(base_url=f"{gateway}/v1", api_key=KEY, max_retries=0, default_headers=SEED) as client:
        yield client


def strictly(model, value):
    """As the SDK's types say, and nothing beside them."""
    return (model.model_validate if isinstance(model, type) else model.validate_python)(value, strict=False)


def events_of(gateway, body, **headers):
    """All events of a stream, each checked against the SDK's types; and its name is its type."""
    request = urllib.request.Request(
        f"{gateway}/v1/responses", json.dumps({"stream": True, **body}).encode(),
        {"authorization": f"Bearer {KEY}", "content-type": "application/json", **SEED, **headers})
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read().decode()
    events = []
    for block in text.split("\n\n"):
        if not block or block.startswith(":"):
            continue
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        strictly(EVENT, event)
        events.append(event)
    return events


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", ["lorem", "echo", "reasoning", "cached"])
def test_an_answer_is_whole_and_its_stream_says_the_same(gateway, ai, provider, model):
    ask = {"model": f"{provider}/{model}", "input": "hello there", "instructions": "be brief", "metadata": {"a": "b"}}
    whole = ai.responses.create(**ask)
    strictly(Response, whole.to_dict())
    assert whole.status == "completed" and whole.output_text and whole.object == "response"
    assert whole.instructions == "be brief" and whole.metadata == {"a": "b"}
    assert whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens > 0
    with ai.responses.stream(**ask) as stream:
        for _ in stream:
            pass
        final = stream.get_final_response()
    assert final.output_text == whole.output_text and final.usage == whole.usage
    assert [item.type for item in final.output] == [item.type for item in whole.output]
    events = events_of(gateway, ask)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    assert events[-1]["type"] == "response.completed" and len({event["type"] for event in events}) > 8
    deltas = "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")
    assert deltas == whole.output_text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_answers_makes_no_difference_to_the_text(ai, provider):
    own = ai.responses.create(model="oa/echo", input="hello there")
    other = ai.responses.create(model=f"{provider}/echo", input=[
        {"role": "developer", "content": "be brief"},
        {"role": "user", "content": [{"type": "input_text", "text": "hello there"}]}])
    assert other.output_text == own.output_text == "hello there"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_too_long_is_incomplete(gateway, ai, provider):
    whole = ai.responses.create(model=f"{provider}/lorem", input="hello", max_output_tokens=5)
    assert whole.status == "incomplete" and whole.incomplete_details.reason == "max_output_tokens"
    assert whole.output[-1].status == "incomplete" and whole.usage.output_tokens == 5
    events = events_of(gateway, {"model": f"{provider}/lorem", "input": "hello", "max_output_tokens": 5})
    assert events[-1]["type"] == "response.incomplete" and events[-2]["item"]["status"] == "incomplete"


def test_a_default_limit_has_the_name_of_the_endpoint(ai):
    assert ai.responses.create(model="short", input="hello").usage.output_tokens == 7


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model, count", [("tools", 1), ("parallel-tools", 2)])
def test_tools_are_called_over_two_turns(ai, provider, model, count):
    ask = {"model": f"{provider}/{model}", "input": [{"role": "user", "content": "hello"}], "tools": [TOOL, OTHER]}
    whole = ai.responses.create(**ask)
    calls = [item for item in whole.output if item.type == "function_call"]
    assert len(calls) == count and whole.status == "completed" and whole.tools[0].name == "get_weather"
    assert [call.name for call in calls] == ["get_weather", "get_time"][:count]
    assert all(json.loads(call.arguments) == {"city": "lorem ipsum"} for call in calls)
    with ai.responses.stream(**ask) as stream:
        for _ in stream:
            pass
        final = stream.get_final_response()
    assert [(item.name, item.arguments) for item in final.output] == [(item.name, item.arguments) for item in calls]
    history = ask["input"] + [item.to_dict() for item in final.output] + [
        {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"} for call in final.output]
    answer = ai.responses.create(**{**ask, "input": history})
    assert answer.output_text and answer.status == "completed"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_reasoning_is_told_sealed_and_given_back(gateway, ai, provider):
    ask = {"model": f"{provider}/reasoning", "input": [{"role": "user", "content": "hello"}], "store": False,
           "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}
    whole = ai.responses.create(**ask)
    thought = whole.output[0]
    assert thought.type == "reasoning" and thought.summary[0].text
    # Anthropic's usage does not tell thinking from the rest of the output.
    assert bool(whole.usage.output_tokens_details.reasoning_tokens) == (provider != "claude")
    # Chat completions have nothing that a provider would have to get back.
    assert bool(thought.encrypted_content) == (provider != "chat")
    with ai.responses.stream(**ask) as stream:
        for _ in stream:
            pass
        final = stream.get_final_response()
    assert final.output[0].summary == thought.summary and final.output[0].encrypted_content == thought.encrypted_content
    history = ask["input"] + [item.to_dict() for item in final.output] + [{"role": "user", "content": "and more"}]
    answer = ai.responses.with_raw_response.create(**{**ask, "input": history})
    assert answer.parse().output_text
    if provider == "claude":
        # With its signature it went back, so that nothing was left out.
        assert "x-headgate-translation-dropped" not in answer.headers


class Weather(pydantic.BaseModel):
    city: str


@pytest.mark.parametrize("provider", PROVIDERS)
def test_structured_output_is_parsed(ai, provider):
    answer = ai.responses.parse(model=f"{provider}/echo", input='{"city": "Oslo"}', text_format=Weather)
    assert answer.output_parsed == Weather(city="Oslo") and answer.text.format.type == "json_schema"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status, error", [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError), (529, openai.InternalServerError)])
def test_errors_are_openais(ai, provider, status, error):
    for stream in (False, True):
        with pytest.raises(error) as caught:
            ai.responses.create(model=f"{provider}/http-{status}", input="hello", stream=stream)
        assert caught.value.status_code == status and caught.value.body["message"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", ["error-after-200", "cut-mid", "truncated"])
def test_a_stream_that_fails_ends_in_one_event_that_says_so(gateway, ai, provider, model):
    # In time, so that what came before the fault is on its way when it happens.
    slowly = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0, "event_ms": 30})}
    events = events_of(gateway, {"model": f"{provider}/{model}", "input": "hello"}, **slowly)
    terminal = [event for event in events if event["type"] in (
        "response.completed", "response.incomplete", "response.failed", "error")]
    assert [event["type"] for event in terminal] == ["response.failed"] and events[-1] is terminal[0]
    assert terminal[0]["response"]["error"]["message"] and terminal[0]["response"]["error"]["code"] == "server_error"
    assert terminal[0]["response"]["id"] == events[0]["response"]["id"]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    with pytest.raises(Exception):
        with ai.responses.stream(model=f"{provider}/{model}", input="hello") as stream:
            stream.get_final_response()


@pytest.mark.parametrize("provider", ["chat", "claude"])
def test_silence_is_filled_with_events_that_count(gateway, ai, provider):
    slowly = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0, "event_ms": 300, "tokens": 4})}
    request = urllib.request.Request(
        f"{gateway}/v1/responses", json.dumps({"model": f"{provider}/lorem", "input": "hello", "stream": True}).encode(),
        {"authorization": f"Bearer {KEY}", "content-type": "application/json", **slowly})
    with urllib.request.urlopen(request, timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert "keepalive" in [event["type"] for event in events]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    with ai.responses.stream(model=f"{provider}/lorem", input="hello", extra_headers=slowly) as stream:
        assert stream.until_done().get_final_response().status == "completed"


@pytest.mark.parametrize("provider", ["chat", "claude"])
def test_what_only_openai_stores_is_refused_by_name(ai, provider):
    for name, more in [
            ("previous_response_id", {"previous_response_id": "resp_1"}), ("conversation", {"conversation": "conv_1"}),
            ("prompt", {"prompt": {"id": "pmpt_1"}}), ("background", {"background": True}),
            ("tools[0]", {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]}),
            ("input[0]", {"input": [{"type": "item_reference", "id": "msg_1"}]})]:
        with pytest.raises(openai.BadRequestError) as caught:
            ai.responses.create(**{"model": f"{provider}/lorem", "input": "hello", **more})
        assert caught.value.param == name and caught.value.code == "invalid_request", name


def test_what_is_left_out_is_told(ai):
    ask = {"model": "claude/lorem", "input": "hello", "store": True, "truncation": "auto", "top_logprobs": 2,
           "tools": [TOOL, {"type": "web_search"}]}
    raw = ai.responses.with_raw_response.create(**ask)
    dropped = raw.headers["x-headgate-translation-dropped"].split(", ")
    assert sorted(dropped) == ["store", "tools[1].web_search", "top_logprobs", "truncation"]
    assert raw.parse().store is False
    with pytest.raises(openai.BadRequestError) as caught:
        ai.responses.create(**ask, extra_headers={"x-headgate-translation": "strict"})
    assert "lenient" in caught.value.message


def zstd(content):
    """One frame of one raw block (RFC 8878)."""
    return (b"\x28\xb5\x2f\xfd\xa0" + len(content).to_bytes(4, "little")
            + (len(content) << 3 | 1).to_bytes(3, "little") + content)


CODEX_TOOLS = [
    {"type": "custom", "name": "apply_patch", "description": "Edits files",
     "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}},
    {"type": "namespace", "name": "mcp__docs", "description": "Docs", "tools": [
        {"type": "function", "name": "search", "description": "Searches", "strict": False,
         "parameters": {"type": "object", "properties": {"query": {"type": "string"}}}}]},
    {"type": "web_search", "external_web_access": True},
]


@pytest.mark.parametrize("provider", ["chat", "claude"])
def test_custom_and_namespaced_tools_come_back_as_what_they_were(gateway, ai, provider):
    ask = {"model": f"{provider}/parallel-tools", "store": False, "tools": CODEX_TOOLS,
           "input": [{"role": "user", "content": [{"type": "input_text", "text": "hello"}]}]}
    for output in (
            [item.to_dict() for item in ai.responses.create(**ask).output],
            events_of(gateway, ask)[-1]["response"]["output"]):
        patch, search = output
        assert (patch["type"], patch["name"], patch["input"]) == ("custom_tool_call", "apply_patch", "lorem ipsum")
        assert (search["type"], search["namespace"], search["name"]) == ("function_call", "mcp__docs", "search")
        history = ask["input"] + [
            patch, search, {"type": "custom_tool_call_output", "call_id": patch["call_id"], "output": "done"},
            {"type": "function_call_output", "call_id": search["call_id"], "output": [
                {"type": "input_text", "text": "found"}]}]
        assert ai.responses.create(**{**ask, "input": history}).output_text
    names = [event["type"] for event in events_of(gateway, ask)]
    assert names.count("response.custom_tool_call_input.done") == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_coding_agent_gets_what_it_reads(gateway, provider):
    body = {"model": f"{provider}/reasoning", "stream": True, "store": False, "include": ["reasoning.encrypted_content"],
            "instructions": "be brief", "tools": CODEX_TOOLS if provider != "oa" else [TOOL], "tool_choice": "auto",
            "parallel_tool_calls": False, "prompt_cache_key": "k", "text": {"verbosity": "low"},
            "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}]}
    request = urllib.request.Request(
        f"{gateway}/v1/responses", zstd(json.dumps(body).encode()),
        {"authorization": f"Bearer {KEY}", "content-type": "application/json", "content-encoding": "zstd",
         "accept": "text/event-stream", "originator": "codex_cli_rs", **SEED})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.read().decode().splitlines() if line.startswith("data: ")]
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["type"] for item in done] == ["reasoning", "message"]
    completed = events[-1]
    assert completed["type"] == "response.completed" and completed["response"]["usage"]["total_tokens"] > 0


def test_a_coding_agent_asks_for_models_in_its_own_shape(gateway):
    request = urllib.request.Request(
        f"{gateway}/v1/models?client_version=0.154.0", headers={"authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.loads(answer.read()) == {"models": []}


def test_the_counting_of_a_stream_is_the_providers(gateway, ai):
    own, other = (ai.responses.create(model=f"{name}/cached", input="hello").usage for name in ("oa", "claude"))
    assert own.input_tokens_details == other.input_tokens_details and own.output_tokens == other.output_tokens
    assert own.input_tokens_details.cached_tokens == 1024


# Clients of other formats before a provider that has Responses only.

def chat(ai, model, **more):
    return ai.chat.completions.create(model=model, messages=[{"role": "user", "content": "hello there"}], **more)


@pytest.mark.parametrize("model", ["lorem", "echo", "cached"])
def test_chats_from_responses(ai, model):
    own, other = chat(ai, f"chat/{model}", max_tokens=60), chat(ai, f"only/{model}", max_tokens=60)
    assert other.choices[0].message.content == own.choices[0].message.content
    assert other.choices[0].finish_reason == own.choices[0].finish_reason
    assert other.usage.completion_tokens == own.usage.completion_tokens
    text, finish, usage = "", None, None
    for chunk in chat(ai, f"only/{model}", max_tokens=60, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    assert (text, finish) == (other.choices[0].message.content, other.choices[0].finish_reason)
    assert usage.model_dump() == other.usage.model_dump()


def test_chats_call_tools_of_responses(ai):
    tools = [{"type": "function", "function": {key: TOOL[key] for key in ("name", "description", "parameters")}}]
    whole = chat(ai, "only/tools", tools=tools).choices[0]
    assert whole.finish_reason == "tool_calls" and whole.message.tool_calls[0].function.name == "get_weather"
    with ai.chat.completions.stream(
            model="only/tools", messages=[{"role": "user", "content": "hello there"}], tools=tools) as stream:
        final = stream.get_final_completion().choices[0]
    assert final.message.tool_calls[0].function.arguments == whole.message.tool_calls[0].function.arguments
    messages = [{"role": "user", "content": "hello"}, whole.message.model_dump(exclude_none=True)]
    messages += [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in whole.message.tool_calls]
    assert ai.chat.completions.create(model="only/tools", messages=messages, tools=tools).choices[0].message.content


@pytest.fixture
def claude(gateway):
    with anthropic.Anthropic(base_url=gateway, api_key=KEY, max_retries=0, default_headers=SEED) as client:
        yield client


def test_messages_from_responses_with_thinking_given_back(claude):
    ask = {"model": "only/reasoning", "max_tokens": 400, "messages": [{"role": "user", "content": "hello"}],
           "thinking": {"type": "enabled", "budget_tokens": 1024}}
    whole = claude.messages.create(**ask)
    assert [block.type for block in whole.content] == ["thinking", "text"] and whole.content[0].signature
    with claude.messages.stream(**ask) as stream:
        final = stream.get_final_message()
    assert final.content[0].signature == whole.content[0].signature and final.content[0].thinking
    assert final.content[1].text == whole.content[1].text and final.stop_reason == whole.stop_reason == "end_turn"
    messages = ask["messages"] + [
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in final.content]},
        {"role": "user", "content": "more"}]
    answer = claude.messages.with_raw_response.create(**{**ask, "messages": messages})
    # It went back sealed as it came: the simulator refuses seals that are not its own.
    assert "x-headgate-translation-dropped" not in answer.headers and answer.parse().content


def test_messages_call_tools_of_responses(claude):
    tools = [{"name": TOOL["name"], "description": TOOL["description"], "input_schema": TOOL["parameters"]}]
    ask = {"model": "only/parallel-tools", "max_tokens": 200, "tools": tools,
           "messages": [{"role": "user", "content": "hello"}]}
    whole = claude.messages.create(**ask)
    with claude.messages.stream(**ask) as stream:
        final = stream.get_final_message()
    uses = [block for block in final.content if block.type == "tool_use"]
    assert whole.stop_reason == final.stop_reason == "tool_use" and len(uses) == 2
    assert [use.input for use in uses] == [block.input for block in whole.content]
    messages = ask["messages"] + [
        {"role": "assistant", "content": [use.model_dump(exclude_none=True) for use in uses]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": use.id, "content": "sunny"} for use in uses]}]
    assert claude.messages.create(**{**ask, "messages": messages}).content[0].text


@pytest.mark.parametrize("model", ["error-after-200", "cut-mid", "truncated"])
def test_a_broken_stream_of_responses_is_no_whole_answer_elsewhere(ai, claude, model):
    with pytest.raises((openai.APIError, openai.APIConnectionError)):
        for _ in chat(ai, f"only/{model}", stream=True):
            pass
    with pytest.raises((anthropic.APIError, anthropic.APIConnectionError)):
        with claude.messages.stream(
                model=f"only/{model}", max_tokens=200, messages=[{"role": "user", "content": "hello"}]) as stream:
            stream.get_final_message()
