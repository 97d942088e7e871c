"""Every official SDK before a provider of every format: what the user sees must not depend on who answers."""
import json

import pytest

from conftest import KEY, running
from sdks import NAMES, SDKS, City

SEED = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0})}
CONFIG = f"""
providers:
  openai: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  anthropic: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  gemini: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  bedrock: {{ kind: bedrock, api_key: sk-test, region: eu-central-1, base_url: "http://127.0.0.1:SIM" }}
  signed:
    {{ kind: bedrock, access_key_id: AKIDEXAMPLE, secret_access_key: test-secret, region: eu-central-1,
      base_url: "http://127.0.0.1:SIM" }}
  cohere: {{ kind: cohere, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  ollama: {{ kind: ollama, base_url: "http://127.0.0.1:SIM" }}
  azure: {{ kind: azure, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  responses: {{ kind: openai-compatible, base_url: "http://127.0.0.1:SIM/v1", endpoints: [ responses ] }}
models:
  MODELS
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
PROVIDERS = ["openai", "anthropic", "gemini", "bedrock", "signed", "cohere", "ollama", "azure", "responses"]
MODELS = "\n  ".join(
    f'"{provider}/*": {{ targets: [ {{ provider: {provider}, model: "*" }} ] }}' for provider in PROVIDERS)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with running(tmp_path_factory.mktemp("providers"), CONFIG.replace("MODELS", MODELS), "--instant") as program:
        yield f"http://127.0.0.1:{program.port}"


@pytest.fixture(scope="module", params=list(SDKS))
def sdk(gateway, request):
    client = SDKS[request.param](gateway, KEY, SEED)
    yield client
    client.sdk.close()


@pytest.fixture(params=PROVIDERS)
def provider(request):
    return request.param


def both(sdk, *ask, **how):
    """An answer in one piece, and the same from a stream."""
    whole, streamed = sdk.ask(*ask, **how), sdk.ask(*ask, stream=True, **how)
    assert streamed.said == whole.said
    return whole, streamed


def test_who_answers_makes_no_difference_to_the_answer(sdk, provider):
    for model in ("echo", "lorem"):
        ask = sdk.user("hello there")
        own = sdk.ask(f"openai/{model}", ask)
        whole, _ = both(sdk, f"{provider}/{model}", ask)
        assert whole.said == own.said and whole.text and whole.finish == "stop"


def test_what_is_too_long_says_so(sdk, provider):
    whole, _ = both(sdk, f"{provider}/lorem", sdk.user("hello"), limit=5)
    assert (whole.finish, whole.output_tokens) == ("length", 5) and whole.text


@pytest.mark.parametrize("model, count", [("tools", 1), ("parallel-tools", 2)])
def test_tools_are_called_and_answered(sdk, provider, model, count):
    ask = sdk.user("hello")
    for answer in both(sdk, f"{provider}/{model}", ask, tools=True):
        assert [call[:2] for call in answer.calls] == [(name, {"city": "lorem ipsum"}) for name in NAMES[:count]]
        ids = {id for _, _, id in answer.calls}
        # Only between Gemini and its own SDK are calls told apart by their order alone.
        assert answer.finish == "tools" and (len(ids) == count or ids == {None} and provider == "gemini")
        history = ask + answer.turn + sdk.results(answer)
        final, _ = both(sdk, f"{provider}/{model}", history, tools=True)
        assert final.text and final.finish == "stop" and not final.calls
        # A third turn has the calls and their results behind it.
        again = history + final.turn + sdk.user("and now?")
        assert sdk.ask(f"{provider}/echo", again, tools=True).text == "and now?"


def test_calls_of_before_need_no_tools_now(sdk, provider):
    ask = sdk.user("hello")
    answer = sdk.ask(f"{provider}/tools", ask, tools=True)
    history = ask + answer.turn + sdk.results(answer)
    assert sdk.ask(f"{provider}/lorem", history).text


def test_an_answer_has_the_shape_that_was_asked_for(sdk, provider):
    ask = sdk.user('{"city": "Rome", "people": 3}')
    for answer in both(sdk, f"{provider}/echo", ask, shape=True):
        assert answer.parsed in (City(city="Rome", people=3), None)
    assert sdk.ask(f"{provider}/echo", ask, shape=True).parsed == City(city="Rome", people=3)


def test_thinking_is_told_and_taken_back(sdk, provider):
    ask = sdk.user("hello")
    for answer in both(sdk, f"{provider}/reasoning", ask, thinks=True):
        assert answer.thoughts and answer.text and answer.thoughts not in answer.text
        history = ask + answer.turn + sdk.user("and now?")
        assert sdk.ask(f"{provider}/echo", history, thinks=True).text == "and now?"


@pytest.mark.parametrize("status", [400, 429, 500, 529])
def test_errors_are_those_of_the_sdk(sdk, provider, status):
    for stream in (False, True):
        with pytest.raises(sdk.errors[status]) as caught:
            sdk.ask(f"{provider}/http-{status}", sdk.user("hello"), stream=stream)
        sdk.failure(caught.value, status)


@pytest.mark.parametrize("model", ["error-after-200", "cut-mid", "truncated"])
def test_a_stream_that_fails_is_no_whole_answer(sdk, provider, model):
    with pytest.raises(sdk.failures):
        sdk.ask(f"{provider}/{model}", sdk.user("hello"), stream=True)
