"""The official anthropic SDK, unmodified but for its base URL."""
import anthropic
import pytest
from conftest import KEY

SAY = [{"role": "user", "content": "Say hello"}]
TOOL = {"name": "look_up", "description": "x", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}


@pytest.fixture
def client(gateway):
    with anthropic.Anthropic(base_url=gateway, api_key=KEY, max_retries=0, timeout=20) as client:
        yield client


def test_messages(client):
    raw = client.messages.with_raw_response.create(model="claude/echo", max_tokens=50, messages=SAY)
    message = raw.parse()
    assert message.content[0].text == "Say hello" and message.usage.output_tokens > 0
    assert raw.headers["request-id"]


def test_streamed_messages(client):
    with client.messages.stream(model="claude/lorem", max_tokens=50, messages=SAY) as stream:
        assert "".join(stream.text_stream)
        assert stream.get_final_message().stop_reason in ("end_turn", "max_tokens")


def test_tools(client):
    message = client.messages.create(model="claude/tools", max_tokens=200, messages=SAY, tools=[TOOL])
    assert [b.name for b in message.content if b.type == "tool_use"] == ["look_up"]


def test_count_tokens(client):
    assert client.messages.count_tokens(model="claude/echo", messages=SAY).input_tokens > 0


def test_models(client):
    headers = {"anthropic-version": "2023-06-01"}
    assert [m.id for m in client.models.list(extra_headers=headers)] == ["fast"]


@pytest.mark.parametrize("model,error", [
    ("none", anthropic.NotFoundError), ("claude/http-429", anthropic.RateLimitError),
    ("claude/http-400", anthropic.BadRequestError), ("claude/http-401", anthropic.InternalServerError),
    ("claude/refuse", anthropic.InternalServerError),
])
def test_errors(client, model, error):
    with pytest.raises(error):
        client.messages.create(model=model, max_tokens=50, messages=SAY)


def test_a_wrong_key(gateway):
    with pytest.raises(anthropic.AuthenticationError):
        anthropic.Anthropic(base_url=gateway, api_key="wrong").messages.count_tokens(model="claude/echo", messages=SAY)


@pytest.mark.parametrize("model", ["claude/cut-mid", "claude/truncated", "claude/error-after-200", "claude/stall-mid"])
def test_a_broken_stream_raises(client, model):
    with pytest.raises(anthropic.APIError):
        with client.messages.stream(
                model=model, max_tokens=50, messages=SAY, extra_headers={"x-headgate-timeout-ms": "1500"}) as stream:
            for _ in stream:
                pass
