"""Users in their cohorts: by the API, by the command, and in what calls cost."""
import json

from program import OTHER

PATH = "/api/v1/cohorts"


def cohorts(program, query=""):
    return {row["user"]: row["cohort"] for row in program.get(PATH + query)["data"]}


def test_costs_are_told_apart_by_the_cohorts_of_their_own_project(program):
    assert program.change("PUT", f"{PATH}/ann%2Fa%40b", '{"cohort": "pro"}')[0] == 200
    assert program.change("POST", PATH, "user,cohort\nbob,free\neve,pro\n", "text/csv") == (
        200, '{"project":"default","imported":2}')
    assert cohorts(program) == {"ann/a@b": "pro", "bob": "free", "eve": "pro"}
    assert cohorts(program, "?cohort=free") == {"bob": "free"}
    for user in ("ann/a@b", "bob", "eve", "nobody"):
        program.ask(x_headgate_user=user)
    program.ask(x_headgate_user="eve", key=OTHER)
    program.wait_for(5)
    rows = {row["cohort"]: row["requests"] for row in program.get("/api/v1/costs?by=cohort&since=1h")["data"]}
    assert rows == {"pro": 2, "free": 1, "": 2}
    assert program.get("/api/v1/costs?cohort=pro&since=1h")["data"][0]["requests"] == 2
    lines = program.run("costs", "--by", "cohort", "--since", "1h", "--json").stdout.splitlines()
    assert {row["cohort"]: row["requests"] for row in map(json.loads, lines)} == rows


def test_a_list_is_taken_whole_or_not_at_all(program):
    assert program.change("POST", PATH, '{"ann": "pro", "bob": "free"}')[0] == 200
    status, answer = program.change("POST", PATH, '{"ann": "free",\n"eve": ""}')
    assert status == 400 and "line 2: the cohort is empty" in answer
    assert program.change("POST", PATH, "ann,pro", "text/plain")[0] == 415
    assert program.change("PUT", f"{PATH}/ann", '{"cohort": "a\\u0007"}')[0] == 400
    assert program.change("PUT", f"{PATH}/ann", '{"group": "a"}')[0] == 400
    assert program.change("POST", PATH, "x" * (17 << 20), "text/csv")[0] == 413
    assert cohorts(program) == {"ann": "pro", "bob": "free"}
    assert program.change("POST", f"{PATH}?replace=true", '{"eve": "pro"}')[0] == 200
    assert cohorts(program) == {"eve": "pro"}


def test_pages_follow_each_other_and_changes_are_in_the_audit_log_without_names(program):
    program.change("POST", PATH, json.dumps({f"user-{place}": "c" for place in range(5)}))
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"{PATH}?limit=2{cursor}")
        seen += [row["user"] for row in page["data"]]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert seen == [f"user-{place}" for place in range(5)]
    assert program.change("DELETE", f"{PATH}/user-0")[0] == 204
    assert program.change("DELETE", f"{PATH}/user-0")[0] == 404
    # Who is erased is in no cohort either.
    program.change("DELETE", "/api/v1/records?user=user-1")
    assert sorted(cohorts(program)) == ["user-2", "user-3", "user-4"]
    audit = program.get("/api/v1/audit")["data"]
    assert [entry["action"] for entry in audit][::-1] == ["import cohorts", "remove cohort", "erase user"]
    assert audit[-1]["subject"] == "default: 5 users" and "user-1" not in json.dumps(audit)


def test_the_command_does_the_same_on_the_data_directory(program, tmp_path):
    assert program.run("cohorts", "set", "ann", "pro").returncode == 0
    (tmp_path / "list.csv").write_text("bob,free\n")
    assert program.run("cohorts", "import", "list.csv").returncode == 0
    assert cohorts(program) == {"ann": "pro", "bob": "free"}
    listed = program.run("cohorts", "list", "--json").stdout.splitlines()
    assert [json.loads(line) for line in listed] == [
        {"user": "ann", "cohort": "pro"}, {"user": "bob", "cohort": "free"}]
    (tmp_path / "bad.json").write_text('{"eve": 1}')
    refused = program.run("cohorts", "import", "bad.json")
    assert refused.returncode == 1 and "bad.json: line 1: the cohort of 'eve' must be a text" in refused.stderr
    assert program.run("cohorts", "import", "list.txt").returncode == 2
    assert program.run("cohorts", "remove", "ann").returncode == 0
    assert program.run("cohorts", "remove", "ann").returncode == 1
    assert cohorts(program) == {"bob": "free"}
