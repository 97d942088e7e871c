"""Libraries that applications are written with, unmodified but for their address: LangChain, OpenAI's Agents SDK, and
the client for Azure."""
import asyncio
import json

import agents
import openai
import pytest
from agents.models.openai_responses import OpenAIResponsesWSModel
from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from conftest import KEY
from replay import send

SEED = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0})}
PROVIDERS = ["oa", "claude", "gem"]


@tool
def look_up(city: str) -> str:
    """Looks something up."""
    return f"sunny in {city}"


def openai_chat(gateway, model, **more):
    return ChatOpenAI(
        model=model, base_url=f"{gateway}/v1", api_key=KEY, max_retries=0, default_headers=SEED, stream_usage=True, **more)


def anthropic_chat(gateway, model):
    return ChatAnthropic(model=model, base_url=gateway, api_key=KEY, max_retries=0, default_headers=SEED, max_tokens=200)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("chat", [openai_chat, anthropic_chat])
def test_langchain_reads_every_provider(gateway, chat, provider):
    model = chat(gateway, f"{provider}/lorem")
    whole = model.invoke([("system", "be kind"), ("user", "hello")])
    assert whole.text and whole.usage_metadata["output_tokens"] > 0
    pieces = None
    for piece in model.stream([("system", "be kind"), ("user", "hello")]):
        pieces = piece if pieces is None else pieces + piece
    assert pieces.text == whole.text
    # Usage is added up piece by piece: told twice, it would be twice as much.
    assert pieces.usage_metadata["output_tokens"] == whole.usage_metadata["output_tokens"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("chat", [openai_chat, anthropic_chat])
def test_langchain_calls_tools_and_tells_their_answers(gateway, chat, provider):
    model = chat(gateway, f"{provider}/tools").bind_tools([look_up])
    messages = [("user", "hello")]
    asked = model.invoke(messages)
    assert asked.tool_calls and asked.tool_calls[0]["name"] == "look_up"
    streamed = None
    for piece in model.stream(messages):
        streamed = piece if streamed is None else streamed + piece
    assert [call["args"] for call in streamed.tool_calls] == [call["args"] for call in asked.tool_calls]
    results = [look_up.invoke({**call, "type": "tool_call", "args": {"city": "here"}}) for call in asked.tool_calls]
    last = chat(gateway, f"{provider}/lorem").bind_tools([look_up]).invoke([*messages, asked, *results])
    assert last.text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_langchain_speaks_responses(gateway, provider):
    model = openai_chat(gateway, f"{provider}/lorem", use_responses_api=True)
    whole = model.invoke("hello")
    assert whole.text and "".join(piece.text for piece in model.stream("hello")) == whole.text


@pytest.mark.parametrize("provider", ["oa", "gem"])
def test_langchain_embeds_texts(gateway, provider):
    embeddings = OpenAIEmbeddings(
        model=f"{provider}/embed", base_url=f"{gateway}/v1", api_key=KEY, dimensions=8, check_embedding_ctx_length=False)
    assert [len(vector) for vector in embeddings.embed_documents(["a", "b"])] == [8, 8]


def test_langchain_sends_numbers_of_tokens_for_texts(gateway):
    """As it does by default, with its own tokenizer."""
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    body = {"model": "oa/embed", "input": [[9906, 1917], [64]], "encoding_format": "base64"}
    answer = send(gateway, "POST", "/v1/embeddings", headers, body)
    assert [type(item["embedding"]) for item in answer.json["data"]] == [str, str]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("api", [agents.OpenAIResponsesModel, OpenAIResponsesWSModel, agents.OpenAIChatCompletionsModel])
def test_openais_agents_run_on_every_provider(gateway, provider, api):
    async def run(name, tools, streams=False):
        async with openai.AsyncOpenAI(
                base_url=f"{gateway}/v1", api_key=KEY, max_retries=0, default_headers=SEED) as client:
            agent = agents.Agent(
                name="a", instructions="be kind", model=api(model=f"{provider}/{name}", openai_client=client),
                tools=tools, tool_use_behavior="stop_on_first_tool")
            config = agents.RunConfig(tracing_disabled=True)
            if not streams:
                return (await agents.Runner.run(agent, "hello", run_config=config)).final_output
            result = agents.Runner.run_streamed(agent, "hello", run_config=config)
            async for _ in result.stream_events():
                pass
            return result.final_output

    @agents.function_tool(strict_mode=False)
    def get_weather(city: str = "here") -> str:
        """Weather of a city."""
        return "sunny"

    text = asyncio.run(run("lorem", []))
    assert text and asyncio.run(run("lorem", [], streams=True)) == text
    assert asyncio.run(run("tools", [get_weather])) == "sunny"
    assert asyncio.run(run("tools", [get_weather], streams=True)) == "sunny"


@pytest.fixture
def azure(gateway):
    with openai.AzureOpenAI(
            azure_endpoint=gateway, api_key=KEY, api_version="2024-10-21", max_retries=0, default_headers=SEED) as client:
        yield client


@pytest.mark.parametrize("model", ["oa/lorem", "claude/lorem", "gem/lorem", "fast"])
def test_azures_client_reads_every_provider(azure, model):
    messages = [{"role": "user", "content": "hello there"}]
    whole = azure.chat.completions.create(model=model, messages=messages)
    assert whole.choices[0].message.content
    stream = azure.chat.completions.create(model=model, messages=messages, stream=True)
    text = "".join(choice.delta.content or "" for chunk in stream for choice in chunk.choices)
    assert text == whole.choices[0].message.content


def test_azures_client_completes_embeds_and_fails(azure, gateway):
    assert azure.completions.create(model="oa/lorem", prompt="hello").choices[0].text
    assert len(azure.embeddings.create(model="oa/embed", input="a", dimensions=8).data[0].embedding) == 8
    with pytest.raises(openai.NotFoundError):
        azure.chat.completions.create(model="none", messages=[])
    with openai.AzureOpenAI(azure_endpoint=gateway, api_key="wrong", api_version="2024-10-21") as stranger:
        with pytest.raises(openai.AuthenticationError):
            stranger.chat.completions.create(model="fast", messages=[])


def test_azures_path_names_the_model_whatever_the_body_says(gateway):
    path = "/openai/deployments/{}/chat/completions?api-version=2024-10-21"
    for name in ("oa/echo", "oa%2Fecho"):
        for model in ({}, {"model": "other"}, {"model": None}):
            answer = send(gateway, "POST", path.format(name), {"api-key": KEY, "content-type": "application/json"},
                          {"messages": [{"role": "user", "content": "hi"}], **model})
            assert answer.status == 200 and answer.headers["x-headgate-model"] == "echo"
    assert send(gateway, "GET", path.format("oa/echo"), {"api-key": KEY}).status == 405
