"""Endpoints beside chats, with the official SDK: images, sound, moderations, reranks."""
import json
import urllib.error
import urllib.request

import openai
import pytest

from conftest import KEY, running
from upstream import as_json, upstream

IMAGES = as_json({"created": 1, "data": [{"b64_json": "aGk="}], "usage": {
    "input_tokens": 10, "output_tokens": 20, "total_tokens": 30, "input_tokens_details": {"text_tokens": 10, "image_tokens": 0}}})
ANSWERS = {
    "/v1/images/generations": IMAGES,
    "/v1/audio/speech": (200, "audio/mpeg", b"\xff\xfbsound" * 100),
    "/v1/audio/transcriptions": lambda asked: (
        (200, "text/plain", b"hello there") if b"srt" in asked.body else as_json({"text": "hello there"})),
    "/v1/moderations": as_json({"id": "m", "model": "omni-moderation-latest", "results": [
        {"flagged": False, "categories": {}, "category_scores": {}, "category_applied_input_types": {}}]}),
    "/v2/rerank": as_json({"id": "r", "results": [{"index": 1, "relevance_score": 0.9}],
                           "meta": {"billed_units": {"search_units": 1}}}),
    "/voyage/rerank": as_json({"object": "list", "data": [{"index": 1, "relevance_score": 0.9}], "model": "rerank-2",
                               "usage": {"total_tokens": 7}}),
}
CONFIG = f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:UP/v1" }}
  co: {{ kind: cohere, api_key: co-test, base_url: "http://127.0.0.1:UP" }}
  vo: {{ kind: voyage, api_key: vo-test, base_url: "http://127.0.0.1:UP/voyage" }}
models:
  "co/*": {{ targets: [ {{ provider: co, model: "*" }} ] }}
  "vo/*": {{ targets: [ {{ provider: vo, model: "*" }} ] }}
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
  "omni-moderation-latest": {{ targets: [ {{ provider: oa }} ] }}
keys:
  - {{ name: app, token: "{KEY}" }}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with upstream(ANSWERS) as provider:
        config = CONFIG.replace("UP", str(provider.port))
        with running(tmp_path_factory.mktemp("media"), config) as program:
            with openai.OpenAI(base_url=f"http://127.0.0.1:{program.port}/v1", api_key=KEY, max_retries=0) as client:
                yield client, provider, program


def post(program, path, body, content_type="application/json"):
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}{path}", body if isinstance(body, bytes) else json.dumps(body).encode(),
        {"authorization": f"Bearer {KEY}", "content-type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_images(served):
    client, provider, _ = served
    answer = client.images.generate(model="oa/gpt-image-1", prompt="a gate")
    assert answer.data[0].b64_json == "aGk=" and answer.usage.output_tokens == 20
    assert provider.last.json == {"model": "gpt-image-1", "prompt": "a gate"}


def test_speech_passes_as_it_comes(served):
    client, provider, _ = served
    answer = client.audio.speech.create(model="oa/tts-1", voice="alloy", input="hello")
    assert answer.content == b"\xff\xfbsound" * 100 and answer.response.headers["content-type"] == "audio/mpeg"
    assert provider.last.json["model"] == "tts-1"


def test_transcriptions_are_forms(served):
    client, provider, _ = served
    sound = b"RIFF" + bytes(range(256)) * 40
    answer = client.audio.transcriptions.create(model="oa/whisper-1", file=("a.wav", sound))
    assert answer.text == "hello there"
    body = provider.last.body
    assert b'name="model"\r\n\r\nwhisper-1\r\n' in body and sound in body and b"oa/whisper" not in body
    assert provider.last.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert client.audio.transcriptions.create(
        model="oa/whisper-1", file=("a.wav", sound), response_format="srt") == "hello there"


def test_moderations_need_no_model(served):
    client, provider, _ = served
    assert not client.moderations.create(input="hello").results[0].flagged
    assert provider.last.json["model"] == "omni-moderation-latest"


@pytest.mark.parametrize("model,path,limit", [("co/rerank-v3.5", "/v2/rerank", "top_n"), ("vo/rerank-2", "/voyage/rerank", "top_k")])
def test_reranks_are_coheres(served, model, path, limit):
    _, provider, program = served
    status, answer = post(program, "/v1/rerank", {"model": model, "query": "q", "documents": ["a", "b"], "top_n": 1})
    assert status == 200 and answer["results"] == [{"index": 1, "relevance_score": 0.9}]
    assert provider.last.path == path and provider.last.json[limit] == 1
    assert provider.last.json["model"] == model.split("/")[1]


@pytest.mark.parametrize("body,content_type", [
    (b"{}", "application/json"), (b"--b\r\n", "multipart/form-data"), (b"", "multipart/form-data; boundary=b"),
    (b"--b\r\nnonsense", "multipart/form-data; boundary=b"),
    (b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b"),
    (b'--b\r\ncontent-disposition: form-data; name="model"\r\n\r\noa/a\r\n--b\r\ncontent-disposition: form-data; '
     b'name="model"\r\n\r\noa/b\r\n--b--\r\n', "multipart/form-data; boundary=b"),
])
def test_forms_that_are_none_are_refused(served, body, content_type):
    _, provider, program = served
    before = len(provider.asked)
    status, answer = post(program, "/v1/audio/transcriptions", body, content_type)
    assert status == 400 and answer["error"]["code"] == "invalid_request"
    assert len(provider.asked) == before


def test_an_error_goes_back_as_it_came(served):
    client, provider, _ = served
    good = provider.answers["/v1/audio/speech"]
    provider.answers["/v1/audio/speech"] = as_json({"error": {"message": "no such voice", "type": "invalid_request_error"}}, 400)
    try:
        with pytest.raises(openai.BadRequestError, match="no such voice"):
            client.audio.speech.create(model="oa/tts-1", voice="nobody", input="hello")
    finally:
        provider.answers["/v1/audio/speech"] = good
