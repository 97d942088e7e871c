"""What is on the record, and what a kill, a full disk or a broken file does to it."""
import collections
import contextlib
import datetime
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from conftest import KEY
from program import ADMIN, CONFIG, OTHER, Program, until


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
    assert outcomes == ["ok", "ok", "error", "truncated", "error", "rejected", "ok"]
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


def test_a_whole_answer_tells_what_it_cost_and_what_took_how_long(program):
    body = {"model": "demo/lorem", "messages": [{"role": "user", "content": "hello"}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}/v1/chat/completions", json.dumps(body).encode(),
        {"authorization": f"Bearer {KEY}", "content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        identifier, cost = answer.headers["x-request-id"], answer.headers["x-headgate-cost-usd"]
        timing = [part.split(";")[0].strip() for part in answer.headers["server-timing"].split(",")]
    assert timing == ["gateway", "queue", "upstream"]
    program.wait_for(1)
    assert program.get(f"/api/v1/requests/{identifier}")["cost_usd"] == cost and float(cost) > 0


PRICES = """
prices:
  - { provider: demo, model: echo, input: 1000, output: 2000 }
  - { provider: demo, model: lorem, from: 2999-01-01, input: 1 }
"""


def test_calls_are_costed_anew_beside_a_running_gateway(program):
    for model in ("echo", "echo", "lorem"):
        program.ask(model, x_headgate_feature="chat", x_headgate_user="u1")
    program.wait_for(3)
    before = program.get("/api/v1/requests?since=1h")["data"]
    config = program.folder / "headgate.yaml"
    config.write_text(CONFIG + PRICES)

    def repriced(*words):
        shown = program.run("costs", "--reprice", "--since", "1h", "--json", *words)
        assert shown.returncode == 0, shown.stderr
        return {row["model"]: row for row in map(json.loads, shown.stdout.splitlines())}, shown.stderr

    rows, told = repriced()
    assert "nothing is written without --apply" in told
    usage = next(record["usage"] for record in before if record["model"] == "demo/echo")
    expected = 2 * (usage["input_uncached"] * 1000 + usage["output"] * 2000)
    assert round(float(rows["echo"]["repriced_usd"]) * 1_000_000) == expected
    # What says nothing of today leaves the built-in price.
    assert rows["lorem"]["changed"] == 0 and float(rows["lorem"]["difference_usd"]) == 0
    assert program.get("/api/v1/requests?since=1h")["data"] == before
    assert not program.get("/api/v1/audit")["data"]
    assert "2 of 3 calls" in repriced("--apply")[1]
    noted = [entry for entry in program.get("/api/v1/audit")["data"] if entry["action"] == "reprice calls"]
    assert [entry["actor"] for entry in noted] == ["command line"] * 2
    assert noted[1]["subject"].endswith(": begun")
    assert f": 2 of 3 calls to targets, difference {rows['echo']['difference_usd']} USD" in noted[0]["subject"]
    # The gateway, which has the day open, goes on from the new sums.
    program.ask("echo", x_headgate_feature="chat", x_headgate_user="u1")
    program.wait_for(4)
    records = program.get("/api/v1/requests?since=1h")["data"]
    cost = sum(int(record["cost_pico_usd"]) for record in records)
    for dimension in ("feature", "user", "provider", "finish_reason"):
        found = program.get(f"/api/v1/costs?since=1h&by={dimension}")["data"]
        assert sum(int(row["cost_pico_usd"]) for row in found) == cost, dimension
    assert repriced()[0]["echo"]["changed"] <= 1


def test_costs_that_cannot_be_noted_do_not_change(program):
    program.ask("echo")
    program.wait_for(1)
    before = program.get("/api/v1/requests?since=1h")["data"]
    (program.folder / "headgate.yaml").write_text(CONFIG + PRICES)

    def applied(when):
        with contextlib.closing(sqlite3.connect(program.data / "meta.sqlite", timeout=20)) as meta, meta:
            meta.execute("DROP TRIGGER IF EXISTS full")
            meta.execute(f"CREATE TRIGGER full BEFORE INSERT ON audit WHEN {when} BEGIN SELECT RAISE(ABORT, 'full'); END")
        return program.run("costs", "--reprice", "--apply", "--since", "1h", "--json")

    refused = applied("NEW.subject LIKE '%: begun'")
    assert refused.returncode != 0 and "full" in refused.stderr and not refused.stdout
    assert program.get("/api/v1/requests?since=1h")["data"] == before
    # What is changed is shown, though only its beginning is noted.
    unnoted = applied("NEW.subject LIKE '%difference%'")
    assert unnoted.returncode != 0 and json.loads(unnoted.stdout)["changed"] == 1
    subjects = [entry["subject"] for entry in program.get("/api/v1/audit")["data"] if entry["action"] == "reprice calls"]
    assert len(subjects) == 1 and subjects[0].endswith(": begun")


def test_a_list_that_is_imported_counts_for_the_running_gateway(program):
    listed = {"gpt-x": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}
    (program.folder / "list.json").write_text(json.dumps(listed))
    shown = program.run("prices", "import", "list.json", "--accept")
    assert shown.returncode == 0, shown.stderr
    until(lambda: "reloaded" in (program.folder / "log").read_text(), "the reload")
    assert "openai/gpt-x" in program.run("prices", "show", "gpt-x").stdout
    # A file that is broken is refused, and what was last good stays.
    (program.data / "prices.txt").write_text("nonsense")
    until(lambda: "the last good one stays" in (program.folder / "log").read_text(), "the refusal")
    assert program.ask()[0] == 200


def test_a_model_without_a_price_is_told_of_once(tmp_path):
    program = Program(tmp_path, config=CONFIG + "prices: [ { provider: demo, model: echo, search_unit: 1 } ]\n").start()
    try:
        for _ in range(3):
            program.ask()
        program.wait_for(3)
        log = (tmp_path / "log").read_text()
        assert log.count("no known price") == 1 and "echo" in log
        metrics = program.get("/metrics")
        line = next(line for line in metrics.splitlines() if line.startswith("headgate_unpriced_total{"))
        assert 'model="demo/*"' in line and line.endswith(" 3")
    finally:
        program.stop()


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
    with pytest.raises(urllib.error.HTTPError) as error:
        program.get("/api/v1/requests?cohort=x")
    assert error.value.code == 400 and "cohort" in error.value.msg
    program.ask(x_headgate_tag_color="red")
    program.wait_for(1)
    assert len(program.get("/api/v1/requests?t%61g.color=red")["data"]) == 1
    assert "headgate_requests_total" in program.get("/metrics", "")


def test_a_page_whose_name_was_made_to_point_here_reads_no_metrics(program):
    request = urllib.request.Request(f"http://127.0.0.1:{program.admin}/metrics", headers={"host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=10)
    assert error.value.code == 401


@pytest.mark.parametrize("question", [
    "costs?until=999999999-01-01T00:00:00Z", "costs?since=-99999999-01-01T00:00:00Z",
    "costs/changes?since=-289000-01-01T00:00:00Z&until=290000-1-1", "facets?names=model,model", "costs?by=model,model",
    "requests?streamed=True", "requests?status=0500", "requests?outcome=fine", "requests?cohort%21=x",
    "requests?tag.%00=x", "requests?duration_ms_min=-1", "requests?cost_usd_min=nan", "metrics?top=0",
    "metrics?metric=speed", "metrics?metric=cost,", "costs?metric=cost",
])
def test_questions_that_make_no_sense_are_refused(program, question):
    with pytest.raises(urllib.error.HTTPError) as error:
        program.get("/api/v1/" + question)
    assert error.value.code == 400
    assert program.ask()[0] == 200


def test_metrics_are_those_that_are_named(program):
    program.ask()
    program.wait_for(1)
    own = {
        "requests": {"attempts"}, "errors": {"errors"}, "latency": {"duration_ms", "gateway_ms_mean"},
        "first_token": {"time_to_first_token_ms"}, "tokens": {"usage", "output_tokens"},
        "cost": {"unpriced", "cost_usd", "cost_pico_usd", "cost_usd_per_request"},
    }
    whole, = program.get("/api/v1/metrics?since=1h&by=model")["data"]
    assert set(whole) == {"model", "requests"}.union(*own.values())
    for metric, members in own.items():
        row, = program.get(f"/api/v1/metrics?since=1h&by=model&metric={metric}")["data"]
        assert row == {name: whole[name] for name in {"model", "requests"} | members}, metric
    row, = program.get("/api/v1/metrics?since=1h&metric=errors,latency")["data"]
    assert set(row) == {"requests"} | own["errors"] | own["latency"]


def test_times_that_meet_have_no_call_in_common(program):
    program.ask()
    program.wait_for(1)
    overview = program.get("/api/v1/overview?since=2s")
    since, until = (datetime.datetime.fromisoformat(overview[name]) for name in ("since", "until"))
    both = f"since={(since - (until - since)).strftime('%FT%TZ')}&until={until.strftime('%FT%TZ')}"
    requests = program.get(f"/api/v1/costs?{both}")["data"][0]["requests"]
    assert overview["totals"]["requests"] + overview["before"]["requests"] == requests >= 1


def attention(program):
    return {entry["kind"] for entry in program.get("/api/v1/overview?since=1h")["attention"]}


def test_a_refused_configuration_is_told_until_it_is_mended(tmp_path):
    program = Program(tmp_path).start()
    file = tmp_path / "headgate.yaml"
    good = file.read_text()
    file.write_text(good + "\nnonsense: 1\n")
    until(lambda: "configuration" in attention(program), "the refusal to be told")
    # A key comes and goes: the file is as bad as it was.
    program.run("keys", "create", "--name", "meanwhile")
    made = json.loads(program.run("keys", "create", "--name", "used", "--json").stdout)["token"]
    until(lambda: program.ask(key=made)[0] == 200, "the keys to count")
    assert "configuration" in attention(program)
    file.write_text(good)
    until(lambda: "configuration" not in attention(program), "the mended file to count")
    reloads = program.get("/api/v1/health")["configuration"]["reloads"]
    assert [reload["refused"] is None for reload in reloads] == [True, False]
    program.stop()


def test_a_feature_earns_by_calls_that_did_not_fail(tmp_path):
    program = Program(tmp_path, config=CONFIG + "features: { chat: { price_per_use: 0.5 } }\n").start()
    program.ask(x_headgate_feature="chat")
    program.ask(model="http-500", x_headgate_feature="chat")
    program.wait_for(2)
    row = program.get("/api/v1/costs?by=feature&since=1h")["data"][0]
    assert row["requests"] == 2 and row["revenue_usd"] == "0.5"
    assert "margin_usd" in row and "revenue_usd" not in program.get("/api/v1/costs?by=feature,provider&since=1h")["data"][0]
    program.stop()


def test_a_made_key_says_what_is_kept_of_its_calls(program):
    made = program.run("keys", "create", "--name", "quiet", "--record", "off", "--json")
    token = json.loads(made.stdout)["token"]
    until(lambda: program.ask(key=token)[0] == 200, "the key to count")
    _, kept = program.ask()
    until(lambda: kept in program.ids(), "the other key's call")
    quiet = [record for record in program.get("/api/v1/requests?since=1h&key=quiet")["data"] if record["status"] == 200]
    assert not quiet and program.get("/api/v1/costs?since=1h&key=quiet")["data"][0]["requests"] >= 1
    assert program.run("keys", "create", "--name", "x", "--record", "some").returncode != 0


def test_a_user_is_erased_on_request(program):
    program.ask(x_headgate_user="forgotten-person")
    program.ask(x_headgate_user="kept-person")
    program.wait_for(2)
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.admin}/api/v1/records?user=forgotten-person", method="DELETE",
        headers={"authorization": f"Bearer {ADMIN}"})
    # A misspelt or further filter is no wider one.
    for more in ("&model=fast", "&usr=x"):
        status, answer = program.change("DELETE", "/api/v1/records?user=forgotten-person" + more)
        assert status == 400 and "not known" in answer
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


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_a_client_that_leaves_at_any_chunk_is_on_the_record_once_with_its_usage(program, path):
    tokens = 12

    def ask(chunks, results):
        body = {"model": "demo/lorem", "stream": True, "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
        directive = {"first_token_ms": 0, "tokens_per_second": 30, "tokens": tokens, "seed": 1}
        connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
        connection.request("POST", path, json.dumps(body), {
            "authorization": f"Bearer {KEY}", "content-type": "application/json", "x-simulate": json.dumps(directive)})
        answer = connection.getresponse()
        seen = 0
        while seen < chunks and (line := answer.readline()):
            seen += line.startswith(b"data:")
        results[chunks] = (answer.headers["x-request-id"], bool(chunks > seen))
        answer.close()
        connection.close()

    results, leavers = {}, [*range(tokens + 4), 1000]
    threads = [threading.Thread(target=ask, args=(chunks, results)) for chunks in leavers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: len(program.ids()) >= len(leavers), "all records")
    records = {record["id"]: record for record in program.get("/api/v1/requests?since=1h")["data"]}
    assert sorted(records) == sorted(identifier for identifier, _ in results.values())
    whole = records[results[1000][0]]
    assert whole["outcome"] == "ok" and whole["usage_source"] == "provider" and results[1000][1]
    for chunks, (identifier, _) in sorted(results.items()):
        record = records[identifier]
        assert record["outcome"] in ("client_closed", "ok"), record
        # What the provider said, or a number with a flag; nothing but of an answer that had not begun.
        assert record["usage_source"] in ("provider", "estimated", "none"), record
        assert record["usage"]["output"] <= max(whole["usage"]["output"], 2 * tokens), record
        if chunks > 4:
            assert record["usage_source"] != "none" and int(record["cost_pico_usd"]) > 0, (chunks, record)
    assert program.get("/api/v1/costs?since=1h")["data"][0]["requests"] == len(leavers)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_folder_that_cannot_be_written_harms_no_call_and_the_recorder_recovers(tmp_path):
    records = tmp_path / "data" / "records"
    records.mkdir(parents=True, mode=0o700)
    subprocess.run(["mount", "--bind", str(records), str(records)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(records)], check=True)
        program = Program(tmp_path).start()
        until(lambda: program.ask()[0] == 200 and "recorder" in program.ready(), "the recorder to say it is not well")
        assert "headgate_record_store_failing 1" in program.get("/metrics")
        assert program.ids() == []
        asked = [program.ask() for _ in range(5)]
        assert all(status == 200 for status, _ in asked)
    finally:
        subprocess.run(["umount", "-l", str(records)], check=True)
    until(lambda: "recorder" not in program.ready(), "the recorder to be well again")
    assert {identifier for _, identifier in asked} <= set(program.ids())
    assert program.get("/api/v1/costs?since=1h")["data"][0]["requests"] == len(program.ids())
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
