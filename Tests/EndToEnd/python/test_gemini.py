"""Google's SDK before providers of all kinds, and the others' SDKs before Gemini."""
import json
import urllib.error
import urllib.request

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors, types

from conftest import KEY, running

SEED = {"x-simulate": json.dumps({"seed": 7, "first_token_ms": 0})}
PROVIDERS = ["gem", "oa", "claude"]
TOOL = {"name": "get_weather", "description": "Weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


@pytest.fixture
def google(gateway):
    options = types.HttpOptions(base_url=gateway, headers=SEED)
    with genai.Client(api_key=KEY, http_options=options) as client:
        yield client


@pytest.fixture
def ai(gateway):
    with openai.OpenAI(base_url=f"{gateway}/v1", api_key=KEY, max_retries=0, default_headers=SEED) as client:
        yield client


@pytest.fixture
def claude(gateway):
    with anthropic.Anthropic(base_url=gateway, api_key=KEY, max_retries=0, default_headers=SEED) as client:
        yield client


def tools(**config):
    declaration = types.FunctionDeclaration(
        name="get_weather", description="Weather of a city",
        parameters=types.Schema(type="OBJECT", properties={"city": types.Schema(type="STRING")}))
    return types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[declaration])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True), **config)


def plain(usage):
    return usage.candidates_token_count, usage.total_token_count - usage.prompt_token_count


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", ["lorem", "echo"])
def test_google_reads_every_provider_alike(google, provider, model):
    config = types.GenerateContentConfig(
        max_output_tokens=60, temperature=0.5, stop_sequences=["never"], system_instruction="be kind")
    own = google.models.generate_content(model=f"gem/{model}", contents="hello there", config=config)
    other = google.models.generate_content(model=f"{provider}/{model}", contents="hello there", config=config)
    assert other.text and other.text == own.text
    assert other.candidates[0].finish_reason == own.candidates[0].finish_reason
    assert plain(other.usage_metadata) == plain(own.usage_metadata)
    assert other.model_version == model and other.response_id
    chunks = list(google.models.generate_content_stream(
        model=f"{provider}/{model}", contents="hello there", config=config))
    assert "".join(chunk.text or "" for chunk in chunks) == own.text and len(chunks) > 2
    assert chunks[-1].candidates[0].finish_reason == own.candidates[0].finish_reason
    assert plain(chunks[-1].usage_metadata) == plain(own.usage_metadata)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_that_is_cut_says_so(google, provider):
    answer = google.models.generate_content(
        model=f"{provider}/lorem", contents="hello", config=types.GenerateContentConfig(max_output_tokens=3))
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", ["tools", "parallel-tools"])
def test_google_calls_tools_of_every_provider(google, provider, model):
    ask = [types.Content(role="user", parts=[types.Part(text="hello")])]
    whole = google.models.generate_content(model=f"{provider}/{model}", contents=ask, config=tools())
    assert whole.function_calls and all(call.args == {"city": "lorem ipsum"} for call in whole.function_calls)
    streamed = [
        call for chunk in google.models.generate_content_stream(
            model=f"{provider}/{model}", contents=ask, config=tools())
        for call in chunk.function_calls or []]
    assert [(call.name, call.args) for call in streamed] == [(call.name, call.args) for call in whole.function_calls]
    answers = [types.Part(function_response=types.FunctionResponse(
        id=call.id, name=call.name, response={"output": "sunny"})) for call in whole.function_calls]
    contents = ask + [whole.candidates[0].content, types.Content(role="user", parts=answers)]
    answer = google.models.generate_content(model=f"{provider}/{model}", contents=contents, config=tools())
    assert answer.text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_google_calls_functions_by_itself(google, provider):
    asked = []

    def get_weather(city: str) -> str:
        """Weather of a city."""
        asked.append(city)
        return "sunny"

    chat = google.chats.create(
        model=f"{provider}/tools", config=types.GenerateContentConfig(tools=[get_weather]))
    assert chat.send_message("hello").text and asked == ["lorem ipsum"]
    # The whole conversation goes back, calls and their responses included.
    assert chat.send_message("and now?").text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_google_gets_thoughts_and_gives_them_back(google, provider):
    config = types.GenerateContentConfig(
        thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=1024))
    whole = google.models.generate_content(model=f"{provider}/reasoning", contents="hello", config=config)
    thoughts = [part for part in whole.candidates[0].content.parts if part.thought]
    assert thoughts and thoughts[0].text and whole.text
    if provider != "oa":
        assert thoughts[0].thought_signature
    chunks = list(google.models.generate_content_stream(
        model=f"{provider}/reasoning", contents="hello", config=config))
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or []]
    assert "".join(part.text or "" for part in parts if part.thought) == thoughts[0].text
    assert any(part.thought_signature for part in parts) == (provider != "oa")
    contents = [types.Content(role="user", parts=[types.Part(text="hello")]), whole.candidates[0].content,
                types.Content(role="user", parts=[types.Part(text="more")])]
    assert google.models.generate_content(model=f"{provider}/lorem", contents=contents, config=config).text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_google_asks_for_an_answer_of_a_shape(google, provider):
    import pydantic

    class Recipe(pydantic.BaseModel):
        name: str
        steps: list[str]
        minutes: int | None = None

    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Recipe)
    assert google.models.generate_content(model=f"{provider}/lorem", contents="hello", config=config).text


def test_google_sends_pictures_and_documents(google):
    png = bytes([0x89, 0x50, 0x4E, 0x47, 0xFF, 0xFE, 0xFB, 0x3E, 0x3F])
    for provider in PROVIDERS:
        contents = ["see", types.Part.from_bytes(data=png, mime_type="image/png"),
                    types.Part.from_bytes(data=b"%PDF", mime_type="application/pdf")]
        assert google.models.generate_content(model=f"{provider}/lorem", contents=contents).text


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status, error", [
    (400, errors.ClientError), (404, errors.ClientError), (429, errors.ClientError), (500, errors.ServerError),
    (503, errors.ServerError)])
def test_errors_are_googles_to_google(google, provider, status, error):
    for call in (google.models.generate_content, lambda **ask: list(google.models.generate_content_stream(**ask))):
        with pytest.raises(error) as caught:
            call(model=f"{provider}/http-{status}", contents="hello")
        assert caught.value.code == status and caught.value.message and caught.value.status


def test_errors_of_the_gateway_are_googles_too(google, gateway):
    with pytest.raises(errors.ClientError) as caught:
        google.models.generate_content(model="unknown", contents="hello")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")
    assert caught.value.details["error"]["details"][0]["reason"] == "model_not_found"
    with genai.Client(api_key="wrong-key-of-nobody", http_options=types.HttpOptions(base_url=gateway)) as stranger:
        with pytest.raises(errors.ClientError) as caught:
            stranger.models.generate_content(model="gem/lorem", contents="hello")
    assert (caught.value.code, caught.value.status) == (401, "UNAUTHENTICATED")
    with pytest.raises(errors.ClientError) as caught:
        google.models.generate_content(
            model="oa/lorem", contents="hello",
            config=types.GenerateContentConfig(tools=[types.Tool(google_search=types.GoogleSearch())]))
    assert "googleSearch" in caught.value.message


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("model", ["error-after-200", "cut-mid", "truncated"])
def test_a_stream_that_fails_is_no_whole_answer(google, provider, model):
    with pytest.raises((errors.APIError, errors.UnknownApiResponseError)):
        list(google.models.generate_content_stream(model=f"{provider}/{model}", contents="hello"))


def test_google_counts_tokens_and_lists_models(google):
    assert google.models.count_tokens(model="gem/lorem", contents="hello there").total_tokens > 0
    names = [model.name for model in google.models.list()]
    assert "models/fast" in names
    assert google.models.get(model="fast").name == "models/fast"


@pytest.mark.parametrize("provider", ["gem", "oa"])
def test_google_embeds_texts(google, provider):
    config = types.EmbedContentConfig(output_dimensionality=8)
    answer = google.models.embed_content(model=f"{provider}/embed", contents=["a", "b"], config=config)
    assert [len(embedding.values) for embedding in answer.embeddings] == [8, 8]
    assert answer.embeddings[0].values != answer.embeddings[1].values


def test_openai_embeds_texts_with_gemini(ai):
    for form in ("float", "base64"):
        answer = ai.embeddings.create(
            model="gem/embed", input=["a", "b"], dimensions=8, encoding_format=form)
        assert len(answer.data) == 2 and answer.usage.prompt_tokens > 0
    assert [len(item.embedding) for item in ai.embeddings.create(
        model="gem/embed", input=["a", "b"], dimensions=8).data] == [8, 8]
    with pytest.raises(openai.BadRequestError):
        ai.embeddings.create(model="gem/embed", input=[[1, 2, 3]])


def raw(gateway, path, body, **headers):
    request = urllib.request.Request(
        f"{gateway}{path}", json.dumps(body).encode(), {"content-type": "application/json", **SEED, **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


ASK = {"contents": [{"parts": [{"text": "hello there"}]}]}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_a_stream_is_an_array_where_no_events_are_asked_for(gateway, provider, version):
    path = f"/{version}/models/{provider}/lorem:streamGenerateContent"
    status, headers, text = raw(gateway, f"{path}?key={KEY}", ASK)
    assert status == 200 and headers["content-type"] == "application/json"
    pieces = json.loads(text)
    assert len(pieces) > 2 and pieces[-1]["candidates"][0]["finishReason"] == "STOP"
    _, headers, events = raw(gateway, f"{path}?alt=sse&key={KEY}", ASK)
    assert headers["content-type"].startswith("text/event-stream")
    assert [json.loads(line[6:]) for line in events.splitlines() if line] == pieces


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_array_that_breaks_off_ends_with_the_error(gateway, provider):
    # Slowly, so that a part of it has reached the client before it breaks off.
    simulate = json.dumps({"fault": "truncated", "tokens_per_second": 20, "tokens": 12})
    _, _, text = raw(
        gateway, f"/v1beta/models/{provider}/lorem:streamGenerateContent?key={KEY}", ASK, **{"x-simulate": simulate})
    pieces = json.loads(text)
    assert pieces[0]["candidates"] and pieces[-1]["error"]["status"] == "UNAVAILABLE"


def test_what_no_model_of_another_has_is_told_or_refused(gateway):
    body = {**ASK, "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]}
    key = {"x-goog-api-key": KEY}
    status, headers, _ = raw(gateway, "/v1beta/models/oa/lorem:generateContent", body, **key)
    assert status == 200 and headers["x-headgate-translation-dropped"] == "safetySettings"
    status, _, text = raw(
        gateway, "/v1beta/models/oa/lorem:generateContent", body, **key, **{"x-headgate-translation": "strict"})
    assert status == 400 and "safetySettings" in json.loads(text)["error"]["message"]
    status, headers, _ = raw(gateway, "/v1beta/models/gem/lorem:generateContent", body, **key)
    assert status == 200 and "x-headgate-translation-dropped" not in headers


@pytest.mark.parametrize("path", [
    "/v1beta/models/gem/..%2f..%2fadmin:generateContent", "/v1beta/models/gem%2Florem%3Fx:generateContent",
    "/v1beta/models/:generateContent", "/v1beta/models/gem/%zz:generateContent"])
def test_a_strange_model_stays_a_model(gateway, path):
    status, _, text = raw(gateway, path, ASK, **{"x-goog-api-key": KEY})
    assert status in (200, 400, 404, 405) and "root:" not in text


def test_settings_of_a_model_reach_gemini(tmp_path):
    config = f"""
providers: {{ gem: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1beta" }} }}
models:
  forced: {{ targets: [ {{ provider: gem, model: lorem }} ], force: {{ max_tokens: 3 }} }}
  default: {{ targets: [ {{ provider: gem, model: lorem }} ], defaults: {{ max_tokens: 3 }} }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
    with running(tmp_path, config, "--instant") as program:
        gateway = f"http://127.0.0.1:{program.port}"
        for model, limit, tokens in [("forced", 50, 3), ("default", 5, 5), ("default", None, 3)]:
            body = {**ASK, "generation_config": {"max_output_tokens": limit}} if limit else ASK
            _, _, text = raw(gateway, f"/v1/models/{model}:generateContent", body, **{"x-goog-api-key": KEY})
            assert json.loads(text)["usageMetadata"]["candidatesTokenCount"] == tokens, text
        twice = '{"contents":[],"generationConfig":{},"generation\\u0043onfig":{"maxOutputTokens":99}}'
        request = urllib.request.Request(
            f"{gateway}/v1/models/forced:generateContent", twice.encode(), {"x-goog-api-key": KEY})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)
        assert caught.value.code == 400
        # The client's key goes nowhere.
        raw(gateway, f"/v1/models/forced:generateContent?key={KEY}", ASK)
    assert KEY not in program.log.read_text()


# Other SDKs before Gemini.


def chat(ai, model, **more):
    return ai.chat.completions.create(model=model, messages=[{"role": "user", "content": "hello there"}], **more)


@pytest.mark.parametrize("model", ["lorem", "echo", "reasoning"])
def test_openai_reads_gemini_as_it_reads_openai(ai, model):
    own, other = chat(ai, f"oa/{model}", max_tokens=90), chat(ai, f"gem/{model}", max_tokens=90)
    assert other.choices[0].message.content == own.choices[0].message.content
    assert other.choices[0].finish_reason == own.choices[0].finish_reason
    assert other.usage.completion_tokens == own.usage.completion_tokens
    text, usage, finish = "", None, None
    for chunk in chat(ai, f"gem/{model}", max_tokens=90, stream=True, stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    assert text == own.choices[0].message.content and finish == own.choices[0].finish_reason
    assert usage.model_dump() == other.usage.model_dump()


@pytest.mark.parametrize("model", ["tools", "parallel-tools"])
def test_openai_calls_tools_of_gemini_and_keeps_their_signatures(ai, model):
    offered = [{"type": "function", "function": TOOL}]
    whole = chat(ai, f"gem/{model}", tools=offered).choices[0]
    calls = whole.message.tool_calls
    assert whole.finish_reason == "tool_calls" and len({call.id for call in calls}) == len(calls)
    assert all(call.extra_content["google"]["thought_signature"] for call in calls)
    with ai.chat.completions.stream(
            model=f"gem/{model}", messages=[{"role": "user", "content": "hello there"}], tools=offered) as stream:
        final = stream.get_final_completion().choices[0].message
    assert [(call.function.name, json.loads(call.function.arguments)) for call in final.tool_calls] == [
        (call.function.name, json.loads(call.function.arguments)) for call in calls]
    for message in (whole.message, final):
        messages = [{"role": "user", "content": "hello"}, message.model_dump(exclude_none=True, exclude={"parsed"})]
        messages += [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in message.tool_calls]
        answer = ai.chat.completions.create(model=f"gem/{model}", messages=messages, tools=offered)
        assert answer.choices[0].message.content


@pytest.mark.parametrize("model", ["tools", "parallel-tools", "reasoning"])
def test_openais_responses_come_from_gemini_and_go_back(ai, model):
    offered = [{"type": "function", **TOOL}]
    ask = [{"role": "user", "content": "hello there"}]
    whole = ai.responses.create(model=f"gem/{model}", input=ask, tools=offered)
    with ai.responses.stream(model=f"gem/{model}", input=ask, tools=offered) as stream:
        final = stream.get_final_response()
    for response in (whole, final):
        calls = [item for item in response.output if item.type == "function_call"]
        proofs = [item for item in response.output if item.type == "reasoning" and item.encrypted_content]
        assert len(proofs) == (len(calls) or 1) and (calls or response.output_text)
        answers = [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"} for call in calls]
        answer = ai.responses.create(
            model=f"gem/{model}", input=ask + [item.model_dump(exclude_none=True) for item in response.output] + answers
            + ([] if calls else ask), tools=offered)
        assert answer.output_text


def test_openai_asks_gemini_for_an_answer_of_a_shape(ai):
    shape = {"type": "json_schema", "json_schema": {"name": "n", "schema": TOOL["parameters"], "strict": True}}
    assert chat(ai, "gem/lorem", response_format=shape, reasoning_effort="low", seed=5).choices[0].message.content


@pytest.mark.parametrize("model", ["tools", "parallel-tools"])
def test_anthropic_calls_tools_of_gemini(claude, model):
    offered = [{"name": TOOL["name"], "input_schema": TOOL["parameters"]}]
    ask = [{"role": "user", "content": "hello there"}]
    whole = claude.messages.create(model=f"gem/{model}", max_tokens=200, messages=ask, tools=offered)
    with claude.messages.stream(model=f"gem/{model}", max_tokens=200, messages=ask, tools=offered) as stream:
        final = stream.get_final_message()
    for message in (whole, final):
        uses = [block for block in message.content if block.type == "tool_use"]
        assert message.stop_reason == "tool_use" and uses and all(use.input == {"city": "lorem ipsum"} for use in uses)
        results = [{"type": "tool_result", "tool_use_id": use.id, "content": "sunny"} for use in uses]
        messages = ask + [{"role": "assistant", "content": [block.model_dump() for block in message.content]},
                          {"role": "user", "content": results}]
        answer = claude.messages.create(model=f"gem/{model}", max_tokens=50, messages=messages, tools=offered)
        assert answer.content[0].text
    assert final.usage.output_tokens == whole.usage.output_tokens


def test_anthropic_gets_geminis_thinking_and_gives_it_back(claude):
    ask = [{"role": "user", "content": "hello"}]
    thinking = {"type": "enabled", "budget_tokens": 1024}
    with claude.messages.stream(model="gem/reasoning", max_tokens=2000, messages=ask, thinking=thinking) as stream:
        final = stream.get_final_message()
    assert final.content[0].type == "thinking" and final.content[0].thinking and final.content[0].signature
    messages = ask + [{"role": "assistant", "content": [block.model_dump() for block in final.content]}, *ask]
    assert claude.messages.create(model="gem/lorem", max_tokens=2000, messages=messages, thinking=thinking).content


@pytest.mark.parametrize("status, theirs, others", [
    (400, openai.BadRequestError, anthropic.BadRequestError), (429, openai.RateLimitError, anthropic.RateLimitError),
    (500, openai.InternalServerError, anthropic.InternalServerError)])
def test_errors_of_gemini_are_the_clients_own(ai, claude, status, theirs, others):
    with pytest.raises(theirs) as caught:
        chat(ai, f"gem/http-{status}")
    assert caught.value.status_code == status and caught.value.body["message"]
    with pytest.raises(others) as caught:
        claude.messages.create(
            model=f"gem/http-{status}", max_tokens=50, messages=[{"role": "user", "content": "hello"}])
    assert caught.value.status_code == status and caught.value.body["type"] == "error"


@pytest.mark.parametrize("model", ["error-after-200", "cut-mid", "truncated"])
def test_a_stream_of_gemini_that_fails_is_no_whole_answer(ai, claude, model):
    with pytest.raises((openai.APIError, openai.APIConnectionError)):
        list(chat(ai, f"gem/{model}", stream=True))
    with pytest.raises((anthropic.APIError, anthropic.APIConnectionError)):
        with claude.messages.stream(
                model=f"gem/{model}", max_tokens=200, messages=[{"role": "user", "content": "hello"}]) as stream:
            stream.get_final_message()
