"""Applications' own spans, sent by OpenTelemetry's SDK, and the tree they make with the calls."""
import json
import time
import urllib.error
import urllib.request

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status, StatusCode

from conftest import KEY
from program import ADMIN, OTHER, until

PROTOBUF, JSON = "application/x-protobuf", "application/json"


def post(program, body: bytes, kind: str, key=KEY):
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}/v1/traces", body,
        {"authorization": f"Bearer {key}", "content-type": kind})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class JSONExporter(SpanExporter):
    """The SDK's spans in OTLP's JSON: ids are in hexadecimal there."""

    def __init__(self, program, key):
        self.program, self.key = program, key

    def export(self, spans):
        export = MessageToDict(encode_spans(spans))
        for group in export["resourceSpans"]:
            for scope in group["scopeSpans"]:
                for span, known in zip(scope["spans"], spans):
                    span["traceId"], span["spanId"] = f"{known.context.trace_id:032x}", f"{known.context.span_id:016x}"
                    if known.parent:
                        span["parentSpanId"] = f"{known.parent.span_id:016x}"
        status, body = post(self.program, json.dumps(export).encode(), JSON, self.key)
        assert status == 200 and json.loads(body) == {}
        return SpanExportResult.SUCCESS


def tracer(program, encoding, key=KEY):
    exporter = JSONExporter(program, key) if encoding == JSON else OTLPSpanExporter(
        endpoint=f"http://127.0.0.1:{program.port}/v1/traces", headers={"authorization": f"Bearer {key}"})
    provider = TracerProvider(resource=Resource.create({"service.name": "agents"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("test")


def agent_run(program, encoding, key=KEY):
    """An agent that asks twice, with a tool between; one of the calls is made inside the tool."""
    trace = tracer(program, encoding, key)

    def ask(span):
        context = span.get_span_context()
        assert program.ask(key=key, traceparent=f"00-{context.trace_id:032x}-{context.span_id:016x}-01")[0] == 200

    with trace.start_as_current_span("plan a trip", attributes={
            "gen_ai.operation.name": "invoke_agent", "session.id": "s-1", "user.id": "u-1",
            "input.value": "to Rome, write to a@b.example", "steps": [1, 2], "ratio": 0.5, "fast": True}) as agent:
        ask(agent)
        with trace.start_as_current_span("search", attributes={"openinference.span.kind": "TOOL"}) as tool:
            ask(tool)
            tool.set_status(Status(StatusCode.ERROR, "no such page"))
    return f"{agent.get_span_context().trace_id:032x}"


@pytest.mark.parametrize("encoding", [PROTOBUF, JSON])
def test_an_agents_run_is_one_tree_with_the_cost_of_each_part(program, encoding):
    identifier = agent_run(program, encoding)
    program.wait_for(2)
    tree = program.get(f"/api/v1/traces/{identifier}")
    assert tree["calls"] == 2 and not tree["is_cut"] and len(tree["spans"]) == 1
    agent = tree["spans"][0]
    assert (agent["name"], agent["kind"], agent["error"]) == ("plan a trip", "agent", None)
    assert (agent["user"], agent["session"], agent["project"]) == ("u-1", "s-1", "default")
    assert agent["attributes"]["input.value"] == "to Rome, write to [redacted:email]"
    assert (agent["attributes"]["steps"], agent["attributes"]["ratio"], agent["attributes"]["fast"]) == ([1, 2], 0.5, True)
    call, tool = sorted(agent["children"], key=lambda node: node["kind"])
    assert (call["kind"], tool["kind"], tool["error"]) == ("call", "tool", "no such page")
    inner = tool["children"][0]
    assert inner["kind"] == "call" and inner["parent_span_id"] == tool["span_id"] and inner["request_preview"]
    assert int(tool["subtree"]["cost_pico_usd"]) == int(inner["cost_pico_usd"]) > 0
    costs = [int(node["cost_pico_usd"]) for node in (call, inner)]
    assert int(agent["subtree"]["cost_pico_usd"]) == int(tree["cost_pico_usd"]) == sum(costs)
    assert agent["subtree"]["usage"]["output"] == sum(node["usage"]["output"] for node in (call, inner))
    shown = program.run("traces", "show", identifier)
    assert shown.returncode == 0 and "\n  search" in shown.stdout and "no such page" in shown.stdout


def test_a_trace_is_joined_within_its_project_only(program):
    identifier = agent_run(program, PROTOBUF)
    span = program.get(f"/api/v1/traces/{identifier}")["spans"][0]["span_id"]
    # Another project's call under the same trace and span.
    program.ask(key=OTHER, traceparent=f"00-{identifier}-{span}-01")
    program.wait_for(3)
    roots = program.get(f"/api/v1/traces/{identifier}")["spans"]
    assert sorted((root["project"], root["kind"]) for root in roots) == [("default", "agent"), ("elsewhere", "call")]


def test_what_is_no_export_is_refused_and_says_why(program):
    assert post(program, b"", PROTOBUF) == (200, b"")
    assert post(program, b"{}", JSON) == (200, b"{}")
    for body, kind in [(b"\xff\xff", PROTOBUF), (b"{", JSON), (b"[]", JSON), (b"{}", "text/plain"), (b"{}", "")]:
        status, answer = post(program, body, kind)
        assert status == 400 and b"export of spans" in answer, (body, kind)
    assert post(program, b"", PROTOBUF, "wrong-key-that-is-long")[0] == 401
    span = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "old",
            "startTimeUnixNano": "1000000000", "endTimeUnixNano": "2000000000"}
    export = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    status, answer = post(program, json.dumps(export).encode(), JSON)
    assert status == 200 and json.loads(answer)["partialSuccess"]["rejectedSpans"] == "1"
    # A file of that day would stand for ever in the way of retention.
    assert not list(program.data.glob("records/1970*"))


def test_spans_are_erased_with_their_user(program):
    identifier = agent_run(program, PROTOBUF)
    program.ask(x_headgate_user="u-1")
    program.wait_for(3)
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.admin}/api/v1/records?user=u-1", method="DELETE",
        headers={"authorization": f"Bearer {ADMIN}"})
    urllib.request.urlopen(request, timeout=20).close()
    kinds = {node["kind"] for node in program.get(f"/api/v1/traces/{identifier}")["spans"]}
    assert "agent" not in kinds
    until(lambda: all(b"plan a trip" not in file.read_bytes() for file in program.data.rglob("*") if file.is_file()),
          "the name to go from the disk", 5)


def test_a_span_that_comes_again_is_there_once(program):
    start = time.time_ns()
    span = {"traceId": "0af7651916cd43dd8448eb211c80319d", "spanId": "b7ad6b7169203332", "name": "step", "kind": 3,
            "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + 2_500_000)}
    for name in ("step", "step two"):
        export = {"resourceSpans": [{"scopeSpans": [{"spans": [{**span, "name": name}]}]}]}
        assert post(program, json.dumps(export).encode(), JSON)[0] == 200
    spans = program.get("/api/v1/traces/0af7651916cd43dd8448eb211c80319d")["spans"]
    assert [(node["name"], node["kind"], node["duration_ms"]) for node in spans] == [("step two", "client", 2.5)]
