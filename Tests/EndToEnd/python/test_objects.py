"""Stored responses, files and batches: each is for the key that made it, and stays at the account that has it."""
import collections
import json
import subprocess
import time
import urllib.error
import urllib.request

import openai
import pytest

from conftest import BINARY, KEY, running
from upstream import as_json, upstream

OTHER, NARROW = "key-of-somebody-else-here", "key-that-may-use-one-model"


class Account:
    """Files, batches and responses as OpenAI keeps them, one set for each credential."""

    def __init__(self):
        self.things, self.made = {}, 0

    def of(self, asked):
        return self.things.setdefault(asked.headers["authorization"], {})

    def make(self, asked, prefix, **members):
        self.made += 1
        thing = {"id": f"{prefix}{self.made}", **members}
        self.of(asked)[thing["id"]] = thing
        return as_json(thing)

    def files(self, asked):
        if asked.method == "POST":
            return self.make(asked, "file-", object="file", bytes=len(asked.body), created_at=1, filename="a.jsonl", purpose="batch", status="processed")
        return self.page(asked, "file-")

    def batches(self, asked):
        if asked.method == "POST":
            body = asked.json
            if body["input_file_id"] not in self.of(asked):
                return as_json({"error": {"message": "no such file"}}, 404)
            self.of(asked)["file-out"] = {"id": "file-out", "object": "file"}
            return self.make(asked, "batch_", object="batch", status="completed", output_file_id="file-out", created_at=1,
                             completion_window="24h", endpoint="/v1/chat/completions", input_file_id=body["input_file_id"],
                             model="gpt-4o-mini", usage={"input_tokens": 2000, "output_tokens": 100, "total_tokens": 2100})
        return self.page(asked, "batch_")

    def page(self, asked, prefix):
        """Two a page, whatever was asked."""
        ids = [id for id in self.of(asked) if id.startswith(prefix)]
        query = dict(part.split("=") for part in asked.path.partition("?")[2].split("&") if part)
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        page = ids[start:start + 2]
        return as_json({"object": "list", "data": [self.of(asked)[id] for id in page], "has_more": start + 2 < len(ids)})

    def responses(self, asked):
        body = asked.json
        if body.get("background"):
            answer = self.make(asked, "resp_", object="response", status="queued", model=body["model"], output=[], usage=None)
            self.of(asked)[f"resp_{self.made}"].update(
                status="completed", usage={"input_tokens": 1000, "output_tokens": 500, "total_tokens": 1500})
            return answer
        before = body.get("previous_response_id")
        if before and before not in self.of(asked):
            return as_json({"error": {"message": f"no response {before}", "code": "previous_response_not_found"}}, 400)
        if body.get("stream"):
            self.made += 1
            response = {"id": f"resp_{self.made}", "object": "response", "status": "completed", "model": body["model"], "output": [],
                        "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}}
            self.of(asked)[response["id"]] = response
            events = [{"type": "response.created", "sequence_number": 0, "response": {**response, "status": "in_progress"}},
                      {"type": "response.completed", "sequence_number": 1, "response": response}]
            return 200, "text/event-stream", "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()
        return self.make(asked, "resp_", object="response", status="completed", model=body["model"], output=[],
                         usage={"input_tokens": 1, "output_tokens": 1, "total_tokens": 2})

    def one(self, asked):
        parts = asked.path.partition("?")[0].split("/")[2:]
        thing = self.of(asked).get(parts[1])
        if thing is None:
            return as_json({"error": {"message": "no such thing"}}, 404)
        if asked.method == "DELETE":
            del self.of(asked)[parts[1]]
            return as_json({"id": parts[1], "deleted": True, "object": "deleted"})
        if parts[2:] == ["content"]:
            return 200, "application/octet-stream", b"\x00content\xff"
        if parts[2:] == ["input_items"]:
            return as_json({"object": "list", "data": [], "has_more": False})
        return as_json(thing)


CLAUDE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "stop_reason": "end_turn",
          "content": [{"type": "text", "text": "hi"}], "usage": {"input_tokens": 1, "output_tokens": 1}}


def claude(asked):
    if not asked.json.get("stream"):
        return as_json(CLAUDE)
    events = [{"type": "message_start", "message": {**CLAUDE, "content": []}},
              {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}, {"type": "message_stop"}]
    return 200, "text/event-stream", "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()


class Paths(dict):
    def __init__(self, account):
        super().__init__({"/v1/files": account.files, "/v1/batches": account.batches, "/v1/responses": account.responses, "/v1/messages": claude})
        self.account = account

    def get(self, path, default=None):
        return super().get(path) or (self.account.one if path.count("/") > 2 else default)


CONFIG = f"""
providers:
  oa: {{ kind: openai, api_keys: [ {{ key: sk-a }}, {{ key: sk-b }} ], base_url: "http://127.0.0.1:UP/v1" }}
  claude: {{ kind: anthropic, api_key: sk-c, base_url: "http://127.0.0.1:UP" }}
models:
  gpt: {{ targets: [ {{ provider: oa }}, {{ provider: claude, model: claude-x, weight: 1 }} ] }}
  claude: {{ targets: [ {{ provider: claude, model: claude-x }} ] }}
  background: {{ targets: [ {{ provider: oa, model: gpt-4o-mini }} ] }}
keys:
  - {{ name: app, token: "{KEY}" }}
  - {{ name: other, token: "{OTHER}" }}
  - {{ name: narrow, token: "{NARROW}", models: [ gpt ] }}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    account = Account()
    with upstream(Paths(account)) as provider:
        with running(tmp_path_factory.mktemp("objects"), CONFIG.replace("UP", str(provider.port))) as program:
            yield provider, program


def client(program, key=KEY):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{program.port}/v1", api_key=key, max_retries=0)


def respond(ai, stream):
    """By the target that keeps responses: what the other one makes is nowhere kept."""
    for _ in range(50):
        answer = ai.responses.with_raw_response.create(model="gpt", input="hi", stream=stream)
        if answer.headers["x-headgate-provider"] == "oa":
            return answer.parse() if not stream else list(answer.parse())[-1].response
        if stream:
            list(answer.parse())
    raise AssertionError("the provider was never chosen")


def test_files_are_seen_by_their_key_only(served):
    _, program = served
    mine, other = client(program), client(program, OTHER)
    files = [mine.files.create(file=("a.jsonl", b"{}\n"), purpose="batch").id for _ in range(5)]
    theirs = [other.files.create(file=("b.jsonl", b"{}\n"), purpose="batch").id for _ in range(3)]
    for ai, own, foreign in [(mine, files, theirs), (other, theirs, files)]:
        # At either account, in pages of two there and of three here.
        assert sorted(file.id for file in ai.files.list(limit=3)) == sorted(own)
        for id in own:
            assert ai.files.retrieve(id).id == id
            assert ai.files.content(id).content == b"\x00content\xff"
        for id in foreign:
            for call in (ai.files.retrieve, ai.files.content, ai.files.delete):
                with pytest.raises(openai.NotFoundError):
                    call(id)
    assert mine.files.delete(files[0]).deleted
    with pytest.raises(openai.NotFoundError):
        mine.files.retrieve(files[0])


def test_who_made_nothing_has_nothing_listed(served):
    provider, program = served
    asked = len(provider.asked)
    assert list(client(program, NARROW).batches.list()) == [] and len(provider.asked) == asked


def test_batches_go_where_their_file_is(served):
    _, program = served
    mine, other = client(program), client(program, OTHER)
    for _ in range(4):
        file = mine.files.create(file=("a.jsonl", b"{}\n"), purpose="batch")
        batch = mine.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
        assert mine.batches.retrieve(batch.id).id == batch.id
        assert mine.files.content(batch.output_file_id).content
        with pytest.raises(openai.NotFoundError):
            other.batches.retrieve(batch.id)
        with pytest.raises(openai.NotFoundError):
            other.batches.cancel(batch.id)
        with pytest.raises(openai.NotFoundError):
            other.files.content(batch.output_file_id)
        with pytest.raises(openai.NotFoundError):
            other.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")


def test_a_key_for_some_models_makes_no_batches(served):
    _, program = served
    narrow = client(program, NARROW)
    file = narrow.files.create(file=("a.jsonl", b"{}\n"), purpose="batch")
    with pytest.raises(openai.PermissionDeniedError, match="a batch could ask any"):
        narrow.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")


@pytest.mark.parametrize("stream", [False, True])
def test_what_follows_a_response_goes_to_the_account_that_made_it(served, stream):
    provider, program = served
    mine, other = client(program), client(program, OTHER)
    for _ in range(6):
        first = respond(mine, stream)
        account = provider.last.headers["authorization"]
        for _ in range(4):
            mine.responses.create(model="gpt", input="on", previous_response_id=first.id)
            assert provider.last.headers["authorization"] == account
        assert mine.responses.retrieve(first.id).id == first.id
        assert mine.responses.input_items.list(first.id).data == []
        with pytest.raises(openai.NotFoundError):
            other.responses.retrieve(first.id)
        with pytest.raises(openai.BadRequestError, match="no object"):
            other.responses.create(model="gpt", input="on", previous_response_id=first.id)
        with pytest.raises(openai.BadRequestError, match="does not serve the model"):
            mine.responses.create(model="claude", input="on", previous_response_id=first.id)


def test_another_keys_file_cannot_be_asked_about(served):
    provider, program = served
    mine, other = client(program), client(program, OTHER)
    file = mine.files.create(file=("a.pdf", b"%PDF"), purpose="user_data")
    account = provider.last.headers["authorization"]
    question = [{"role": "user", "content": [{"type": "input_file", "file_id": file.id}]}]
    for _ in range(4):
        mine.responses.create(model="gpt", input=question)
        assert provider.last.headers["authorization"] == account
    for name in ("file_id", "file\\u005fid", "\\u0066ile_id"):
        body = json.dumps({"model": "gpt", "input": question}).replace("file_id", name, 1)
        request = urllib.request.Request(
            f"http://127.0.0.1:{program.port}/v1/responses", body.encode(),
            {"authorization": f"Bearer {OTHER}", "content-type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 400
    with pytest.raises(openai.BadRequestError, match="no object"):
        other.responses.create(model="gpt", input=question)
    theirs = respond(mine, False).id
    for path, body in [("/v1/responses/compact", {"previous_response_id": theirs}), ("/v1/responses/input_tokens", {"previous_response_id": theirs}),
                       ("/v1/responses", {"tools": [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file.id]}}]})]:
        with pytest.raises(openai.BadRequestError, match="no object"):
            other.post(path.removeprefix("/v1"), body={"model": "gpt", "input": "hi", **body}, cast_to=object)


def test_who_made_what_is_known_after_a_restart(served, tmp_path):
    provider, _ = served
    config = CONFIG.replace("UP", str(provider.port))
    with running(tmp_path, config) as program:
        file = client(program).files.create(file=("a.jsonl", b"{}\n"), purpose="batch")
    with running(tmp_path, config) as program:
        assert client(program).files.retrieve(file.id).id == file.id
        with pytest.raises(openai.NotFoundError):
            client(program, OTHER).files.retrieve(file.id)


def costs(program, ending="_id}"):
    """What calls cost, in pico-dollars by endpoint, of those that end so."""
    shown = subprocess.run(
        [BINARY, "costs", "--by", "endpoint", "--since", "1h", "--json"], cwd=program.config.parent, capture_output=True, text=True)
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    return collections.Counter({row["endpoint"]: int(row["cost_pico_usd"]) for row in rows if row["endpoint"].endswith(ending) and row["cost_pico_usd"]})


def test_what_works_on_without_a_call_is_paid_for_once(served):
    _, program = served
    mine, before = client(program), costs(program)
    answer = mine.responses.create(model="background", input="hi", background=True)
    for _ in range(3):
        assert mine.responses.retrieve(answer.id).status == "completed"
    file = mine.files.create(file=("a.jsonl", b"{}\n"), purpose="batch")
    batch = mine.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    for _ in range(3):
        mine.batches.retrieve(batch.id)
    # 1000 * 0.15 + 500 * 0.60 and, at half the price, 2000 * 0.15 + 100 * 0.60 dollars a million.
    wanted = {"/v1/responses/{response_id}": 450_000_000, "/v1/batches/{batch_id}": 180_000_000}
    deadline = time.monotonic() + 10
    while (added := costs(program) - before) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert added == wanted
