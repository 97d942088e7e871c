"""The program in a folder that outlives it: it can be stopped, killed and started again."""
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.request

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
  - {{ name: app, token: "{KEY}", permissions: [ infer, feedback, passthrough, ingest ] }}
  - {{ name: other, token: "{OTHER}", project: elsewhere, permissions: [ infer, feedback, ingest ] }}
"""


def until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


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
