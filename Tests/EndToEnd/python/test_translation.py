"""Official SDKs before providers that speak another format than theirs."""
import json

import anthropic
import openai
import pytest

from conftest import KEY, running
from upstream import upstream

SEED = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0})}
TOOL = {"name": "get_weather", "description": "Weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


@pytest.fixture
def ai(gateway):
    with openai.OpenAI(base_url=f"{gateway}/v1", api_key=KEY, max_retries=0) as client:
        yield client


@pytest.fixture
def claude(gateway):
    with anthropic.Anthropic(base_url=gateway, api_key=KEY, max_retries=0) as client:
        yield client


def chat(ai, model, **more):
    return ai.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "hello there"}], extra_headers=SEED, **more)


def message(claude, model, **more):
    return claude.messages.create(
        model=model, max_tokens=200, messages=[{"role": "user", "content": "hello there"}], extra_headers=SEED, **more)


def streamed_chat(ai, model, **more):
    """Text, tool calls by index, finish reason and usage of a stream."""
    text, calls, finish, usage = "", {}, None, None
    stream = chat(ai, model, stream=True, stream_options={"include_usage": True}, **more)
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or []:
                known = calls.setdefault(call.index, {"id": call.id, "name": call.function.name, "arguments": ""})
                known["arguments"] += call.function.arguments or ""
    return text, [calls[index] for index in sorted(calls)], finish, usage


@pytest.mark.parametrize("model", ["lorem", "echo"])
def test_openai_reads_claude_as_it_reads_openai(ai, model):
    own, other = chat(ai, f"oa/{model}", max_tokens=60), chat(ai, f"claude/{model}", max_tokens=60)
    assert other.choices[0].message.content == own.choices[0].message.content
    assert other.choices[0].finish_reason == own.choices[0].finish_reason
    assert other.usage.completion_tokens == own.usage.completion_tokens and other.object == "chat.completion"
    text, _, finish, usage = streamed_chat(ai, f"claude/{model}", max_tokens=60)
    assert (text, finish) == (other.choices[0].message.content, other.choices[0].finish_reason)
    assert usage.model_dump() == other.usage.model_dump()


@pytest.mark.parametrize("model", ["tools", "parallel-tools"])
def test_openai_calls_tools_of_claude(ai, model):
    tools = [{"type": "function", "function": TOOL}]
    whole = chat(ai, f"claude/{model}", tools=tools).choices[0]
    assert whole.finish_reason == "tool_calls" and whole.message.tool_calls
    for call in whole.message.tool_calls:
        assert isinstance(json.loads(call.function.arguments), dict) and call.id
    _, calls, finish, _ = streamed_chat(ai, f"claude/{model}", tools=tools)
    assert finish == "tool_calls"
    assert [(call["name"], json.loads(call["arguments"])) for call in calls] == [
        (call.function.name, json.loads(call.function.arguments)) for call in whole.message.tool_calls]
    # The answer of the tools goes back.
    messages = [{"role": "user", "content": "hello"}, whole.message.model_dump(exclude_none=True)]
    messages += [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in whole.message.tool_calls]
    answer = ai.chat.completions.create(model="claude/lorem", messages=messages, tools=tools, extra_headers=SEED)
    assert answer.choices[0].message.content


def test_openai_gets_claudes_thinking_and_gives_it_back(ai):
    answer = chat(ai, "claude/reasoning").choices[0].message
    assert answer.reasoning_content and answer.reasoning_details[0]["signature"]
    messages = [{"role": "user", "content": "hello"}, answer.model_dump(exclude_none=True), {"role": "user", "content": "more"}]
    assert ai.chat.completions.create(model="claude/lorem", messages=messages, extra_headers=SEED).choices


@pytest.mark.parametrize("model", ["lorem", "echo"])
def test_anthropic_reads_openai_as_it_reads_anthropic(claude, model):
    own, other = message(claude, f"claude/{model}"), message(claude, f"oa/{model}")
    assert other.content[0].text == own.content[0].text and other.stop_reason == own.stop_reason
    assert other.usage.output_tokens == own.usage.output_tokens
    with claude.messages.stream(
            model=f"oa/{model}", max_tokens=200, messages=[{"role": "user", "content": "hello there"}],
            extra_headers=SEED) as stream:
        final = stream.get_final_message()
    assert final.content[0].text == other.content[0].text and final.stop_reason == other.stop_reason
    assert final.usage.output_tokens == other.usage.output_tokens and final.usage.input_tokens == other.usage.input_tokens


@pytest.mark.parametrize("model", ["tools", "parallel-tools"])
def test_anthropic_calls_tools_of_openai(claude, model):
    tools = [{"name": TOOL["name"], "description": TOOL["description"], "input_schema": TOOL["parameters"]}]
    whole = message(claude, f"oa/{model}", tools=tools)
    uses = [block for block in whole.content if block.type == "tool_use"]
    assert whole.stop_reason == "tool_use" and uses and all(isinstance(use.input, dict) for use in uses)
    with claude.messages.stream(
            model=f"oa/{model}", max_tokens=200, messages=[{"role": "user", "content": "hello there"}], tools=tools,
            extra_headers=SEED) as stream:
        final = stream.get_final_message()
    streamed = [block for block in final.content if block.type == "tool_use"]
    assert [(use.name, use.input) for use in streamed] == [(use.name, use.input) for use in uses]
    messages = [
        {"role": "user", "content": "hello"}, {"role": "assistant", "content": [use.model_dump() for use in uses]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": use.id, "content": "sunny"} for use in uses]}]
    answer = claude.messages.create(model="oa/lorem", max_tokens=50, messages=messages, tools=tools, extra_headers=SEED)
    assert answer.content[0].text


@pytest.mark.parametrize("status, error", [
    (400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError),
    (500, openai.InternalServerError), (529, openai.InternalServerError)])
def test_errors_of_claude_are_openais_to_openai(ai, status, error):
    with pytest.raises(error) as caught:
        chat(ai, f"claude/http-{status}")
    assert caught.value.status_code == status and caught.value.body["message"] and caught.value.body["type"]


@pytest.mark.parametrize("status, error", [
    (400, anthropic.BadRequestError), (429, anthropic.RateLimitError), (500, anthropic.InternalServerError)])
def test_errors_of_openai_are_anthropics_to_anthropic(claude, status, error):
    with pytest.raises(error) as caught:
        message(claude, f"oa/http-{status}")
    assert caught.value.status_code == status and caught.value.body["type"] == "error"


@pytest.mark.parametrize("model", ["error-after-200", "cut-mid", "truncated"])
def test_a_stream_that_fails_is_no_whole_answer_in_any_format(ai, claude, model):
    with pytest.raises((openai.APIError, openai.APIConnectionError)):
        streamed_chat(ai, f"claude/{model}")
    with pytest.raises((anthropic.APIError, anthropic.APIConnectionError)):
        with claude.messages.stream(
                model=f"oa/{model}", max_tokens=200, messages=[{"role": "user", "content": "hello"}],
                extra_headers=SEED) as stream:
            stream.get_final_message()


def test_what_a_format_cannot_say_is_told_or_refused(ai):
    raw = ai.chat.completions.with_raw_response.create(
        model="claude/lorem", messages=[{"role": "user", "content": "hello"}], seed=3, logit_bias={"1": 2}, n=1)
    assert sorted(raw.headers["x-headgate-translation-dropped"].split(", ")) == ["logit_bias", "seed"]
    with pytest.raises(openai.BadRequestError) as caught:
        ai.chat.completions.create(
            model="claude/lorem", messages=[{"role": "user", "content": "hello"}], seed=3,
            extra_headers={"x-headgate-translation": "strict"})
    assert caught.value.param == "seed" and "lenient" in caught.value.message
    for messages in ([{"role": "alien", "content": "hello"}], [{"role": "user", "content": 5}], "hello", [5]):
        with pytest.raises(openai.BadRequestError) as caught:
            ai.chat.completions.create(model="claude/lorem", messages=messages)
        assert caught.value.param.startswith("messages")


TOKEN = {"token": "hi", "logProbability": -0.5}
TOLD = {"candidates": [{"content": {"parts": [{"text": "hi"}], "role": "model"}, "finishReason": "STOP", "index": 0,
                        "logprobsResult": {"chosenCandidates": [TOKEN], "topCandidates": [{"candidates": [TOKEN]}]}}],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1}, "modelVersion": "g", "responseId": "r"}
GOOGLES = """
providers: {{ gem: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:{port}" }} }}
models: {{ "*": {{ targets: [ {{ provider: gem, model: "*" }} ] }} }}
keys: [ {{ name: app, token: "{key}" }} ]
"""


def test_probabilities_of_geminis_tokens_reach_openais_sdk(tmp_path):
    whole = json.dumps(TOLD).encode()
    answers = {"/v1beta/models/g:generateContent": (200, "application/json", whole),
               "/v1beta/models/g:streamGenerateContent": (200, "text/event-stream", b"data: " + whole + b"\r\n\r\n")}
    with upstream(answers) as google, running(tmp_path, GOOGLES.format(port=google.port, key=KEY)) as program:
        with openai.OpenAI(base_url=f"http://127.0.0.1:{program.port}/v1", api_key=KEY, max_retries=0) as ai:
            choice = chat(ai, "g", logprobs=True, top_logprobs=1).choices[0]
            assert google.last.json["generationConfig"] == {"responseLogprobs": True, "logprobs": 1}
            chunks = [part.choices[0].logprobs for part in chat(ai, "g", logprobs=True, stream=True) if part.choices]
            for token in [choice.logprobs.content[0], next(part for part in chunks if part).content[0]]:
                assert (token.token, token.logprob, token.bytes) == ("hi", -0.5, [104, 105])
                assert token.top_logprobs[0].token == "hi"
            answer = ai.responses.create(model="g", input="hi", include=["message.output_text.logprobs"], top_logprobs=1)
            assert answer.output[0].content[0].logprobs[0].logprob == -0.5
