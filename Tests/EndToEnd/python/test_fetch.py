"""Images at URLs, from OpenAI's SDK to providers that want their bytes."""
import base64
import json

import openai
import pytest

from conftest import KEY, free_port, running
from upstream import upstream

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
CONFIG = f"""
providers:
  bedrock: {{ kind: bedrock, api_key: sk-test, region: eu-central-1, base_url: "http://127.0.0.1:SIM" }}
  ollama: {{ kind: ollama, base_url: "http://127.0.0.1:SIM" }}
  asked: {{ kind: bedrock, api_key: sk-test, region: eu-central-1, base_url: "http://127.0.0.1:ASKED" }}
models:
  "bedrock/*": {{ targets: [ {{ provider: bedrock, model: "*" }} ] }}
  "ollama/*": {{ targets: [ {{ provider: ollama, model: "*" }} ] }}
  asked: {{ targets: [ {{ provider: asked }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
FETCH = "fetch: { networks: [ 127.0.0.1 ], plain_http: true, file_max: 64KiB, timeout: 5s }\n"
CONVERSE = json.dumps({
    "output": {"message": {"role": "assistant", "content": [{"text": "a dot"}]}}, "stopReason": "end_turn",
    "usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}}).encode()


@pytest.fixture
def files():
    answers = {
        "/dot.png": (200, "text/plain", PNG), "/page": (200, "image/png", b"<html>secret</html>"),
        "/large.png": (200, "image/png", PNG + bytes(100_000)),
        "/model/asked/converse": (200, "application/json", CONVERSE)}
    with upstream(answers) as server:
        yield server


def image(files, path):
    return [{"role": "user", "content": [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"http://127.0.0.1:{files.port}{path}"}}]}]


def client(program):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{program.port}/v1", api_key=KEY, max_retries=0)


def test_providers_that_want_bytes_get_them(tmp_path, files):
    config = CONFIG.replace("ASKED", str(files.port)) + FETCH
    with running(tmp_path, config, "--instant") as program, client(program) as sdk:
        for model in ["bedrock/lorem", "ollama/lorem"]:
            # Ollama's own chat is spoken to clients of other formats than its compatible one.
            whole = sdk.responses.create(model=model, input=[{"role": "user", "content": [
                {"type": "input_image", "image_url": f"http://127.0.0.1:{files.port}/dot.png"}]}])
            assert whole.output_text
        stream = sdk.chat.completions.create(model="bedrock/lorem", messages=image(files, "/dot.png"), stream=True)
        assert "".join(part.choices[0].delta.content or "" for part in stream if part.choices)
        fetched = [asked for asked in files.asked if asked.path == "/dot.png"]
        assert len(fetched) == 3
        assert all("authorization" not in asked.headers and "x-request-id" not in asked.headers for asked in fetched)

        assert sdk.chat.completions.create(model="asked", messages=image(files, "/dot.png")).choices[0].message.content
        assert files.last.json["messages"][0]["content"][1] == {
            "image": {"format": "png", "source": {"bytes": base64.b64encode(PNG).decode()}}}


@pytest.mark.parametrize("path, why", [
    ("/page", "of no type"), ("/large.png", "larger than the 65536 bytes"), ("/none", "status 404")])
def test_what_is_no_image_is_refused(tmp_path, files, path, why):
    config = CONFIG.replace("ASKED", str(files.port)) + FETCH
    with running(tmp_path, config, "--instant") as program, client(program) as sdk:
        with pytest.raises(openai.BadRequestError) as refused:
            sdk.chat.completions.create(model="asked", messages=image(files, path))
        assert refused.value.param == "messages[0].content" and why in refused.value.message
        assert "secret" not in str(refused.value)
        assert not any(asked.path.startswith("/model") for asked in files.asked)


@pytest.mark.parametrize("fetch, why", [
    ("", "'fetch' in its configuration"), ("fetch: { plain_http: true }\n", "it cannot be reached")])
def test_private_networks_are_out_of_reach(tmp_path, files, fetch, why):
    config = CONFIG.replace("ASKED", str(free_port())) + fetch
    with running(tmp_path, config, "--instant") as program, client(program) as sdk:
        with pytest.raises(openai.BadRequestError) as refused:
            sdk.chat.completions.create(model="asked", messages=image(files, "/dot.png"))
        assert why in refused.value.message and not files.asked
