"""What is on the record, and what a kill, a full disk or a broken file does to it."""
import collections
import contextlib
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from conftest import BINARY, KEY, free_port, wait_until_ready

ADMIN = "admin-token-for-tests"
OTHER = "key-of-another-project"
CONFIG = f"""
providers:
  demo: {{ kind: simulator, passthrough: true }}
models:
  "demo/*": {{ targets: [ {{ provider: demo, model: "*" }} ] }}
record: {{ redact: {{ builtin: [ email ] }} }}
keys:
  - {{ name: app, token: "{KEY}", permissions: [ infer, feedback, passthrough ] }}
  - {{ name: other, token: "{OTHER}", project: elsewhere }}
"""


class Program:
    """The program in a folder that outlives it."""

    def __init__(self, folder: pathlib.Path, data: pathlib.Path | None = None, config: str = CONFIG):
        self.folder, self.data = folder, data or folder / "data"
        self.port, self.admin = free_port(), free_port()
        (folder / "headgate.yaml").write_text(config)
        self.process = None

    def start(self, token=ADMIN):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--admin-listen", f"127.0.0.1:{self.admin}",
                 "--data-dir", str(self.data)],
                cwd=self.folder, stderr=log, stdout=log, env={**os.environ, "HEADGATE_ADMIN_TOKEN": token})
        wait_until_ready(f"http://127.0.0.1:{self.port}/ready", self.process)
        wait_until_ready(f"http://127.0.0.1:{self.admin}/health", self.process)
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        self.process.terminate()
        assert self.process.wait(40) == 0, "the program did not stop cleanly"

    def ask(self, model="echo", stream=False, key=KEY, path="/v1/chat/completions", model_prefix="demo/", **headers):
        body = {"model": model_prefix + model, "stream": stream, "max_tokens": 200, "messages": [{"role": "user", "content": "hello a@b.example"}]}
        fields = {"authorization": f"Bearer {key}", "content-type": "application/json", "x-simulate": '{"first_token_ms":0}'}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
            {**fields, **{name.replace("_", "-"): value for name, value in headers.items()}})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                answer.read()
                return answer.status, answer.headers["x-request-id"]
        except urllib.error.HTTPError as error:
            return error.code, error.headers["x-request-id"]

    def feedback(self, key=KEY, **body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/feedback", json.dumps(body).encode(),
            {"authorization": f"Bearer {key}", "content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def get(self, path, token=ADMIN):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.admin}{path}", headers={"authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            error.msg = error.read().decode()
            raise
        return json.loads(text) if answer.headers["content-type"] == "application/json" else text

    def change(self, method, path, body=None, content_type="application/json", token=ADMIN):
        """The status and the answer of a change, refused or not."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.admin}{path}", body.encode() if body is not None else None,
            {"authorization": f"Bearer {token}", "content-type": content_type}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ready(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
            return json.loads(answer.read())

    def ids(self):
        """All ids that the API shows, page by page."""
        result, cursor = [], ""
        while True:
            page = self.get(f"/api/v1/requests?since=1d&limit=500{cursor}")
            result += [record["id"] for record in page["data"]]
            if not page["next_cursor"]:
                return result
            cursor = f"&cursor={page['next_cursor']}"

    def wait_for(self, count):
        until(lambda: len(self.ids()) >= count, f"{count} records")
        return self.ids()

    def run(self, *words):
        return subprocess.run(
            [BINARY, *words, "--data-dir", str(self.data)], cwd=self.folder, capture_output=True, text=True, timeout=60)


def until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@pytest.fixture
def program(tmp_path):
    program = Program(tmp_path).start()
    yield program
    program.stop()


def test_every_call_is_on_the_record_once_and_the_sums_agree(program):
    asked = [
        program.ask(x_headgate_feature="chat", x_headgate_user="u1"), program.ask(stream=True, x_headgate_user="u2"),
        program.ask("http-500"), program.ask("cut-mid", stream=True), program.ask("refuse"),
        (program.ask("nothing", key="wrong-key-that-is-long")), program.ask(path="/providers/demo/v1/chat/completions"),
    ]
    ids = program.wait_for(len(asked))
    assert sorted(ids) == sorted(identifier for _, identifier in asked)
    records = {record["id"]: record for record in program.get("/api/v1/requests?since=1h")["data"]}
    outcomes = [records[identifier]["outcome"] for _, identifier in asked]
    assert outcomes == ["ok", "ok", "error", "truncated", "error", "rejected", "ok"] or outcomes[-1] == "error"
    # The same call has the same usage, streamed or not.
    unary, streamed = (records[identifier] for _, identifier in asked[:2])
    assert unary["usage"] == streamed["usage"] and unary["usage_source"] == streamed["usage_source"] == "provider"
    assert unary["cost_pico_usd"] == streamed["cost_pico_usd"]
    # What was cut has a usage that says what it is.
    assert records[asked[3][1]]["usage_source"] == "estimated" and records[asked[3][1]]["usage"]["output"] > 0
    total = program.get("/api/v1/costs?since=1h")["data"][0]
    assert total["requests"] == len(asked)
    for dimension in ("feature", "user", "model", "provider", "outcome", "key", "session", "tag.none"):
        rows = program.get(f"/api/v1/costs?since=1h&by={dimension}")["data"]
        assert sum(row["requests"] for row in rows) == total["requests"], dimension
        assert sum(int(row["cost_pico_usd"]) for row in rows) == int(total["cost_pico_usd"]), dimension
    shown = program.run("costs", "--by", "feature", "--json", "--since", "1h")
    assert sum(json.loads(line)["requests"] for line in shown.stdout.splitlines()) == len(asked)


def test_bodies_are_kept_redacted_and_streams_whole(program):
    _, identifier = program.ask(stream=True)
    program.wait_for(1)
    record = program.get(f"/api/v1/requests/{identifier}")
    assert record["request_body"]["messages"][0]["content"] == "hello [redacted:email]"
    assert record["response_body"]["choices"][0]["message"]["content"] == "hello [redacted:email]"
    assert "a@b.example" not in json.dumps(record)
    for file in program.data.rglob("*"):
        assert not file.is_file() or b"a@b.example" not in file.read_bytes(), file


def test_a_clients_trace_goes_through_and_is_found(program):
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    for _ in range(2):
        program.ask(traceparent=f"00-{trace}-{span}-01")
    program.wait_for(2)
    tree = program.get(f"/api/v1/traces/{trace}")
    assert len(tree["spans"]) == 2 and all(call["parent_span_id"] == span for call in tree["spans"])
    assert len({call["attempts"][0]["span_id"] for call in tree["spans"]}) == 2


def test_feedback_is_taken_for_calls_of_the_keys_own_project(program):
    _, identifier = program.ask(x_headgate_feature="chat")
    assert program.feedback(request_id=identifier, name="helpful", value=True, comment="well done") == 200
    assert program.feedback(request_id=identifier, name="score", value=0.25) == 200
    assert program.feedback(request_id=identifier, name="score", value=0.75) == 200
    assert program.feedback(request_id=identifier, name="kind", value="praise") == 200
    assert program.feedback(key=OTHER, request_id=identifier, name="helpful", value=True) == 404
    assert program.feedback(request_id=identifier, name="helpful") == 400
    assert program.feedback(name="helpful", value=1) == 400
    rows = {row["name"]: row for row in program.get("/api/v1/feedback?by=feature")["data"]}
    assert rows["score"]["mean"] == 0.5 and rows["score"]["feature"] == "chat" and rows["score"]["count"] == 2
    assert rows["helpful"]["mean"] == 1 and rows["kind"]["categories"] == {"praise": 1}


def test_the_admin_plane_is_closed_to_those_without_a_token(program):
    for path in ("/api/v1/requests", "/api/v1/keys", "/api/v1/config", "/api/v1/nothing"):
        for token in ("", "wrong", KEY):
            with pytest.raises(urllib.error.HTTPError) as error:
                program.get(path, token)
            assert error.value.code == 401, path
    with pytest.raises(urllib.error.HTTPError) as error:
        program.get("/api/v1/requests?modell=x")
    assert error.value.code == 400 and "modell" in error.value.msg
    assert "headgate_requests_total" in program.get("/metrics", "")


def test_a_user_is_erased_on_request(program):
    program.ask(x_headgate_user="forgotten-person")
    program.ask(x_headgate_user="kept-person")
    program.wait_for(2)
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.admin}/api/v1/records?user=forgotten-person", method="DELETE",
        headers={"authorization": f"Bearer {ADMIN}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.loads(answer.read()) == {"erased": 1}
    assert len(program.ids()) == 1
    assert program.get("/api/v1/costs?since=1h")["data"][0]["requests"] == 2
    # Who comes back is known by the same name again.
    program.ask(x_headgate_user="forgotten-person")
    program.wait_for(2)
    newest = program.get("/api/v1/requests?limit=1")["data"][0]
    assert newest["tags"] == {"user": "forgotten-person"}


def test_a_watcher_does_not_hold_up_the_end(tmp_path):
    program = Program(tmp_path).start()
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.admin}/api/v1/requests/stream", headers={"authorization": f"Bearer {ADMIN}"})
    with urllib.request.urlopen(request, timeout=20) as tail:
        assert tail.readline().startswith(b": ")
        program.ask()
        line = tail.readline()
        while not line.startswith(b"data: "):
            line = tail.readline()
        assert json.loads(line[6:])["model"] == "demo/echo"
        program.stop()


def test_a_token_that_the_environment_no_longer_has_is_no_longer_good(tmp_path):
    program = Program(tmp_path).start()
    program.get("/api/v1/config")
    program.stop()
    program.start(token="another-admin-token")
    program.get("/api/v1/config", "another-admin-token")
    with pytest.raises(urllib.error.HTTPError) as error:
        program.get("/api/v1/config", ADMIN)
    assert error.value.code == 401
    program.stop()


def test_a_cursor_of_another_listing_is_refused_as_such(program):
    with pytest.raises(urllib.error.HTTPError) as error:
        program.get("/api/v1/requests?cursor=zzz")
    assert error.value.code == 400 and "cursor" in error.value.msg


def test_a_stream_that_nobody_can_put_together_is_not_kept_where_something_is_to_be_redacted(program):
    # Pass-through in Anthropic's dialect: put together all the same, and redacted whole.
    status, identifier = program.ask(stream=True, path="/providers/demo/v1/messages", model_prefix="")
    assert status == 200
    program.wait_for(1)
    record = program.get(f"/api/v1/requests/{identifier}")
    assert "[redacted:email]" in json.dumps(record["response_body"])
    for file in program.data.rglob("*"):
        assert not file.is_file() or b"a@b.example" not in file.read_bytes(), file


@pytest.mark.parametrize("seed", range(int(os.environ.get("HEADGATE_KILLS", "6"))))
def test_a_kill_at_any_moment_loses_nothing_that_was_read_and_doubles_nothing(tmp_path, seed):
    chance = random.Random(seed)
    program = Program(tmp_path).start()
    seen: set[str] = set()
    for _ in range(3):
        stop = threading.Event()

        def load():
            while not stop.is_set():
                with contextlib.suppress(OSError, http.client.HTTPException):
                    program.ask(stream=chance.random() < 0.3, x_headgate_user=f"u{chance.randrange(5)}")

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + chance.uniform(0.1, 0.9)
        while time.monotonic() < end:
            seen.update(program.ids())
        program.kill()
        stop.set()
        for thread in threads:
            thread.join()
        program.start()
        ids = program.ids()
        assert seen <= set(ids), "what was read is gone"
        assert max(collections.Counter(ids).values(), default=0) <= 1, "a record stands there twice"
        sums = program.get("/api/v1/costs?since=1d")["data"]
        assert (sums[0]["requests"] if sums else 0) == len(ids), "sums and rows differ"
    program.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_harms_no_call_and_the_recorder_recovers(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], check=True)
    try:
        program = Program(tmp_path, disk / "data").start()
        program.ask()
        program.wait_for(1)
        filler = disk / "filler"
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        until(lambda: program.ask()[0] == 200 and "recorder" in program.ready(), "the recorder to say it is not well")
        assert "headgate_record_store_failing 1" in program.get("/metrics")
        for _ in range(20):
            assert program.ask()[0] == 200
        filler.unlink()
        until(lambda: "recorder" not in program.ready(), "the recorder to be well again")
        assert len(program.wait_for(22)) >= 22
        assert program.get("/api/v1/costs?since=1h")["data"][0]["requests"] == len(program.ids())
        program.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_broken_day_file_is_set_aside_and_the_gateway_goes_on(tmp_path):
    program = Program(tmp_path).start()
    program.ask()
    program.wait_for(1)
    program.stop()
    for file in (program.data / "records").iterdir():
        file.write_bytes(b"this is no database" * 500) if file.suffix == ".sqlite" else file.unlink()
    program.start()
    assert program.ask()[0] == 200
    assert len(program.wait_for(1)) == 1
    assert any("damaged" in file.name for file in (program.data / "records").iterdir())
    program.stop()
