"""The official openai SDK, unmodified but for its base URL."""
import openai
import pytest
from conftest import KEY, NARROW_KEY

SAY = [{"role": "user", "content": "Say hello"}]
TOOL = {"type": "function", "function": {"name": "look_up", "description": "x", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


@pytest.fixture
def client(gateway):
    with openai.OpenAI(base_url=f"{gateway}/v1", api_key=KEY, max_retries=0, timeout=20) as client:
        yield client


def test_chat(client):
    raw = client.chat.completions.with_raw_response.create(model="oa/echo", messages=SAY)
    answer = raw.parse()
    assert answer.choices[0].message.content == "Say hello"
    assert answer.usage.total_tokens > 0
    assert raw.headers["x-request-id"] and raw.headers["x-headgate-provider"] == "oa"
    assert raw.headers["x-headgate-model"] == "echo"


def test_defaults_are_applied(client):
    answer = client.chat.completions.create(model="fast", messages=SAY)
    assert answer.usage.completion_tokens <= 7 and answer.choices[0].finish_reason == "length"


def test_streamed_chat_shows_no_trace_of_usage(client):
    chunks = list(client.chat.completions.create(model="oa/lorem", messages=SAY, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(c.choices and "usage" not in c.model_fields_set for c in chunks)


def test_streamed_chat_with_usage(client):
    stream = client.chat.completions.create(
        model="oa/lorem", messages=SAY, stream=True, stream_options={"include_usage": True})
    assert list(stream)[-1].usage.total_tokens > 0


@pytest.mark.parametrize("model,count", [("oa/tools", 1), ("oa/parallel-tools", 2)])
def test_tools(client, model, count):
    calls = client.chat.completions.create(model=model, messages=SAY, tools=[TOOL]).choices[0].message.tool_calls
    assert [c.function.name for c in calls] == ["look_up"] * count


def test_streamed_tools(client):
    with client.chat.completions.stream(model="oa/tools", messages=SAY, tools=[TOOL]) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.tool_calls[0].function.arguments.startswith("{")


def test_reasoning(client):
    answer = client.chat.completions.create(model="oa/reasoning", messages=SAY)
    assert answer.usage.completion_tokens_details.reasoning_tokens > 0


@pytest.mark.parametrize("form", ["float", "base64", openai.NOT_GIVEN])
def test_embeddings(client, form):
    answer = client.embeddings.create(model="oa/embed", input=["a", "b"], dimensions=8, encoding_format=form)
    assert len(answer.data) == 2 and answer.data[0].embedding


def test_completions(client):
    assert client.completions.create(model="oa/echo", prompt="Hi").choices[0].text
    assert list(client.completions.create(model="oa/lorem", prompt="Hi", stream=True))


def test_models(client):
    assert [m.id for m in client.models.list()] == ["fast"]
    assert client.models.retrieve("oa/gpt-4o").id == "oa/gpt-4o"


@pytest.mark.parametrize("model,error,code", [
    ("none", openai.NotFoundError, "model_not_found"), ("oa/http-429", openai.RateLimitError, None),
    ("oa/http-400", openai.BadRequestError, None), ("oa/http-500", openai.InternalServerError, None),
    ("oa/http-401", openai.InternalServerError, "upstream_error"), ("oa/refuse", openai.InternalServerError, "upstream_error"),
    ("oa/malformed", openai.InternalServerError, "upstream_error"), ("oa/cut-mid", openai.InternalServerError, "upstream_error"),
])
def test_errors(client, model, error, code):
    with pytest.raises(error) as caught:
        client.chat.completions.create(model=model, messages=SAY)
    assert code is None or caught.value.code == code


def test_a_wrong_key(gateway):
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{gateway}/v1", api_key="wrong").models.list()


def test_a_model_that_the_key_may_not_use(gateway):
    client = openai.OpenAI(base_url=f"{gateway}/v1", api_key=NARROW_KEY, max_retries=0)
    with pytest.raises(openai.PermissionDeniedError):
        client.chat.completions.create(model="oa/echo", messages=SAY)
    assert client.chat.completions.create(model="fast", messages=SAY)


@pytest.mark.parametrize("stream", [False, True])
def test_timeout(client, stream):
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(
            model="oa/stall-first", messages=SAY, stream=stream, extra_headers={"x-headgate-timeout-ms": "200"})
    assert caught.value.status_code == 504


@pytest.mark.parametrize("model", ["oa/cut-mid", "oa/truncated", "oa/error-after-200", "oa/stall-mid"])
def test_a_broken_stream_raises_after_its_chunks(client, model):
    seen = []
    with pytest.raises(openai.APIError):
        for chunk in client.chat.completions.create(
                model=model, messages=SAY, stream=True,
                extra_headers={"x-headgate-timeout-ms": "1500", "x-simulate": '{"event_ms": 20}'}):
            seen.append(chunk)
    assert seen


def test_a_client_that_leaves_harms_nobody(client):
    for _ in range(5):
        stream = client.chat.completions.create(model="oa/big", messages=SAY, stream=True)
        next(iter(stream))
        stream.close()
    assert client.chat.completions.create(model="oa/echo", messages=SAY)
