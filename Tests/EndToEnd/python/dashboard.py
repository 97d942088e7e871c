"""The program whose dashboard is looked at, with calls of every kind on its record."""
import json
import time
import urllib.error
import urllib.request

from conftest import KEY
from program import Program

CONFIG = f"""
providers:
  demo: {{ kind: simulator }}
  spare: {{ kind: simulator }}
models:
  "demo/*": {{ targets: [ {{ provider: demo, model: "*" }} ] }}
  pair: {{ targets: [ {{ provider: demo, model: echo }}, {{ provider: spare, model: echo }} ] }}
prices:
  - {{ provider: demo, model: "*", input: 100, output: 400 }}
  - {{ provider: spare, model: "*", input: 100, output: 400 }}
limits: [ {{ name: users, per: [ user ], requests: 1000/1m }} ]
budgets: [ {{ name: month, usd: 100, period: month, soft: 50% }} ]
keys:
  - {{ name: app, token: "{KEY}", permissions: [ infer, feedback, ingest ] }}
"""
TRACE, AGENT, TOOL = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "b7ad6b7169203332"
WEATHER = {"type": "function", "function": {
    "name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}


class Dashboard(Program):
    """The program, and what a person needs who looks at it."""

    def __init__(self, folder, config=CONFIG):
        super().__init__(folder, config=config)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.admin}"

    @property
    def other(self):
        """The same place under another name: a browser keeps its cookies apart."""
        return f"http://localhost:{self.admin}"

    def code(self, role="admin", name="root"):
        made = self.run("login-code", "--role", role, "--name", name, "--json")
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)["code"]

    def call(self, model, prompt="How is the weather?", **more):
        """The id of a call; `more` goes into its body, but for what begins with `x_` and `traceparent`."""
        names = [name for name in more if name.startswith("x_") or name == "traceparent"]
        headers = {name.replace("_", "-"): more.pop(name) for name in names}
        body = {"model": model, "max_tokens": 60, "messages": [{"role": "user", "content": prompt}], **more}
        return self.post("/v1/chat/completions", body, **{
            "x-simulate": '{"first_token_ms":0,"tokens_per_second":100000}', **headers})

    def post(self, path, body, **headers):
        """Sends JSON to the gateway, and gives the id of the call, whatever the answer is."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
            {"authorization": f"Bearer {KEY}", "content-type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                answer.read()
                return answer.headers["x-request-id"]
        except urllib.error.HTTPError as error:
            return error.headers["x-request-id"]

    def span(self, name, span, parent=None, error=None, **attributes):
        """Sends an application's own span of the trace."""
        now = time.time_ns()
        sent = {
            "traceId": TRACE, "spanId": span, "name": name, "kind": 1, "startTimeUnixNano": str(now),
            "endTimeUnixNano": str(now + 40_000_000), **({"parentSpanId": parent} if parent else {}),
            "attributes": [{"key": key, "value": {"stringValue": text}} for key, text in attributes.items()],
            **({"status": {"code": 2, "message": error}} if error else {}),
        }
        self.post("/v1/traces", {"resourceSpans": [{"scopeSpans": [{"spans": [sent]}]}]})

    def fill(self):
        """Makes calls of every kind, so that no page is empty. Remembers one with tools as `shown`."""
        for number in range(12):
            self.call("demo/" + ("echo" if number % 3 else "lorem"), f"Question {number} about refunds",
                      stream=number % 2 == 0, x_headgate_feature="chat" if number % 4 else "search",
                      x_headgate_user="ann" if number % 2 else "bob", x_headgate_session=f"s-{number % 3}",
                      x_headgate_prompt="support@3", x_headgate_tag_team="growth")
        for model in ("demo/reasoning", "demo/cached", "demo/http-500", "demo/refuse", "pair", "nothing"):
            self.call(model, x_headgate_feature="chat", x_headgate_user="eve")
        self.call("demo/cut-mid", stream=True, x_headgate_feature="=1+2", x_headgate_user="eve")
        self.span("plan a trip", AGENT, steps="three")
        self.span("look up", TOOL, AGENT, "no such page")
        self.shown = self.call("demo/tools", tools=[WEATHER], x_headgate_feature="agent", x_headgate_session="s-1",
                               x_headgate_user="ann", traceparent=f"00-{TRACE}-{TOOL}-01")
        self.wait_for(20)
        self.feedback(request_id=self.shown, name="helpful", value=True, comment="very much")
        return self
