"""Limits and budgets of the real program: over parallel calls, over a restart, and in the admin plane."""
import concurrent.futures
import json
import sqlite3
import urllib.error
import urllib.request

from conftest import KEY
from program import Program, until

CONFIG = """
providers:
  demo: { kind: simulator }
models:
  echo: { targets: [ { provider: demo, model: echo } ] }
  lorem: { targets: [ { provider: demo, model: lorem } ] }
prices:
  - { provider: demo, model: "*", input: 0, output: 1000 }
keys:
  - { name: app, token: "%s" }
LIMITS
""" % KEY


def program(folder, limits):
    return Program(folder, config=CONFIG.replace("LIMITS", limits))


def ask(running, model="lorem", max_tokens=10, **headers):
    body = {"model": model, "max_tokens": max_tokens, "messages": [{"role": "user", "content": "hello"}]}
    fields = {"authorization": f"Bearer {KEY}", "content-type": "application/json",
              "x-simulate": json.dumps({"first_token_ms": 0, "tokens": max_tokens, "tokens_per_second": 100000})}
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}/v1/chat/completions", json.dumps(body).encode(),
        {**fields, **{name.replace("_", "-"): value for name, value in headers.items()}})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


def budget(running, name="b"):
    return next(rule for rule in running.get("/api/v1/limits")["data"] if rule["name"] == name)


def test_a_thousand_parallel_calls_stay_within_a_dollar(tmp_path):
    running = program(tmp_path, "budgets: [ { name: b, usd: 1, period: month, soft: 50% } ]").start()
    try:
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            statuses = list(pool.map(lambda _: ask(running)[0], range(1000)))
        # Ten tokens of a thousandth of a dollar each.
        assert set(statuses) == {200, 429}
        good = statuses.count(200)
        assert good <= 101
        state = budget(running)
        assert float(state["spent_usd"]) <= 1.01 and state["states"][0]["running"] == 0
        assert state["states"][0]["reserved_usd"] == "0"
        status, headers, answer = ask(running)
        assert (status, answer["error"]["code"]) == (429, "budget_exceeded")
        assert headers["x-should-retry"] == "false" and int(headers["retry-after"]) > 0
        text = running.get("/metrics")
        assert f'headgate_limit_rejections_total{{budget="b"}} {1001 - good}' in text
        assert 'headgate_budget_soft_total{budget="b"} 1' in text
        assert (running.folder / "log").read_text().count("a budget passed its soft share") == 1
    finally:
        running.stop()


def test_what_was_spent_survives_a_kill_and_an_edit(tmp_path):
    running = program(tmp_path, "budgets: [ { name: b, per: [ user ], usd: 0.015, period: day } ]").start()
    assert ask(running, x_headgate_user="ann")[0] == 200
    until(lambda: stored(running), "the write of what was spent")
    running.kill()
    running.start()
    try:
        assert budget(running)["states"][0]["values"] == ["ann"]
        assert float(budget(running)["spent_usd"]) > 0
        assert ask(running, x_headgate_user="ann")[0] == 429
        assert ask(running, x_headgate_user="bob")[0] == 200
        path = running.folder / "headgate.yaml"
        path.write_text(path.read_text().replace("usd: 0.015", "usd: 0.05"))
        until(lambda: budget(running)["budget_usd"] == "0.05", "the edit")
        status, headers, _ = ask(running, x_headgate_user="ann")
        assert status == 200 and float(headers["x-headgate-budget-remaining-usd"]) < 0.04
    finally:
        running.stop()


def stored(running):
    with sqlite3.connect(f"file:{running.data}/limits.sqlite?mode=ro", uri=True) as database:
        return database.execute("SELECT count(*) FROM used WHERE rule = 'budget/b'").fetchone()[0]


def test_limits_per_user_and_of_a_key(tmp_path):
    running = program(
        tmp_path, "limits: [ { name: users, per: [ user ], requests: 2/1m }, { name: all, concurrency: 50 } ]").start()
    try:
        statuses = [ask(running, x_headgate_user=user)[0] for user in ["a", "a", "a", "b"]]
        assert statuses == [200, 200, 429, 200]
        _, headers, answer = ask(running, x_headgate_user="a")
        assert "'users'" in answer["error"]["message"] and 1 <= int(headers["retry-after"]) <= 30
        row = next(rule for rule in running.get("/api/v1/limits")["data"] if rule["name"] == "users")
        assert row["limits"] == [{"unit": "requests", "amount": "2", "seconds": 60}] and row["values"] == 2
    finally:
        running.stop()
