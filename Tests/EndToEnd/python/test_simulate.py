"""The simulator as a command: it fails by schedule, has slots, and says what is wrong with its words."""
import concurrent.futures
import json
import subprocess
import urllib.error
import urllib.request

import pytest

from conftest import BINARY, free_port, wait_until_ready


@pytest.fixture
def simulate():
    running = []

    def start(*words):
        port = free_port()
        process = subprocess.Popen(
            [BINARY, "simulate", "--listen", f"127.0.0.1:{port}", *words], stdout=subprocess.DEVNULL)
        running.append(process)
        wait_until_ready(f"http://127.0.0.1:{port}/health", process)
        return port

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


def ask(port, text="hi", **wishes):
    body = {"model": "lorem", "messages": [{"role": "user", "content": text}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions", json.dumps(body).encode(),
        {"content-type": "application/json", "x-simulate": json.dumps(wishes)})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_it_fails_while_its_schedule_says_so(simulate):
    assert ask(simulate("--outage", "1h"))[0] == 503
    assert ask(simulate("--outage", "1h@1h", "--storm", "1h@1h/1d"))[0] == 200
    status, headers = ask(simulate("--storm", "1h"))
    assert status == 429 and headers["retry-after"] == "2"


def test_a_file_and_a_seed_choose_the_same_calls_again(simulate, tmp_path):
    (tmp_path / "phases").write_text('# half of all\n{"length": "1h", "fault": "http-500", "rate": 0.5}\n')

    def statuses(seed):
        port = simulate("--instant", "--schedule", str(tmp_path / "phases"), "--seed", seed)
        return [ask(port)[0] for _ in range(40)]

    first = statuses("7")
    assert set(first) == {200, 500}
    assert statuses("7") == first and statuses("8") != first


def test_more_calls_than_slots_wait_or_are_refused(simulate):
    port = simulate("--slots", "2", "--slot-queue", "2", "--slot-refusal", "429")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        # Each takes far longer than it takes all of them to arrive.
        answers = list(pool.map(lambda n: ask(port, str(n), first_token_ms=1500, tokens=1), range(8)))
    assert sorted(status for status, _ in answers) == [200] * 4 + [429] * 4
    assert ask(port)[0] == 200


@pytest.mark.parametrize("words, code, told", [
    (["--outage", "sixty"], 2, "'sixty'"), (["--slots", "0"], 2, "above 0"), (["--slot-refusal", "500"], 2, "503 or 429"),
    (["--schedule", "PHASES"], 1, ":2: 'fault' is not one of the simulator's faults"),
    (["--schedule", "nowhere"], 1, "nowhere"),
])
def test_wrong_words_are_told(words, code, told, tmp_path):
    (tmp_path / "phases").write_text('\n{"length": "1h", "fault": "explode"}\n')
    words = [word.replace("PHASES", str(tmp_path / "phases")) for word in words]
    done = subprocess.run(
        [BINARY, "simulate", "--listen", "127.0.0.1:0", *words], capture_output=True, text=True, timeout=20)
    assert done.returncode == code and told in done.stderr, done.stderr
