"""What a person does with the dashboard, by keyboard and by mouse, and what the address keeps of it."""
import urllib.parse

from selenium.webdriver import Keys

# What has the focus, and whether it shows that, or the field around it does.
FOCUS = """
const shows = (element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
};
const active = document.activeElement;
const name = active === document.body ? "body" : active.ariaLabel ?? active.textContent.slice(0, 30);
return [name, shows(active) || shows(active.closest(".filter-line") ?? active)];
"""


def assert_focus_is_seen(page, by_heading=False):
    name, is_shown = page.run(FOCUS)
    assert name != "body", "the focus is lost"
    # The heading of a page that was just gone to is told, not shown.
    assert is_shown or by_heading, f"nobody sees that {name!r} has the focus"


def asked(page):
    """The parameters of the address."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.driver.current_url).query))


def rows(page, selector=".data-row"):
    return page.run("return [...document.querySelectorAll(arguments[0])].map((row) => row.innerText)", selector)


def test_requests_are_found_and_read_by_keyboard_alone(page, dashboard):
    page.open(dashboard.base + "/")
    page.press("g", "r")
    page.until(lambda: page.path() == "/requests", "the requests")
    page.shown()
    assert_focus_is_seen(page, by_heading=True)
    page.press("/")
    assert_focus_is_seen(page)
    page.press("mod", Keys.TAB)
    page.until(lambda: page.one(".filter-line input").get_attribute("value") == "model = ", "the name to be completed")
    page.until(lambda: page.all(".filter-options [role=option]"), "values to choose from")
    page.press("lor")
    page.until(lambda: page.text(".filter-options [role=option]").startswith("demo/lorem"), "what fits")
    page.press(Keys.ENTER)
    page.until(lambda: asked(page) == {"model": "demo/lorem"}, "the filter", page.path)
    page.shown()
    assert len(rows(page)) == 4 and all("demo/lorem" in row for row in rows(page))
    page.press(Keys.ESCAPE)
    page.press("j", "j", Keys.ENTER)
    page.until(lambda: "request" in asked(page), "the panel")
    page.shown()
    chosen = page.one(".data-row[aria-selected=true]").text
    assert chosen == rows(page)[1] and "demo/lorem" in page.text(".panel")
    first = asked(page)["request"]
    page.press("j")
    page.until(lambda: asked(page)["request"] != first, "the next request in the panel")
    page.press(Keys.ESCAPE)
    page.until(lambda: "request" not in asked(page), "the panel to close")
    assert_focus_is_seen(page)


def test_everything_is_reached_by_tabs_and_each_step_is_seen(page, dashboard):
    for path in ("/requests", "/costs", "/keys"):
        page.open(dashboard.base + path)
        for _ in range(21):
            page.press(Keys.TAB)
            assert_focus_is_seen(page)


def test_dialogs_open_and_close_by_keyboard_and_give_the_focus_back(page, dashboard):
    page.open(dashboard.base + "/requests")
    page.press("/", Keys.ESCAPE)
    page.one(".requests-bar .button").send_keys("")
    before = page.run("return document.activeElement.textContent")
    page.press("?")
    assert "Next and previous row" in page.text("dialog[open]")
    assert_focus_is_seen(page)
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.all("dialog"), "the help to close")
    assert page.run("return document.activeElement.textContent") == before
    page.chord(Keys.CONTROL, "k")
    page.press("costs")
    assert page.one("dialog [aria-selected=true]").text.startswith("Costs")
    assert_focus_is_seen(page)
    page.press(Keys.ENTER)
    page.until(lambda: page.path() == "/costs", "the costs")
    page.shown()
    assert_focus_is_seen(page, by_heading=True)


def test_the_time_is_chosen_by_keyboard(page, dashboard):
    page.open(dashboard.base + "/requests")
    page.button("Last 24 hours", "#tools").send_keys(Keys.ENTER)
    assert_focus_is_seen(page)
    page.press(Keys.TAB, Keys.ENTER)
    page.until(lambda: asked(page) == {"since": "1h"}, "the last hour", page.path)
    assert page.run("return document.activeElement.textContent") == "Last 1 hour"
    page.press(Keys.ENTER, Keys.ESCAPE)
    assert not page.all(".popover") and page.run("return document.activeElement.textContent") == "Last 1 hour"
    assert_focus_is_seen(page)


def test_a_target_is_drained_by_keyboard_and_the_audit_log_names_who_did_it(page, dashboard):
    target = "spare/echo@default"

    def drained():
        return [(one["target"], one["by"]) for one in dashboard.get("/api/v1/state")["drained"]]

    page.driver.delete_all_cookies()
    page.sign_in(dashboard.base, dashboard.code("operator", "olga"), "/providers")
    try:
        change(page, target, "Drain")
        page.until_says("The audit log names you", "dialog[open]")
        assert_focus_is_seen(page)
        page.press(Keys.TAB, Keys.ENTER)
        page.until(lambda: drained() == [(target, "olga")], "the target to be drained", lambda: drained())
        page.until_says("drained", f"[aria-label=Targets] {row_of(page, target)}")
        assert_focus_is_seen(page)
        change(page, target, "Undrain")
        page.until(lambda: not drained(), "the target to serve again")
    finally:
        page.driver.delete_all_cookies()
    page.sign_in(dashboard.base, dashboard.code(), "/audit")
    entries = [row for row in rows(page, "[aria-label=Changes] tbody tr") if target in row]
    assert len(entries) == 2 and all("olga" in entry and "drain" in entry for entry in entries)


def row_of(page, target):
    place = next(number for number, row in enumerate(rows(page, "[aria-label=Targets] tbody tr"), 1) if target in row)
    return f"tbody tr:nth-child({place})"


def change(page, target, name):
    page.shown()
    page.until_says(name, f"[aria-label=Targets] {row_of(page, target)}")
    page.button(name, f"[aria-label=Targets] {row_of(page, target)}").send_keys(Keys.ENTER)


def test_the_address_keeps_filter_time_columns_request_and_tab(page, dashboard):
    path = f"/requests?since=6h&user=ann&columns=time%2Cuser%2Ccost&request={dashboard.shown}&tab=details"

    def seen():
        page.shown()
        return [page.text(selector) for selector in (
            ".filter-chips", "#tools", ".data-head", ".data-view", ".tabs [aria-selected=true]", ".panel-body")]

    page.open(dashboard.base + path)
    before = seen()
    assert before[0].split("\n")[0] == "user = ann" and "Last 6 hours" in before[1]
    assert before[2].split() == ["Time", "User", "Cost"] and before[4] == "Details"
    page.driver.refresh()
    assert seen() == before and page.path() == path
    page.button("Raw", ".tabs").click()
    page.until(lambda: asked(page)["tab"] == "raw", "the tab")
    path, before = page.path(), seen()
    page.one(".chip-remove").click()
    page.until_says(f"All {len(dashboard.ids())} requests", ".data-foot")
    assert "user" not in asked(page) and asked(page)["request"] == dashboard.shown
    page.driver.back()
    page.until(lambda: page.path() == path, "the term to be back", page.path)
    assert seen() == before
    page.button("Overview", ".menu").click()
    page.until(lambda: page.path() == "/", "the overview")
    page.driver.back()
    page.until(lambda: page.path() == path, "the requests", page.path)
    assert seen() == before


def test_a_chart_is_zoomed_and_leads_to_the_calls_behind_it(page, dashboard):
    page.open(dashboard.base + "/?since=1h")
    plot = page.one(".chart-plot")
    page.drag(plot, 0.5, 0.99)
    page.until(lambda: "until" in asked(page), "the zoom", page.path)
    page.shown()
    zoomed = asked(page)
    assert zoomed["since"].endswith("Z") and zoomed["since"] < zoomed["until"]
    assert page.text(".tile-value") == str(len(dashboard.ids()))
    page.click_at(page.one(".chart-plot"), 0.99)
    page.until(lambda: page.path().startswith("/requests?"), "the requests", page.path)
    page.shown()
    assert zoomed["since"] <= asked(page)["since"] < asked(page)["until"]
    page.driver.back()
    page.until(lambda: page.path().startswith("/?"), "the overview")
    page.shown()
    page.driver.back()
    page.until(lambda: asked(page) == {"since": "1h"}, "the time before the zoom", page.path)


def test_a_series_of_a_chart_leads_to_its_calls_by_keyboard(page, dashboard):
    page.open(dashboard.base + "/costs?since=15m&by=user")
    plot = page.one(".chart-plot")
    plot.send_keys(Keys.END)
    page.press(Keys.ARROW_DOWN)
    page.until(lambda: page.all(".chart-plot .chosen"), "a series to be chosen")
    user = page.one(".chart-plot .chosen").get_attribute("data-track")
    page.press(Keys.ENTER)
    page.until(lambda: page.path().startswith("/requests?"), "the requests", page.path)
    assert asked(page).get("user") == user and "since" in asked(page) and "until" in asked(page)


def test_the_colours_that_were_chosen_stay(page, dashboard):
    page.open(dashboard.base + "/keys")
    colour = "return getComputedStyle(document.body).backgroundColor"
    light = page.run(colour)
    try:
        page.press("d")
        page.until(lambda: page.run(colour) != light, "the dark colours")
        dark = page.run(colour)
        page.driver.refresh()
        assert page.run(colour) == dark
        page.press("d")
        page.until(lambda: page.run(colour) == light, "the light colours")
    finally:
        page.driver.delete_cookie("headgate_theme")
