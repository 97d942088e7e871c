"""Measures the dashboard in a headless Chromium over a month of calls. Prints `name value`; lines with # are notes.

usage: dashboard.py HEADGATE TOOLS DATA_DIRECTORY
"""
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

HEADGATE, TOOLS, DATA = sys.argv[1:4]
PORT, ADMIN, TOKEN = 18610, 18611, "token-of-the-benchmark"
MONTH = "since=2026-10-01T00:00:00Z&until=2026-10-31T00:00:00Z"
CHARTS = {
    "overview": f"overview?{MONTH}&step=6h",
    "latency by provider": f"metrics?{MONTH}&step=6h&by=provider",
    "cost by model": f"costs?{MONTH}&step=6h&by=model&top=8",
    "cost by feature and model": f"costs?{MONTH}&step=6h&by=feature,model&top=8",
    "latency of one feature": f"metrics?{MONTH}&step=6h&feature=feature-3",
}
CONFIG = """
providers: { demo: { kind: simulator } }
models: { "demo/*": { targets: [ { provider: demo, model: "*" } ] } }
record: { retention: { days: 3650 } }
keys: [ { name: bench, token: "%s", permissions: [infer, ingest] } ]
""" % TOKEN
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => longTasks.push(entry.duration)))
  .observe({ type: "longtask", buffered: true });
"""


@contextlib.contextmanager
def gateway():
    config = os.path.join(os.path.dirname(DATA), "dashboard.yaml")
    with open(config, "w") as file:
        file.write(CONFIG)
    process = subprocess.Popen(
        [HEADGATE, "serve", "--config", config, "--listen", f"127.0.0.1:{PORT}", "--admin-listen", f"127.0.0.1:{ADMIN}",
         "--data-dir", DATA],
        env={**os.environ, "HEADGATE_ADMIN_TOKEN": TOKEN}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{ADMIN}/health", timeout=1).close()
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(40)


@contextlib.contextmanager
def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        driver.get(f"http://127.0.0.1:{ADMIN}/login")
        driver.find_element(By.ID, "code").send_keys(TOKEN + "\n")
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LONG_TASKS})
        yield driver
    finally:
        driver.quit()


def milliseconds(path):
    request = urllib.request.Request(
        f"http://127.0.0.1:{ADMIN}/api/v1/{path}", headers={"authorization": f"Bearer {TOKEN}"})
    begin = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        answer.read()
    return (time.perf_counter() - begin) * 1000


def measure_charts():
    for name, path in CHARTS.items():
        first = milliseconds(path)
        median = statistics.median(milliseconds(path) for _ in range(7))
        print(f"# {name}: {first:.0f} ms at first, then {median:.0f}")
        print(f"chart:{name.replace(' ', '_')} {median:.1f}")


def resources(driver):
    return driver.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => [entry.name, entry.decodedBodySize])")


def measure_pages(driver):
    paints = []
    for _ in range(5):
        driver.get(f"http://127.0.0.1:{ADMIN}/?{MONTH}")
        time.sleep(3)
        paints.append(driver.execute_script("return performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    loaded = resources(driver)
    print(f"paint {statistics.median(paints):.0f}")
    print(f"assets {sum(size for name, size in loaded if '/assets/' in name)}")
    print(f"requests {sum('/api/' in name for name, _ in loaded)}")


def measure_tail(driver, scratch):
    body = subprocess.run([TOOLS, "body", "--model", "demo/echo", "--bytes", "300"], check=True, capture_output=True)
    with open(scratch, "wb") as file:
        file.write(body.stdout)
    driver.get(f"http://127.0.0.1:{ADMIN}/requests?live=1")
    time.sleep(3)
    driver.execute_script("longTasks.length = 0")
    subprocess.run(
        [TOOLS, "requests", "--port", str(PORT), "--body", scratch, "--rate", "500", "--count", "10000", "--warm-up", "500"],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "KEY": TOKEN})
    tasks = driver.execute_script("return longTasks")
    shown = driver.execute_script("return Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount'))")
    print(f"# {len(tasks)} tasks of more than 50 ms in 20 seconds; {shown} rows")
    print(f"tail {max(tasks, default=0):.0f}")


def send_trace(spans):
    """An agent's run of so many spans, each begun by one of the forty before it. Returns the trace's id."""
    chance = random.Random(3)
    trace, begin = f"{chance.getrandbits(128):032x}", time.time_ns() - 60 * 10**9
    kinds = ["AGENT", "TOOL", "CHAIN", "RETRIEVER", "LLM"]
    sent = [{
        "traceId": trace, "spanId": f"{place + 1:016x}", "name": f"step {place}", "kind": 1,
        "parentSpanId": f"{chance.randint(max(0, place - 40), place - 1) + 1:016x}" if place else "",
        "startTimeUnixNano": str(begin + place * 5 * 10**6),
        "endTimeUnixNano": str(begin + place * 5 * 10**6 + chance.randint(1, 3000) * 10**6),
        "attributes": [{"key": "openinference.span.kind", "value": {"stringValue": kinds[place % 5]}},
                       {"key": "input.value", "value": {"stringValue": f"input of step {place}"}}],
    } for place in range(spans)]
    for first in range(0, spans, 1000):
        body = {"resourceSpans": [{"scopeSpans": [{"spans": sent[first:first + 1000]}]}]}
        urllib.request.urlopen(urllib.request.Request(
            f"http://127.0.0.1:{PORT}/v1/traces", json.dumps(body).encode(),
            {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"})).close()
    return trace


def measure_trace(driver):
    trace = send_trace(9990)
    time.sleep(2)
    driver.get(f"http://127.0.0.1:{ADMIN}/traces/{trace}")
    WebDriverWait(driver, 30).until(lambda _: driver.find_elements(By.CSS_SELECTOR, ".data-row"))
    time.sleep(2)

    def longest(name, act):
        act()
        time.sleep(1)
        tasks = driver.execute_script("return longTasks")
        driver.execute_script("longTasks.length = 0")
        print(f"trace:{name} {max(tasks, default=0):.0f}")

    grid = driver.find_element(By.CSS_SELECTOR, ".data-grid")
    longest("load", lambda: None)
    longest("scroll", lambda: [driver.execute_script("arguments[0].scrollTop += 2000", grid) for _ in range(40)])
    longest("keys", lambda: grid.send_keys("j" * 20))
    longest("search", lambda: driver.find_element(By.CSS_SELECTOR, "[type=search]").send_keys("step 77"))


with gateway():
    measure_charts()
    with chromium() as browser:
        measure_pages(browser)
        measure_tail(browser, os.path.join(os.path.dirname(DATA), "tail-body"))
        measure_trace(browser)
