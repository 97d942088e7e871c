"""Every page of the dashboard in a real browser: shown without a fault, for everybody, with the right figures."""
import csv
import importlib.resources
import io
import json
import re

import pytest

from browser import NARROW, WIDE
from dashboard import TRACE

AXE = (importlib.resources.files("axe_core_python") / "axe.min.js").read_text()
RUN_AXE = """
const [rules, done] = arguments;
axe.run(document, { runOnly: rules, resultTypes: ["violations"] }).then(({ violations }) =>
  done(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`))), done);
"""
TABS = ("conversation", "raw", "timeline", "cost", "details", "diff")
PAGES = {
    "overview": ("/", "Overview"), "overview-compared": ("/?compare=1", "Overview"),
    "requests": ("/requests", "Requests"),
    **{f"request-{tab}": (f"/requests?request=SHOWN&tab={tab}", "Requests") for tab in TABS},
    "traces": ("/traces", "Traces"), "trace": (f"/traces/{TRACE}", "Trace"),
    "sessions": ("/sessions", "Sessions"), "session": ("/sessions?session=s-1", "Sessions"),
    "users": ("/users", "Users"), "user": ("/users?user=ann", "Users"),
    "costs": ("/costs", "Costs"), "costs-by-two": ("/costs?by=feature&by2=user&measure=tokens", "Costs"),
    "providers": ("/providers", "Providers"), "keys": ("/keys", "Keys and limits"),
    "system": ("/system", "Health"), "audit": ("/audit", "Audit log"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_shown_without_a_fault_in_both_colours_and_sizes(page, dashboard, name):
    path, title = PAGES[name]
    page.open(dashboard.base + path.replace("SHOWN", dashboard.shown))
    assert page.driver.title == f"{title} · Headgate"
    assert [heading.text for heading in page.all("h1")] == [title]
    assert page.text("#main"), "nothing is shown"
    assert not page.all("#main .failure"), page.text("#main .failure")
    page.run(AXE)
    for size in (WIDE, NARROW):
        # In other colours only the contrast is another.
        for scheme, rules in (("light", ["wcag2a", "wcag2aa"]), ("dark", ["color-contrast"])):
            page.look(size, scheme)
            page.shown()
            page.picture(f"{name}-{size[0]}-{scheme}")
            assert page.driver.execute_async_script(RUN_AXE, rules) == [], (size, scheme)
        assert page.run("return document.documentElement.scrollWidth") <= size[0], "it scrolls sideways"
    assert page.complaints() == []
    assert [url for url in page.urls() if not url.startswith((dashboard.base + "/", "data:", "blob:"))] == []


def test_a_page_loads_little_at_first_and_nothing_twice(page, dashboard):
    page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    page.open(dashboard.base + "/")
    assets = fetched(page, "/assets/")
    assert len(assets) == len(set(assets)), "a file is fetched twice"
    sizes = page.run("""return Object.values(Object.fromEntries(performance.getEntriesByType("resource")
        .map((one) => [one.name, one.name.includes("/assets/") ? one.decodedBodySize : 0])))""")
    assert 0 < sum(sizes) <= 250_000
    assert 1 <= len(page.urls("/api/")) <= 4
    page.forget()
    page.open(dashboard.base + "/costs")
    page.open(dashboard.base + "/")
    assert fetched(page, "/assets/") == []


def fetched(page, part):
    """What came over the network rather than out of the browser's own store."""
    page.listen()
    return [url for _, url, source, _ in page.requests if part in url and source == "network"]


def sums(dashboard, by=None):
    """Rows of the API by their group, and the same of the program's own command."""
    rows = dashboard.get("/api/v1/costs?since=24h" + (f"&by={by}" if by else ""))["data"]
    told = dashboard.run("costs", "--json", "--since", "24h", *(("--by", by) if by else ()))
    assert told.returncode == 0, told.stderr
    known, others = grouped(rows, by), grouped(map(json.loads, told.stdout.splitlines()), by)
    assert {group: (row["requests"], row["cost_usd"]) for group, row in known.items()} == {
        group: (row["requests"], row["cost_usd"]) for group, row in others.items()}
    return known


def grouped(rows, by):
    return {(row.get(by) if by else None) or "": row for row in rows}


def number(text):
    """What `$1.2345`, `12.3k` and `1,234` say."""
    found = re.search(r"([\d,]*\.?\d+)([kMG]?)", text)
    return float(found[1].replace(",", "")) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[found[2]]


def table(page, label):
    """The rows of a table as lists of texts."""
    return page.run("""return [...document.querySelectorAll(`[aria-label="${arguments[0]}"] tbody tr`)]
        .map((row) => [...row.cells].map((cell) => cell.innerText.trim()))""", label)


def columns(page, label):
    return page.run("""return [...document.querySelectorAll(`[aria-label="${arguments[0]}"] thead th`)]
        .map((cell) => cell.textContent)""", label)


def tokens(row):
    return sum(row["usage"].values())


def test_the_overviews_figures_are_those_of_the_api_and_of_the_command(page, dashboard):
    page.open(dashboard.base + "/")
    total = sums(dashboard)[""]
    tiles = dict(page.run("""return [...document.querySelectorAll(".tile")].map((tile) =>
        [tile.querySelector(".tile-title").innerText, tile.querySelector(".tile-value").innerText])"""))
    assert number(tiles["Requests"]) == total["requests"] == len(dashboard.ids())
    assert number(tiles["Error rate"]) == pytest.approx(100 * total["errors"] / total["requests"], rel=0.01)
    assert number(tiles["Cost"]) == pytest.approx(float(total["cost_usd"]), rel=0.001)


def test_the_costs_of_each_group_are_those_of_the_api_and_of_the_command(page, dashboard):
    for by in ("model", "feature", "user"):
        page.open(f"{dashboard.base}/costs?by={by}")
        known = sums(dashboard, by)
        rows = [dict(zip(columns(page, "Costs by group"), row)) for row in table(page, "Costs by group")]
        *rows, whole = rows
        assert {row[by] for row in rows} == {group or "(none)" for group in known}
        for row in rows:
            wanted = known["" if row[by] == "(none)" else row[by]]
            assert number(row["Requests"]) == wanted["requests"]
            assert number(row["Tokens"]) == pytest.approx(tokens(wanted), rel=0.01)
            if float(wanted["cost_usd"]):
                assert number(row["Cost"]) == pytest.approx(float(wanted["cost_usd"]), rel=0.001)
        assert number(whole["Requests"]) == sum(row["requests"] for row in known.values())
        assert number(whole["Cost"]) == pytest.approx(float(sums(dashboard)[""]["cost_usd"]), rel=0.001)


def test_the_users_figures_are_those_of_the_api_and_of_the_command(page, dashboard):
    page.open(dashboard.base + "/users")
    known = sums(dashboard, "user")
    rows = {row[0]: dict(zip(columns(page, "users"), row)) for row in table(page, "users")}
    assert set(rows) == {user for user in known if user} == {"ann", "bob", "eve"}
    for user, row in rows.items():
        assert number(row["Requests"]) == known[user]["requests"]
        assert number(row["Cost"]) == pytest.approx(float(known[user]["cost_usd"]), rel=0.001)
        out = known[user]["usage"]["output"] + known[user]["usage"]["reasoning"]
        assert number(row["Tokens out"]) == out
        assert number(row["Tokens in"]) == pytest.approx(tokens(known[user]) - out, rel=0.01)


def test_an_export_has_what_is_shown_and_no_formula(page, dashboard):
    page.open(f"{dashboard.base}/requests?user=eve")
    links = page.run("return [...document.querySelectorAll('a[download]')].map((link) => link.getAttribute('href'))")
    wanted = {record["id"] for record in dashboard.get("/api/v1/requests?since=24h&user=eve")["data"]}
    sheet, lines = (
        dashboard.get(next(link for link in links if f"format={form}" in link)) for form in ("csv", "jsonl"))
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert {row["id"] for row in rows} == {json.loads(line)["id"] for line in lines.splitlines()} == wanted
    assert len(rows) == len(wanted) == 7
    assert [row["feature"] for row in rows if "1+2" in row["feature"]] == ["'=1+2"]
    whole = float(sums(dashboard, "user")["eve"]["cost_usd"])
    assert sum(float(row["cost_usd"] or 0) for row in rows) == pytest.approx(whole)
