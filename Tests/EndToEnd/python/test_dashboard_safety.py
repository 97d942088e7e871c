"""What people and models write is text on every page, whatever it looks like."""
import http.server
import json
import threading
import urllib.parse

import pytest

from browser import WIDE
from conftest import KEY
from dashboard import AGENT, TOOL, TRACE, Dashboard

CONFIG = f"""
providers:
  demo: {{ kind: simulator }}
  bad: {{ kind: openai-compatible, base_url: "http://127.0.0.1:BAD/v1", api_key: none }}
models:
  "demo/*": {{ targets: [ {{ provider: demo, model: "*" }} ] }}
  "*": {{ targets: [ {{ provider: bad, model: "*" }} ] }}
keys:
  - {{ name: app, token: "{KEY}", permissions: [ infer, feedback, ingest ] }}
"""
MARK = "\u202egnp.hacked\u200f"
HOSTILE = [
    "<script>hacked = 1</script>", "<img src=x onerror=hacked=1>", '"><svg onload=hacked=1>', "javascript:hacked=1",
    "{{7*7}}${7*7}<iframe src=javascript:hacked=1>", "'-hacked=1-'</title></textarea><b>bold",
]
TABS = ("conversation", "raw", "timeline", "cost", "details", "diff")
DIMENSIONS = ("feature", "user", "session", "prompt", "model", "key", "tag.note")
# Signs of harm: elements and attributes that only markup in a text could have made, a script that ran, a failure.
HARM = """
const strangers = document.querySelectorAll(
  "iframe, object, embed, base, frame, video, audio, textarea, b, link:not([href^='/assets/']), svg svg, [srcset], "
  + "script:not([src^='/assets/']), img:not([src^='/assets/']):not([src^='data:image/']), [onerror], [onload], "
  + "[href^='javascript:'], meta[http-equiv], #main .failure");
return [...[...strangers].map((element) => element.outerHTML.slice(0, 200)),
  ...(window.hacked === undefined ? [] : ["a script ran"]),
  ...(document.body.innerText.includes("49$") ? ["a template was filled in"] : [])];
"""


class Upstream(http.server.BaseHTTPRequestHandler):
    """A provider that answers with hostile errors, and counts who asks it for a picture."""
    pictures = []

    def do_GET(self):
        self.pictures.append(self.path)
        self.send_error(404)

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        text = json.dumps({"error": {"message": " ".join(HOSTILE), "type": HOSTILE[2]}}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Nothing is said of what is asked."""


@pytest.fixture(scope="module")
def upstream():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, upstream):
    """A program whose every field of a caller's choice was chosen by an attacker; `ids` are the calls."""
    config = CONFIG.replace("BAD", str(upstream.server_port))
    program = Dashboard(tmp_path_factory.mktemp("hostile"), config).start()
    picture = f"http://127.0.0.1:{upstream.server_port}/picture.png"
    program.ids_made = [send(program, text, picture) for text in HOSTILE]
    for text in HOSTILE:
        body = json.dumps({"name": text, "tags": {"feature": text}})
        assert program.change("POST", "/api/v1/keys", body)[0] == 201
    program.ids_made.append(program.call(HOSTILE[1], "an error of the provider's", x_headgate_feature="errors"))
    program.ids_made.append(program.call("demo/echo", MARK + "x" * 10_000, user=MARK + "Wort" * 20))
    program.wait_for(len(program.ids_made))
    for text, identifier in zip(HOSTILE, program.ids_made):
        assert program.feedback(request_id=identifier, name="note", value=True, comment=text, label=text) == 200
    program.span(HOSTILE[0], AGENT, **{"session.id": HOSTILE[1], HOSTILE[2]: HOSTILE[1], "input.value": HOSTILE[4]})
    program.span(HOSTILE[2], TOOL, AGENT, HOSTILE[1], tool=HOSTILE[0])
    yield program
    program.stop()


def send(program, text, picture):
    """A call that says `text` wherever it may; the model says it back."""
    call = {"id": text, "type": "function", "function": {"name": text, "arguments": json.dumps({text: text})}}
    tool = {"type": "function", "function": {"name": text, "description": text, "parameters": {"type": text}}}
    messages = [
        {"role": "system", "content": text},
        {"role": "user", "content": [{"type": "text", "text": f"```{text}\n{text}\n```\n![x]({picture})"},
                                     {"type": "image_url", "image_url": {"url": picture}}]},
        {"role": "assistant", "content": text, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": text, "content": f'<img src="{picture}">{text}'},
        {"role": text, "content": text}, {"role": "user", "content": f"{text} ![x]({picture})"},
    ]
    return program.call(
        "demo/echo", messages=messages, tools=[tool], x_headgate_feature=text, x_headgate_user=text,
        x_headgate_session=text, x_headgate_prompt=text, x_headgate_tag_note=text, x_headgate_environment=text,
        traceparent=f"00-{TRACE}-{TOOL}-01")


@pytest.fixture(scope="module")
def visitor(browser, hostile):
    browser.look(WIDE)
    browser.driver.delete_all_cookies()
    browser.sign_in(hostile.other, hostile.code("admin", HOSTILE[1]), "/audit")
    return browser


def assert_harmless(visitor, hostile, path):
    visitor.forget()
    visitor.open(hostile.other + path)
    assert_unharmed(visitor)


def assert_unharmed(visitor):
    place = visitor.path()
    assert visitor.run(HARM) == [], place
    assert visitor.complaints() == [], place
    assert all("/picture.png" not in url and "localhost" in url for url in visitor.urls()
               if not url.startswith(("data:", "blob:"))), place


def test_no_call_can_do_harm_in_any_tab(visitor, hostile, upstream):
    for identifier in hostile.ids_made:
        assert_harmless(visitor, hostile, f"/requests?request={identifier}&against={hostile.ids_made[0]}")
        for tab in TABS:
            visitor.run("document.getElementById(`panel-tab-${arguments[0]}`).click()", tab)
            visitor.shown()
            assert_unharmed(visitor)
    assert Upstream.pictures == []


def test_what_looks_like_markup_is_shown_as_it_was_written(visitor, hostile):
    for text, identifier in zip(HOSTILE, hostile.ids_made):
        visitor.open(f"{hostile.other}/requests?request={identifier}&tab=details")
        assert visitor.text(".panel").count(text) >= 5, "it is not shown as it was written"
        visitor.open(f"{hostile.other}/requests?request={identifier}")
        assert visitor.text(".conversation").count(text) >= 5, "it is not shown as it was written"
    visitor.picture("hostile-conversation")


def test_no_page_can_be_harmed(visitor, hostile, upstream):
    names = ",".join(("time", "user", "session", "prompt", "environment", "key", "model", "request_preview",
                      "response_preview", "error_code"))
    paths = ["/", *(f"/?by={by}" for by in ("feature", "user")), f"/requests?columns={names}", "/traces",
             f"/traces/{TRACE}", "/sessions", "/users", "/providers", "/keys", "/system", "/audit",
             *(f"/costs?by={by}&compare=1" for by in DIMENSIONS)]
    for path in paths:
        assert_harmless(visitor, hostile, path)
    assert Upstream.pictures == []


def test_no_address_can_do_harm(visitor, hostile):
    for text in HOSTILE:
        value = urllib.parse.quote(text, safe="")
        for path in (f"/users?user={value}&tag.{value}={value}", f"/requests?feature={value}&text={value}&tab={value}",
                     f"/costs?by=tag.{value}&session={value}"):
            assert_harmless(visitor, hostile, path)
