"""The clients that people put before a gateway, by the requests that they send and what they take for an answer.

None of these clients runs here: their requests are written down as their documentation and sources have them, and
what they check of an answer is checked in their stead.
"""
import json
import subprocess

import pytest

from conftest import KEY, running
from program import CONFIG, Program, until
from replay import aws_event, send, zstd
from upstream import as_json, upstream

CONFIGURATION = f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  chat: {{ kind: openai-compatible, base_url: "http://127.0.0.1:SIM/v1" }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  gem: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
models:
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
  "chat/*": {{ targets: [ {{ provider: chat, model: "*" }} ] }}
  "claude/*": {{ targets: [ {{ provider: claude, model: "*" }} ] }}
  "gem/*": {{ targets: [ {{ provider: gem, model: "*" }} ] }}
  claude-sonnet-4-6: {{ targets: [ {{ provider: oa, model: lorem }} ] }}
  gemini-3-pro-preview: {{ targets: [ {{ provider: oa, model: lorem }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
BEARER = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
SIMULATE = {"x-simulate": '{"seed":7,"first_token_ms":0}'}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with running(tmp_path_factory.mktemp("clients"), CONFIGURATION, "--instant") as program:
        yield f"http://127.0.0.1:{program.port}"


# Claude Code

SESSION = "0b9f6c1e-5f0e-4c53-9d57-1c1f0a7c2d10"
CLAUDE_CODE = {
    "accept": "application/json", "accept-encoding": "gzip, deflate, br, zstd", "accept-language": "*",
    "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27",
    "anthropic-dangerous-direct-browser-access": "true", "anthropic-version": "2023-06-01",
    "authorization": f"Bearer {KEY}", "content-type": "application/json", "sec-fetch-mode": "cors",
    "user-agent": "claude-cli/2.1.129 (external, cli)", "x-app": "cli", "x-claude-code-session-id": SESSION,
    "x-stainless-arch": "x64", "x-stainless-helper-method": "stream", "x-stainless-lang": "js",
    "x-stainless-os": "Linux", "x-stainless-retry-count": "0", "x-stainless-timeout": "600",
}
CACHED = {"cache_control": {"type": "ephemeral"}}


def claude_code(model, **more):
    return {
        "model": model,
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "<system-reminder>\nToday is Friday.\n</system-reminder>"},
                {"type": "text", "text": "say hello", **CACHED}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "I look.", "signature": "c2lnbmF0dXJl"},
                {"type": "tool_use", "id": "toolu_01", "name": "Bash", "input": {"command": "ls"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_01", "content": "README.md", "is_error": False, **CACHED}]}],
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.129.abc; cc_entrypoint=cli;"},
            {"type": "text", "text": "You are a helpful agent.", **CACHED}],
        "tools": [{
            "name": "Bash", "description": "Runs a command", "input_schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                "properties": {"command": {"type": "string"}}, "required": ["command"],
                "additionalProperties": False}}],
        "metadata": {"user_id": json.dumps({"device_id": "d", "account_uuid": "", "session_id": SESSION})},
        "max_tokens": 32000, "thinking": {"type": "adaptive"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        "output_config": {"effort": "medium"}, "stream": True, **more}


def check_anthropic_stream(events):
    """What Anthropic's own client asks of a stream: names, order, and blocks that are counted from 0."""
    names = [name for name, _ in events]
    assert names == [data["type"] for _, data in events]
    assert names[0] == "message_start" and names[-2:] == ["message_delta", "message_stop"]
    assert events[0][1]["message"]["usage"]["input_tokens"] >= 0
    assert events[-2][1]["usage"]["output_tokens"] > 0 and events[-2][1]["delta"]["stop_reason"]
    open_block, blocks = None, 0
    for name, data in events:
        if name == "content_block_start":
            assert open_block is None and data["index"] == blocks
            open_block, blocks = blocks, blocks + 1
        elif name in ("content_block_delta", "content_block_stop"):
            assert data["index"] == open_block
            open_block = None if name == "content_block_stop" else open_block
    assert open_block is None and blocks


@pytest.mark.parametrize("provider", ["claude", "oa", "chat", "gem"])
@pytest.mark.parametrize("model", ["lorem", "tools", "reasoning"])
def test_claude_code_talks_to_every_provider(gateway, provider, model):
    answer = send(
        gateway, "POST", "/v1/messages?beta=true", {**CLAUDE_CODE, **SIMULATE}, claude_code(f"{provider}/{model}"))
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/event-stream")
    check_anthropic_stream(answer.events)
    assert answer.headers["request-id"]
    if provider == "claude":
        assert answer.dropped == []
    else:
        assert {"anthropic-beta", "context_management"} <= set(answer.dropped)


def test_claude_code_reaches_anthropic_as_it_spoke(tmp_path):
    events = b'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1}}}\n\n' \
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    with upstream({"/v1/messages": (200, "text/event-stream", events)}) as provider:
        program = Program(tmp_path, config=f"""
providers: {{ up: {{ kind: anthropic, api_key: sk-real, base_url: "http://127.0.0.1:{provider.port}" }} }}
models: {{ claude-opus-4-6: {{ targets: [ {{ provider: up, model: claude-opus-4-6-20260205 }} ] }} }}
keys: [ {{ name: app, token: "{KEY}" }} ]
""").start()
        body = json.dumps(claude_code("claude-opus-4-6")).encode()
        answer = send(f"http://127.0.0.1:{program.port}", "POST", "/v1/messages?beta=true", CLAUDE_CODE, body)
        program.wait_for(1)
        record = program.get("/api/v1/requests?since=1d")["data"][0]
        program.stop()
    assert answer.body == events and provider.last.path == "/v1/messages"
    assert provider.last.body == body.replace(b'"claude-opus-4-6"', b'"claude-opus-4-6-20260205"')
    for name in ("anthropic-beta", "anthropic-version", "user-agent", "x-app", "x-claude-code-session-id"):
        assert provider.last.headers[name] == CLAUDE_CODE[name]
    assert provider.last.headers["x-api-key"] == "sk-real" and "authorization" not in provider.last.headers
    assert record["tags"]["session"] == SESSION


def test_claude_code_before_bedrock(tmp_path):
    stream = b"".join(aws_event(*event) for event in [
        ("messageStart", {"role": "assistant"}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "hello"}}),
        ("contentBlockStop", {"contentBlockIndex": 0}), ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": {"inputTokens": 5, "outputTokens": 2, "totalTokens": 7}, "metrics": {"latencyMs": 1}})])
    path = "/model/claude-x/converse-stream"
    with upstream({path: (200, "application/vnd.amazon.eventstream", stream)}) as provider:
        program = Program(tmp_path, config=f"""
providers: {{ up: {{ kind: bedrock, region: r, api_key: k, base_url: "http://127.0.0.1:{provider.port}" }} }}
models: {{ claude-sonnet-4-6: {{ targets: [ {{ provider: up, model: claude-x }} ] }} }}
keys: [ {{ name: app, token: "{KEY}" }} ]
""").start()
        address = f"http://127.0.0.1:{program.port}"
        answer = send(address, "POST", "/v1/messages?beta=true", CLAUDE_CODE, claude_code("claude-sonnet-4-6"))
        count = send(address, "POST", "/v1/messages/count_tokens?beta=true", CLAUDE_CODE, COUNTED)
        program.stop()
    check_anthropic_stream(answer.events)
    assert "anthropic-beta" in answer.dropped and len(provider.asked) == 1
    assert "anthropic-beta" not in provider.last.headers and "anthropic-version" not in provider.last.headers
    assert provider.last.json["system"][0]["text"].startswith("x-anthropic-billing-header")
    assert count.json["input_tokens"] > 0 and count.headers["x-headgate-estimated"] == "true"


def service_account(folder, token_url):
    key = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], capture_output=True, check=True)
    path = folder / "account.json"
    path.write_text(json.dumps({
        "type": "service_account", "client_email": "a@b.example", "private_key_id": "1",
        "private_key": key.stdout.decode(), "token_uri": token_url}))
    return path


def test_claude_code_before_vertex(tmp_path):
    events = b'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1}}}\n\n' \
        b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    publisher = "/v1/projects/p/locations/l/publishers/anthropic/models"
    answers = {
        "/token": as_json({"access_token": "t", "expires_in": 3600}),
        f"{publisher}/claude-x:streamRawPredict": (200, "text/event-stream", events),
        f"{publisher}/count-tokens:rawPredict": as_json({"input_tokens": 7})}
    with upstream(answers) as provider:
        address = f"http://127.0.0.1:{provider.port}"
        account = service_account(tmp_path, f"{address}/token")
        program = Program(tmp_path, config=f"""
providers:
  up: {{ kind: vertex, project: p, location: l, service_account_file: "{account}", base_url: "{address}" }}
models: {{ claude-sonnet-4-6: {{ targets: [ {{ provider: up, model: claude-x }} ] }} }}
keys: [ {{ name: app, token: "{KEY}" }} ]
""").start()
        until(lambda: provider.asked, "an access token")
        gateway = f"http://127.0.0.1:{program.port}"
        answer = send(gateway, "POST", "/v1/messages?beta=true", CLAUDE_CODE, claude_code("claude-sonnet-4-6"))
        asked = provider.last
        count = send(gateway, "POST", "/v1/messages/count_tokens?beta=true", CLAUDE_CODE, COUNTED)
        program.stop()
    # It refuses betas that it does not know, such as Claude Code's own.
    assert answer.body == events and answer.dropped == ["anthropic-beta: claude-code-20250219"]
    assert asked.headers["anthropic-beta"] == "interleaved-thinking-2025-05-14,context-management-2025-06-27"
    assert asked.headers["authorization"] == "Bearer t" and "model" not in asked.json
    assert asked.json["anthropic_version"] == "vertex-2023-10-16" and asked.json["context_management"]
    assert count.json == {"input_tokens": 7} and provider.last.json["model"] == "claude-x"


def test_claude_code_discovers_models(gateway):
    answer = send(gateway, "GET", "/v1/models?limit=1000", {
        "anthropic-version": "2023-06-01", "authorization": f"Bearer {KEY}", "user-agent": "claude-cli/2.1.129"})
    models = {model["id"]: model for model in answer.json["data"]}
    assert answer.status == 200 and models["claude-sonnet-4-6"]["display_name"]
    assert answer.json["has_more"] is False
    for model in models.values():
        assert model["type"] == "model" and model["lifecycle"] == "active" and model["created_at"]
    assert send(gateway, "GET", "/v1/models?limit=1000", {"anthropic-version": "2023-06-01"}).status == 401


def test_claude_code_asks_whether_somebody_is_there(gateway):
    answer = send(gateway, "HEAD", "/", {"user-agent": "claude-cli/2.1.129"})
    assert answer.status == 200 and answer.body == b""


COUNTED = {"model": "claude-sonnet-4-6", "messages": [{"role": "user", "content": "how long is this?"}], "tools": []}


def test_claude_code_sends_its_key_under_both_names(gateway):
    body = claude_code("claude/lorem", stream=False)
    assert send(gateway, "POST", "/v1/messages", {**CLAUDE_CODE, "x-api-key": KEY}, body).status == 200
    answer = send(gateway, "POST", "/v1/messages", {**CLAUDE_CODE, "x-api-key": "another"}, body)
    assert answer.status == 401 and answer.json["type"] == "error"


# Codex

CODEX = {
    "accept": "text/event-stream", "authorization": f"Bearer {KEY}", "content-type": "application/json",
    "originator": "codex_cli_rs", "session-id": SESSION, "thread-id": SESSION,
    "user-agent": "codex_cli_rs/0.162.1 (Debian 13; x86_64) xterm", "version": "0.162.1", **SIMULATE,
}


def codex(model, **more):
    return {
        "model": model, "instructions": "You are a coding agent.",
        "input": [
            {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Be careful."}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "say hello"}]},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "I look."}], "encrypted_content": None},
            {"type": "function_call", "name": "shell", "arguments": '{"command":["ls"]}', "call_id": "call_1"},
            {"type": "function_call_output", "call_id": "call_1", "output": "README.md"}],
        "tools": [
            {"type": "function", "name": "shell", "description": "Runs a command", "strict": False,
             "parameters": {"type": "object", "properties": {"command": {"type": "array", "items": {"type": "string"}}},
                            "required": ["command"], "additionalProperties": False}},
            {"type": "custom", "name": "apply_patch", "description": "Edits files",
             "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}],
        "tool_choice": "auto", "parallel_tool_calls": False, "reasoning": {"effort": "medium", "summary": "auto"},
        "store": False, "stream": True, "include": ["reasoning.encrypted_content"], "prompt_cache_key": SESSION,
        "text": {"verbosity": "low"}, "client_metadata": {"session_id": SESSION}, **more}


def check_responses_stream(events):
    """What Codex asks of a stream: one response, whole items, and `response.completed` at its end."""
    assert [name for name, _ in events] == [data["type"] for _, data in events]
    assert events[0][0] == "response.created" and events[-1][0] == "response.completed"
    assert events[0][1]["response"]["id"] == events[-1][1]["response"]["id"]
    added = [data["item"]["id"] for name, data in events if name == "response.output_item.added"]
    done = [data["item"] for name, data in events if name == "response.output_item.done"]
    assert added and added == [item["id"] for item in done]
    usage = events[-1][1]["response"]["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    return done


@pytest.mark.parametrize("provider", ["oa", "chat", "claude", "gem"])
@pytest.mark.parametrize("model", ["lorem", "tools"])
@pytest.mark.parametrize("is_compressed", [True, False])
def test_codex_talks_to_every_provider(gateway, provider, model, is_compressed):
    request = codex(f"{provider}/{model}")
    if model == "tools":
        request["input"] = request["input"][:2]
    body = json.dumps(request).encode()
    headers = {**CODEX, "content-encoding": "zstd"} if is_compressed else CODEX
    answer = send(gateway, "POST", "/v1/responses", headers, zstd(body) if is_compressed else body)
    assert answer.status == 200, answer.body
    items = check_responses_stream(answer.events)
    if model == "tools":
        calls = [item for item in items if item["type"] in ("function_call", "custom_tool_call")]
        assert calls and all(call["name"] in ("shell", "apply_patch") and call["call_id"] for call in calls)


def test_codex_keeps_the_models_that_it_knows(gateway):
    answer = send(gateway, "GET", "/v1/models?client_version=0.162.1", {k: CODEX[k] for k in ("authorization", "user-agent")})
    assert answer.status == 200 and answer.json == {"models": []}


@pytest.mark.parametrize("model, code", [("oa/http-429", "rate_limit_exceeded"), ("nothing", "model_not_found")])
def test_codex_is_told_errors_with_a_code(gateway, model, code):
    answer = send(gateway, "POST", "/v1/responses", CODEX, codex(model))
    assert answer.status == {"rate_limit_exceeded": 429, "model_not_found": 404}[code]
    assert answer.json["error"]["code"] == code and answer.json["error"]["message"]


def test_codexs_session_is_a_tag(tmp_path):
    program = Program(tmp_path, config=CONFIG).start()
    send(f"http://127.0.0.1:{program.port}", "POST", "/v1/responses", CODEX, codex("demo/lorem"))
    program.wait_for(1)
    tags = program.get("/api/v1/requests?since=1d")["data"][0]["tags"]
    program.stop()
    assert tags["session"] == SESSION


# Gemini CLI

GEMINI_CLI = {
    "content-type": "application/json", "x-goog-api-key": KEY, "accept": "*/*", "accept-encoding": "gzip, deflate",
    "user-agent": "GeminiCLI/0.30.0/gemini-3-pro-preview (linux; x64) google-genai-sdk/1.30.0 gl-node/v22.0.0",
    "x-goog-api-client": "google-genai-sdk/1.30.0 gl-node/v22.0.0", **SIMULATE,
}


def gemini_cli():
    return {
        "contents": [
            {"role": "user", "parts": [{"text": "This is the Gemini CLI."}]},
            {"role": "model", "parts": [
                {"thought": True, "text": "I look."},
                {"functionCall": {"name": "list_directory", "args": {"dir_path": "."}}, "thoughtSignature": "c2ln"}]},
            {"role": "user", "parts": [
                {"functionResponse": {"id": "list_directory-1", "name": "list_directory", "response": {"output": "README.md"}}}]}],
        "systemInstruction": {"role": "user", "parts": [{"text": "You are an interactive CLI agent."}]},
        "tools": [{"functionDeclarations": [{
            "name": "list_directory", "description": "Lists files",
            "parametersJsonSchema": {"type": "object", "properties": {"dir_path": {"type": "string"}},
                                     "required": ["dir_path"]}}]}],
        "generationConfig": {
            "temperature": 1, "topP": 0.95, "topK": 64,
            "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "HIGH"}}}


@pytest.mark.parametrize("name", ["gem/lorem", "oa/lorem", "claude/lorem", "gemini-3-pro-preview", "oa/tools", "claude/tools"])
def test_gemini_cli_talks_to_every_provider(gateway, name):
    body = gemini_cli()
    if name.endswith("tools"):
        body["contents"] = body["contents"][:1]
    answer = send(gateway, "POST", f"/v1beta/models/{name}:streamGenerateContent?alt=sse", GEMINI_CLI, body)
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/event-stream")
    for line in answer.body.decode().splitlines():
        assert line == "" or line.startswith("data: {"), "Google's client takes no other line"
    last = answer.events[-1][1]
    assert last["candidates"][0]["finishReason"] == "STOP" and last["usageMetadata"]["totalTokenCount"] > 0
    if name.endswith("tools"):
        parts = [part for _, data in answer.events for part in data["candidates"][0].get("content", {}).get("parts", [])]
        assert any(part.get("functionCall", {}).get("name") == "list_directory" for part in parts)


@pytest.mark.parametrize("provider", ["gem", "claude", "oa"])
def test_gemini_cli_counts_tokens(gateway, provider):
    body = {"contents": gemini_cli()["contents"]}
    answer = send(gateway, "POST", f"/v1beta/models/{provider}/lorem:countTokens", GEMINI_CLI, body)
    assert answer.status == 200 and answer.json["totalTokens"] > 0
    assert ("x-headgate-estimated" in answer.headers) == (provider == "oa")


# Cursor: the path of chats, the body of Responses, the answer of chats

CURSOR = {**BEARER, "accept": "*/*", "user-agent": "axios/1.7.7", **SIMULATE}


def cursor(model, **more):
    return {
        "model": model, "user": "u", "stream": True, "store": False, "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "medium", "summary": "auto"}, "text": {"verbosity": "low"},
        "stream_options": {"include_usage": True}, "prompt_cache_retention": "24h",
        "input": [{"role": "system", "content": "You are an agent."},
                  {"role": "user", "content": [{"type": "input_text", "text": "say hello"}]}],
        "tools": [
            {"type": "function", "name": "Shell", "description": "Runs a command", "strict": False,
             "parameters": {"type": "object", "properties": {"command": {"type": "string"}}}},
            {"type": "custom", "name": "ApplyPatch", "description": "Edits files",
             "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}], **more}


def check_chat_stream(answer):
    """What the strict readers of chats ask: `choices` in every chunk, calls by index with their id and name once."""
    assert answer.body.endswith(b"data: [DONE]\n\n")
    chunks = [data for _, data in answer.events]
    assert all(isinstance(chunk["choices"], list) and chunk["object"] == "chat.completion.chunk" for chunk in chunks)
    calls = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            for call in choice["delta"].get("tool_calls", []):
                known = calls.setdefault(call["index"], {"id": [], "name": []})
                known["id"] += [call["id"]] if call.get("id") else []
                known["name"] += [call["function"]["name"]] if call["function"].get("name") else []
    assert sorted(calls) == list(range(len(calls)))
    assert all(len(call["id"]) == len(call["name"]) == 1 for call in calls.values())
    assert [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]][-1] in ("stop", "tool_calls")
    return chunks, [call["name"][0] for call in calls.values()]


@pytest.mark.parametrize("provider", ["oa", "chat", "claude", "gem"])
@pytest.mark.parametrize("model", ["lorem", "tools"])
def test_cursors_agent_talks_to_every_provider(gateway, provider, model):
    answer = send(gateway, "POST", "/v1/chat/completions", CURSOR, cursor(f"{provider}/{model}"))
    assert answer.status == 200, answer.body
    chunks, names = check_chat_stream(answer)
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["total_tokens"] > 0
    assert bool(names) == (model == "tools") and set(names) <= {"Shell", "ApplyPatch"}
    whole = send(gateway, "POST", "/v1/chat/completions", CURSOR, cursor(f"{provider}/{model}", stream=False))
    assert whole.json["object"] == "chat.completion" and whole.json["choices"][0]["message"]["role"] == "assistant"


def test_cursor_asks_in_chats_too(gateway):
    body = {"model": "claude/echo", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    chunks, _ = check_chat_stream(send(gateway, "POST", "/v1/chat/completions", CURSOR, body))
    assert all(chunk["choices"] for chunk in chunks)
    wrong = send(gateway, "POST", "/v1/chat/completions", {**CURSOR, "authorization": "Bearer wrong"}, body)
    assert wrong.status == 401 and wrong.json["error"]["code"] == "invalid_api_key"


# The Vercel AI SDK, aider and LlamaIndex speak OpenAI's dialect

@pytest.mark.parametrize("provider", ["oa", "chat", "claude", "gem"])
def test_vercels_sdk_reads_every_provider(gateway, provider):
    body = {
        "model": f"{provider}/tools", "messages": [
            {"role": "system", "content": "be kind"}, {"role": "user", "content": [{"type": "text", "text": "hello"}]}],
        "tools": [{"type": "function", "function": {"name": "weather", "parameters": {
            "type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False,
            "$schema": "http://json-schema.org/draft-07/schema#"}}}],
        "tool_choice": "auto", "stream": True, "stream_options": {"include_usage": True}}
    headers = {**BEARER, **SIMULATE, "user-agent": "ai/6.0.0 ai-sdk/openai-compatible/2.0.2 runtime/node.js/22"}
    chunks, names = check_chat_stream(send(gateway, "POST", "/v1/chat/completions", headers, body))
    assert names and set(names) == {"weather"} and chunks[-1]["choices"] == [] and chunks[-1]["usage"]


@pytest.mark.parametrize("provider", ["oa", "claude", "gem"])
def test_aider_reads_every_provider(gateway, provider):
    body = {
        "model": f"{provider}/lorem", "messages": [
            {"role": "system", "content": "Act as an expert software developer."}, {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "Ok."}, {"role": "user", "content": "Change it."}],
        "temperature": 0, "stream": True}
    headers = {
        **BEARER, **SIMULATE, "user-agent": "OpenAI/Python 2.8.0", "x-stainless-lang": "python",
        "http-referer": "https://aider.chat", "x-title": "Aider"}
    chunks, _ = check_chat_stream(send(gateway, "POST", "/v1/chat/completions", headers, body))
    assert "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


@pytest.mark.parametrize("provider", ["oa", "claude", "gem"])
def test_llamaindex_reads_every_provider(gateway, provider):
    headers = {**BEARER, **SIMULATE, "user-agent": "OpenAI/Python 2.8.0", "x-stainless-lang": "python"}
    body = {
        "model": f"{provider}/lorem", "messages": [{"role": "user", "content": "hello"}], "temperature": 0.1,
        "max_tokens": 50, "stream": False}
    answer = send(gateway, "POST", "/v1/chat/completions", headers, body).json
    assert answer["choices"][0]["message"]["content"] and answer["usage"]["total_tokens"] > 0


def test_llamaindex_completes_texts_where_it_knows_no_chats(gateway):
    headers = {**BEARER, **SIMULATE, "user-agent": "OpenAI/Python 2.8.0"}
    body = {"model": "oa/lorem", "prompt": "hello", "temperature": 0.1, "max_tokens": 50, "stream": False}
    assert send(gateway, "POST", "/v1/completions", headers, body).json["choices"][0]["text"]


# Anthropic's version 2026-10-21

@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_the_new_version_takes_no_sampling_from_anybody(gateway, name):
    headers = {**BEARER, "anthropic-version": "2026-10-21"}
    body = {"model": "oa/echo", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}], name: 1}
    answer = send(gateway, "POST", "/v1/messages", headers, body)
    assert answer.status == 400 and answer.json["error"]["type"] == "invalid_request_error"
    assert f"{name}: Extra inputs are not permitted" in answer.json["error"]["message"]
    assert send(gateway, "POST", "/v1/messages", {**headers, "anthropic-version": "2023-06-01"}, body).status == 200
    assert send(gateway, "POST", "/v1/messages", {**headers, "anthropic-version": "2026-10-21"},
                {**body, name: None}).status == 200


def test_versions_and_betas_reach_anthropic_and_nobody_else(tmp_path):
    message = {"id": "m", "type": "message", "role": "assistant", "model": "c", "content": [],
               "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}}
    chat = {"id": "c", "object": "chat.completion", "model": "c", "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x"}}]}
    with upstream({"/v1/messages": as_json(message), "/v1/chat/completions": as_json(chat)}) as provider:
        program = Program(tmp_path, config=f"""
providers:
  claude: {{ kind: anthropic, api_key: k, base_url: "http://127.0.0.1:{provider.port}" }}
  oa: {{ kind: openai-compatible, base_url: "http://127.0.0.1:{provider.port}/v1" }}
models:
  c: {{ targets: [ {{ provider: claude, model: c }} ] }}
  o: {{ targets: [ {{ provider: oa, model: o }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
""").start()
        address = f"http://127.0.0.1:{program.port}"
        ask = {"max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
        new = {**BEARER, "anthropic-version": "2026-10-21", "anthropic-beta": "a-1,b-2"}
        assert send(address, "POST", "/v1/messages", new, {"model": "c", **ask}).dropped == []
        assert provider.last.headers["anthropic-version"] == "2026-10-21"
        assert provider.last.headers["anthropic-beta"] == "a-1,b-2"
        send(address, "POST", "/v1/messages", BEARER, {"model": "c", **ask})
        assert provider.last.headers["anthropic-version"] == "2023-06-01"
        send(address, "POST", "/v1/chat/completions", new, {"model": "c", "temperature": 0.5, **ask})
        assert provider.last.headers["anthropic-version"] == "2023-06-01" and provider.last.json["temperature"] == 0.5
        assert "anthropic-beta" not in provider.last.headers
        assert send(address, "POST", "/v1/messages", new, {"model": "o", **ask}).dropped == ["anthropic-beta"]
        assert "anthropic-version" not in provider.last.headers and "anthropic-beta" not in provider.last.headers
        strict = send(address, "POST", "/v1/messages", {**new, "x-headgate-translation": "strict"}, {"model": "o", **ask})
        assert strict.status == 400 and "anthropic-beta" in strict.json["error"]["message"]
        program.stop()
