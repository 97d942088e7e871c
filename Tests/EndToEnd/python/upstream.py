"""A provider that answers as it is told and remembers what it was asked."""
import contextlib
import dataclasses
import http.server
import json
import threading


@dataclasses.dataclass
class Asked:
    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Upstream:
    """`answers` maps paths (without their query) to `(status, content type, bytes)`, or to what makes that of a request."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                upstream.asked.append(asked)
                answer = upstream.answers.get(self.path.split("?")[0], (404, "application/json", b'{"message":"no such path"}'))
                status, content_type, content = answer(asked) if callable(answer) else answer
                self.send_response(status)
                self.send_header("content-type", content_type)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_DELETE = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    @property
    def last(self) -> Asked:
        return self.asked[-1]


@contextlib.contextmanager
def upstream(answers):
    server = Upstream(answers)
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.server.shutdown()
        server.server.server_close()
        thread.join(5)


def as_json(value, status=200):
    return status, "application/json", json.dumps(value).encode()
