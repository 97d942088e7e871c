"""Targets that are taken out of service, and put back."""
import json
import signal
import urllib.error
import urllib.request

import pytest

from conftest import KEY
from program import Program

CONFIG = f"""
providers:
  a: {{ kind: simulator }}
  b: {{ kind: simulator, region: eu }}
models:
  fast: {{ targets: [ {{ provider: a, model: echo }}, {{ provider: b, model: echo }} ] }}
  "b/*": {{ targets: [ {{ provider: b, model: "*" }} ] }}
keys: [ {{ name: app, token: "{KEY}" }} ]
"""
A, B = "a/echo@default", "b/echo@eu"


@pytest.fixture
def program(tmp_path):
    program = Program(tmp_path, config=CONFIG).start()
    yield program
    program.stop()


def served_by(program, model="fast", calls=24):
    return {ask(program, model)[1].get("x-headgate-provider") for _ in range(calls)}


def ask(program, model="fast", path="/v1/chat/completions"):
    body = {"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}{path}", json.dumps(body).encode(),
        {"authorization": f"Bearer {KEY}", "content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


def change(program, name, what):
    return program.change("POST", f"/api/v1/targets/{urllib.request.quote(name, safe='')}/{what}")[0]


def drained(program):
    return [row["target"] for row in program.get("/api/v1/state")["drained"]]


def test_a_drained_target_gets_nothing_from_the_answer_on(program):
    assert served_by(program) == {"a", "b"}
    assert change(program, A, "drain") == 200
    assert served_by(program) == {"b"}
    state = program.get("/api/v1/state")
    fast, star = state["models"]
    assert [(target["id"], target["drained"]) for target in fast["targets"]] == [(A, True), (B, False)]
    assert star["targets"][0]["id"] == "b/*@eu" and not star["targets"][0]["drained"]
    assert state["drained"][0]["by"] == "environment" and state["drained"][0]["configured"]
    assert change(program, A, "undrain") == 200
    assert change(program, A, "undrain") == 404
    assert served_by(program) == {"a", "b"}
    audit = [(row["action"], row["subject"]) for row in program.get("/api/v1/audit")["data"]]
    assert audit == [("undrain target", A), ("drain target", A)]


def test_it_stays_drained_over_a_reload_and_over_a_restart(program):
    assert change(program, A, "drain") == 200
    (program.folder / "headgate.yaml").write_text(CONFIG + "on_disconnect: cancel\n")
    program.process.send_signal(signal.SIGHUP)
    assert change(program, "b/lorem@eu", "drain") == 200  # Answered when what came before it is in place.
    assert served_by(program) == {"b"} and drained(program) == [A, "b/lorem@eu"]
    program.kill()
    program.start()
    assert served_by(program) == {"b"} and drained(program) == [A, "b/lorem@eu"]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
def test_where_all_are_drained_the_client_is_told_in_its_dialect(program, path):
    assert change(program, A, "drain") == change(program, B, "drain") == 200
    status, headers, body = ask(program, path=path)
    assert status == 503 and headers["x-headgate-error"] == "overloaded"
    assert "Every target of the model 'fast' is drained" in body["error"]["message"]
    assert body["error"]["type"] == ("overloaded_error" if path.endswith("messages") else "server_error")
    # One model of a star is drained by the name that records have; the others are served.
    assert ask(program, "b/echo")[0] == 503 and ask(program, "b/lorem")[0] == 200


def test_names_that_are_none_are_refused_with_those_there_are(program):
    status, answer = program.change("POST", "/api/v1/targets/c%2Fecho@default/drain")
    assert status == 404 and A in answer
    assert program.change("POST", f"/api/v1/targets/{A}/stop")[0] == 404
    assert program.change("POST", f"/api/v1/targets/{A}/drain", token="not-a-token-at-all")[0] == 401
    # Slashes may stand as they are.
    assert program.change("POST", f"/api/v1/targets/{A}/drain")[0] == 200 and drained(program) == [A]
