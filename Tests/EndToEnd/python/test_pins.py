"""What only one account can read again goes back to that account."""
import anthropic
import openai
import pytest

from conftest import KEY, running

CONFIG = f"""
providers:
  one: {{ kind: openai, api_keys: [ {{ key: sk-1 }}, {{ key: sk-2 }} ], base_url: "http://127.0.0.1:SIM/v1" }}
  two: {{ kind: anthropic, api_key: sk-3, base_url: "http://127.0.0.1:SIM" }}
  three: {{ kind: gemini, api_key: sk-4, base_url: "http://127.0.0.1:SIM" }}
models:
  any: {{ targets: [ {{ provider: one, model: reasoning }}, {{ provider: two, model: reasoning }}, {{ provider: three, model: reasoning }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pins"), CONFIG, "--instant") as program:
        yield f"http://127.0.0.1:{program.port}"


@pytest.mark.parametrize("stream", [False, True])
def test_signed_thinking_goes_back_to_who_signed_it(base, stream):
    seen = set()
    with anthropic.Anthropic(base_url=base, api_key=KEY, max_retries=0) as claude:
        for turn in range(12):
            def ask(messages):
                return claude.messages.with_raw_response.create(
                    model="any", max_tokens=4000, messages=messages, stream=stream, extra_headers={"x-simulate": f'{{"seed": {turn}}}'},
                    thinking={"type": "enabled", "budget_tokens": 1024})
            first = ask([{"role": "user", "content": "hello"}])
            provider = first.headers["x-headgate-provider"]
            if stream:
                thinking, signature, text = "", "", ""
                for event in first.parse():
                    if event.type == "content_block_delta":
                        thinking += getattr(event.delta, "thinking", "")
                        signature += getattr(event.delta, "signature", "")
                        text += getattr(event.delta, "text", "")
                content = [{"type": "thinking", "thinking": thinking, "signature": signature}, {"type": "text", "text": text}]
            else:
                content = [block.model_dump(exclude_none=True) for block in first.parse().content]
            if not any(block.get("signature") for block in content):
                continue  # OpenAI's chat signs nothing
            seen.add(provider)
            for _ in range(5):
                again = ask([{"role": "user", "content": "hello"}, {"role": "assistant", "content": content},
                             {"role": "user", "content": "and on"}])
                assert again.headers["x-headgate-provider"] == provider
                if stream:
                    list(again.parse())
    assert seen == {"one", "two", "three"} or seen == {"two", "three"}


def test_sealed_reasoning_goes_back_to_who_sealed_it(base):
    seen = set()
    with openai.OpenAI(base_url=f"{base}/v1", api_key=KEY, max_retries=0) as ai:
        for turn in range(12):
            def ask(items):
                return ai.responses.with_raw_response.create(
                    model="any", input=items, store=False, include=["reasoning.encrypted_content"], reasoning={"effort": "low"},
                    extra_headers={"x-simulate": f'{{"seed": {turn}}}'})
            first = ask([{"role": "user", "content": "hello"}])
            provider = first.headers["x-headgate-provider"]
            items = [item.model_dump(exclude_none=True) for item in first.parse().output]
            if not any(item.get("encrypted_content") for item in items):
                continue
            seen.add(provider)
            for _ in range(5):
                again = ask([{"role": "user", "content": "hello"}, *items, {"role": "user", "content": "and on"}])
                assert again.headers["x-headgate-provider"] == provider
    assert len(seen) > 1
