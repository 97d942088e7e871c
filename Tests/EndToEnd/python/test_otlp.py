"""Calls arrive at a collector as spans."""
import http.client
import http.server
import json
import os
import threading
import time
import urllib.error
import urllib.request

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from conftest import KEY, running

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    """Answers with the given statuses, then with 200, and keeps what it then got."""

    def __init__(self, *statuses: int):
        self.statuses, self.spans, self.heads = list(statuses), [], []
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.heads.append(dict(self.headers))
                status = collector.statuses.pop(0) if collector.statuses else 200
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()
                if status == 200:
                    collector.take(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body: bytes):
        request = ExportTraceServiceRequest.FromString(body)
        for group in request.resource_spans:
            for scope in group.scope_spans:
                self.spans += [(span, values(span.attributes), values(group.resource.attributes)) for span in scope.spans]

    def wait(self, count: int, seconds: float = 15):
        deadline = time.monotonic() + seconds
        while len(self.spans) < count:
            assert time.monotonic() < deadline, f"{len(self.spans)} of {count} spans came"
            time.sleep(0.05)
        return self.spans

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def values(attributes) -> dict:
    def value(any_value):
        kind = any_value.WhichOneof("value")
        if kind == "array_value":
            return [value(item) for item in any_value.array_value.values]
        return getattr(any_value, kind)
    return {attribute.key: value(attribute.value) for attribute in attributes}


def config(port: int, more: str = "") -> str:
    return f"""
providers:
  oa: {{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}
models:
  "oa/*": {{ targets: [ {{ provider: oa, model: "*" }} ] }}
record: {{ redact: {{ builtin: [ email ] }} }}
prices: [ {{ provider: oa, model: lorem, input: 2, output: 4 }} ]
otlp: [ {{ endpoint: "http://127.0.0.1:{port}/v1/traces", headers: {{ authorization: "Bearer t" }}{more} }} ]
keys: [ {{ name: app, token: "{KEY}", tags_from_client: [ user, feature ] }} ]
"""


def call(program, stream: bool = False, **fields: str) -> dict | None:
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
    body = {
        "model": "oa/lorem", "stream": stream, "max_tokens": 9,
        "messages": [{"role": "user", "content": "mail me at someone@example.org"}]}
    connection.request(
        "POST", "/v1/chat/completions", json.dumps(body),
        {"authorization": f"Bearer {KEY}", "content-type": "application/json", "traceparent": PARENT, **fields})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 200, text
    return None if stream else json.loads(text)


def test_a_call_arrives_with_model_tokens_cost_and_parent(tmp_path):
    with Collector() as collector, running(tmp_path, config(collector.port), "--instant") as program:
        answer = call(program)
        (span, attributes, resource), (attempt, _, _) = collector.wait(2)
        assert span.name == "chat oa/lorem" and resource["service.name"] == "headgate"
        assert span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
        assert span.parent_span_id.hex() == "b7ad6b7169203331"
        assert attempt.parent_span_id == span.span_id and attempt.trace_id == span.trace_id
        assert span.start_time_unix_nano <= attempt.start_time_unix_nano
        assert attempt.end_time_unix_nano <= span.end_time_unix_nano
        assert attributes["gen_ai.request.model"] == "oa/lorem"
        assert attributes["gen_ai.response.model"] == answer["model"]
        assert attributes["gen_ai.provider.name"] == "openai"
        used = answer["usage"]
        assert attributes["gen_ai.usage.input_tokens"] == used["prompt_tokens"]
        assert attributes["gen_ai.usage.output_tokens"] == used["completion_tokens"]
        expected = (used["prompt_tokens"] * 2 + used["completion_tokens"] * 4) / 1e6
        assert attributes["gen_ai.usage.cost"] == pytest.approx(expected)
        assert not any("someone" in str(value) or "mail me" in str(value) for value in attributes.values())
        assert collector.heads[0]["authorization"] == "Bearer t"
        assert collector.heads[0]["content-type"] == "application/x-protobuf"


def test_content_is_sent_redacted_where_it_is_asked_for(tmp_path):
    more = ", profile: openinference, content: true"
    with Collector() as collector, running(tmp_path, config(collector.port, more), "--instant") as program:
        call(program, stream=True)
        _, attributes, _ = collector.wait(2)[0]
        assert attributes["llm.input_messages.0.message.role"] == "user"
        assert attributes["llm.input_messages.0.message.content"] == "mail me at [redacted:email]"
        assert attributes["llm.output_messages.0.message.role"] == "assistant"
        assert attributes["output.value"] == attributes["llm.output_messages.0.message.content"] != ""


def test_a_collector_that_is_busy_at_first_gets_everything(tmp_path):
    with Collector(503, 503) as collector, running(tmp_path, config(collector.port), "--instant") as program:
        for _ in range(10):
            call(program)
        collector.wait(20)
        assert len(collector.heads) >= 3


def test_what_waits_is_sent_before_the_end(tmp_path):
    with Collector() as collector:
        with running(tmp_path, config(collector.port), "--instant") as program:
            call(program)
        assert len(collector.spans) == 2


def test_a_destination_may_come_and_go_while_the_program_runs(tmp_path):
    with Collector() as first, Collector() as second:
        with running(tmp_path, config(first.port), "--instant") as program:
            call(program)
            text = program.config.read_text()
            program.config.write_text(text.replace(f":{first.port}/", f":{second.port}/"))
            program.wait_for_log("reloaded")
            call(program)
        assert len(first.spans) == 2 and len(second.spans) == 2


def test_no_collector_holds_nothing_up(tmp_path):
    with running(tmp_path, config(1), "--instant") as program:
        for _ in range(20):
            call(program)
        start = time.monotonic()
    assert time.monotonic() - start < 15


@pytest.mark.skipif("HEADGATE_PHOENIX" not in os.environ, reason="HEADGATE_PHOENIX names no running Phoenix")
def test_phoenix_keeps_model_tokens_cost_and_messages(tmp_path):
    phoenix = os.environ["HEADGATE_PHOENIX"]
    project = f"headgate-{time.time_ns()}"
    text = config(0, ", profile: openinference, content: true").replace("http://127.0.0.1:0", phoenix)
    text = text.replace("name: app,", f"name: app, project: {project},")
    # A trace belongs to the project that had its first span.
    with running(tmp_path, text, "--instant") as program:
        answer = call(program, traceparent=f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01")
    spans, deadline = [], time.monotonic() + 20
    while len(spans) < 2:
        assert time.monotonic() < deadline, "the spans did not come"
        time.sleep(0.2)
        try:
            with urllib.request.urlopen(f"{phoenix}/v1/projects/{project}/spans") as found:
                spans = json.load(found)["data"]
        except urllib.error.HTTPError as error:
            assert error.code == 404, error
    span = next(span for span in spans if span["span_kind"] == "LLM")
    attributes = span["attributes"]
    assert span["name"] == "chat oa/lorem"
    assert attributes["llm.model_name"] == answer["model"]
    assert attributes["llm.token_count.prompt"] == answer["usage"]["prompt_tokens"]
    assert attributes["llm.token_count.completion"] == answer["usage"]["completion_tokens"]
    assert attributes["llm.cost.total"] > 0
    assert attributes["input.value"] == "mail me at [redacted:email]"
    assert attributes["output.value"] == answer["choices"][0]["message"]["content"]
    assert attributes["llm.input_messages.0.message.role"] == "user"
