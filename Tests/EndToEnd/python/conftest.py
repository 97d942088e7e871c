"""Starts the real program before a simulator, for tests with the official SDKs."""
import os
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


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    folder = tmp_path_factory.mktemp("headgate")
    simulator_port, port = free_port(), free_port()
    (folder / "headgate.yaml").write_text(f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:{simulator_port}/v1" }}
  claude: {{ kind: anthropic, api_key: sk-test, base_url: "http://127.0.0.1:{simulator_port}" }}
models:
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
  "claude/*": {{ targets: [ {{ provider: claude, model: "*" }} ] }}
  fast: {{ targets: [ {{ provider: oa, model: lorem }} ], defaults: {{ max_tokens: 7 }} }}
keys:
  - {{ name: app, token: "{KEY}" }}
  - {{ name: narrow, token: "{NARROW_KEY}", models: [ fast ] }}
""")
    simulator = subprocess.Popen([BINARY, "simulate", "--listen", f"127.0.0.1:{simulator_port}", "--instant"])
    server = subprocess.Popen(
        [BINARY, "serve", "--listen", f"127.0.0.1:{port}"], cwd=folder, stderr=open(folder / "log", "wb"))
    try:
        wait_until_ready(f"http://127.0.0.1:{simulator_port}/health", simulator)
        wait_until_ready(f"http://127.0.0.1:{port}/ready", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        simulator.terminate()
        assert server.wait(40) == 0, "the program did not stop cleanly"
        simulator.wait(10)
