"""Starts the real program before a simulator."""
import contextlib
import dataclasses
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

import pytest

BINARY = os.environ["HEADGATE_BIN"]
KEY = "test-key-that-is-long-enough"
NARROW_KEY = "test-key-for-one-model-only"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_ready(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "the program ended before it was ready"
            assert time.monotonic() < deadline, f"{url} did not answer in time"
            time.sleep(0.05)


@contextlib.contextmanager
def running(folder, config: str, *simulate: str):
    """A simulator and the program before it, with `SIM` in the configuration standing for the simulator's port."""
    simulator_port, port = free_port(), free_port()
    path = folder / "headgate.yaml"
    path.write_text(config.replace("SIM", str(simulator_port)))
    simulator = subprocess.Popen([BINARY, "simulate", "--listen", f"127.0.0.1:{simulator_port}", *simulate])
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [BINARY, "serve", "--listen", f"127.0.0.1:{port}", "--admin-listen", "127.0.0.1:0"], cwd=folder, stderr=log)
    try:
        wait_until_ready(f"http://127.0.0.1:{simulator_port}/health", simulator)
        wait_until_ready(f"http://127.0.0.1:{port}/ready", server)
        yield Running(server, port, simulator_port, path, folder / "log")
    finally:
        server.terminate()
        simulator.terminate()
        assert server.wait(40) == 0, "the program did not stop cleanly"
        simulator.wait(10)


@dataclasses.dataclass
class Running:
    server: subprocess.Popen
    port: int
    simulator_port: int
    config: pathlib.Path
    log: pathlib.Path

    def records(self) -> list[dict]:
        """The log's lines about calls, once the program has ended or flushed them."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if line["message"] == "exchange" and line["endpoint"] != "/ready"]

    def wait_for_log(self, text: str, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.log.read_text():
            assert time.monotonic() < deadline, f"the log does not say {text!r}"
            time.sleep(0.02)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    config = f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
  gem: {{ kind: gemini, api_key: sk-test, base_url: "http://127.0.0.1:SIM" }}
models:
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
  "claude/*": {{ targets: [ {{ provider: claude, model: "*" }} ] }}
  "gem/*": {{ targets: [ {{ provider: gem, model: "*" }} ] }}
  fast: {{ targets: [ {{ provider: oa, model: lorem }} ], defaults: {{ max_tokens: 7 }} }}
keys:
  - {{ name: app, token: "{KEY}" }}
  - {{ name: narrow, token: "{NARROW_KEY}", models: [ fast ] }}
"""
    with running(tmp_path_factory.mktemp("headgate"), config, "--instant") as program:
        yield f"http://127.0.0.1:{program.port}"


@pytest.fixture
def program(tmp_path):
    """The program with an admin plane, before its own simulator."""
    # Imported late: it imports this module.
    from program import Program
    program = Program(tmp_path).start()
    yield program
    program.stop()


@pytest.fixture(scope="session")
def browser():
    from browser import Browser
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory):
    """A program with calls on its record, which tests look at and do not change but where they say so."""
    from dashboard import Dashboard
    dashboard = Dashboard(tmp_path_factory.mktemp("dashboard")).start().fill()
    yield dashboard
    dashboard.stop()


@pytest.fixture
def page(browser, dashboard):
    """The browser, signed in as an administrator, with a page of usual size and colours."""
    browser.look((1280, 900))
    browser.driver.switch_to.window(browser.driver.window_handles[0])
    browser.driver.get(dashboard.base + "/audit")
    if browser.path().startswith("/login"):
        browser.sign_in(dashboard.base, dashboard.code(), "/audit")
    browser.forget()
    return browser
