"""The dashboard while something happens: the first call, new calls, a key that comes and goes, a program that ends."""
import urllib.request

import pytest
from selenium.webdriver import Keys

from browser import WIDE
from conftest import KEY
from dashboard import Dashboard


@pytest.fixture
def empty(tmp_path, browser):
    """A program through which nothing went yet, and which the browser has open."""
    empty = Dashboard(tmp_path).start()
    browser.look(WIDE)
    browser.driver.delete_all_cookies()
    browser.sign_in(empty.other, empty.code())
    yield empty
    if empty.process.poll() is None:
        empty.stop()


def ask(program, key):
    """The status of a call with this key."""
    return program.ask(key=key)[0]


def test_an_empty_gateway_says_what_to_send_and_shows_it_when_it_came(browser, empty):
    browser.until_says("Send the first request")
    command = browser.text("main pre")
    assert f"curl http://127.0.0.1:{empty.port}/v1/chat/completions" in command and '"model":"demo/echo"' in command
    browser.picture("first-run")
    browser.run("window.isSame = true")
    # What it says to send is what is sent.
    body = command.split("-d '")[1].rsplit("'", 1)[0]
    request = urllib.request.Request(
        f"http://127.0.0.1:{empty.port}/v1/chat/completions", body.encode(), {"authorization": f"Bearer {KEY}"})
    assert urllib.request.urlopen(request, timeout=20).status == 200
    browser.until(lambda: browser.all(".tile"), "the figures")
    assert browser.text(".tile").split("\n")[:2] == ["Requests", "1"]
    assert browser.run("return window.isSame"), "the page was loaded anew"


def test_a_page_without_data_says_so(browser, empty):
    browser.forget()
    for path in ("/requests", "/traces", "/sessions", "/users", "/costs", "/providers", "/keys", "/audit"):
        browser.open(empty.other + path)
        assert len(browser.text("main")) > 40 and not browser.all("main .failure"), path
        browser.picture("empty" + path.replace("/", "-"))
    assert browser.complaints() == []


def test_a_page_whose_program_does_not_answer_says_so_and_tries_again(browser, empty):
    browser.open(empty.other + "/users")
    empty.call("demo/echo", x_headgate_user="ann")
    empty.wait_for(1)
    empty.stop()
    browser.button("Refresh").click()
    browser.until_says("Headgate does not answer", "[role=alert]")
    assert "Is the server running?" in browser.text("[role=alert]")
    browser.picture("unreachable")
    empty.start()
    browser.button("Try again").click()
    browser.until_says("ann", "[aria-label=users]")
    assert not browser.all("[role=alert]")
    empty.stop()
    browser.button("Costs", ".menu").click()
    browser.until_says("Headgate does not answer", "[role=alert]")
    assert browser.text("h1") == "Costs" and browser.all("[role=alert] button")


def test_a_live_list_shows_new_calls_and_keeps_the_place_of_who_reads(browser, empty):
    browser.open(empty.other + "/requests?feature=chat")
    browser.press("l")
    browser.until(lambda: browser.urls("/api/v1/requests/stream"), "the stream of calls")
    assert "live=1" in browser.path()
    browser.shown()
    for number in range(3):
        empty.call("demo/echo", f"call {number}", x_headgate_feature="chat")
        browser.until_says(f"call {number}", ".data-view")
    empty.call("demo/echo", "not wanted", x_headgate_feature="search")
    empty.call("demo/echo", "the last", x_headgate_feature="chat")
    browser.until_says("the last", ".data-view")
    texts = [row.text for row in browser.all(".data-row")]
    assert len(texts) == 4 and not any("not wanted" in text for text in texts)
    assert [next(word for word in ("last", "call 2", "call 1", "call 0") if word in text) for text in texts] == [
        "last", "call 2", "call 1", "call 0"]
    browser.press("l")
    browser.until(lambda: "live" not in browser.path(), "live to end")


def test_a_key_is_made_used_once_shown_and_revoked(browser, empty):
    browser.open(empty.other + "/keys")
    browser.button("New key").click()
    browser.one("dialog [name=name]").send_keys("partner")
    browser.one("dialog [name=feature]").send_keys("partners", Keys.ENTER)
    token = browser.one("dialog .token").text
    assert "shown once" in browser.text("dialog") and len(token) > 20
    browser.picture("key-made")
    browser.until(lambda: ask(empty, token) == 200, "the key to count")
    browser.button("Close", "dialog").click()
    browser.until_says("partner", "[aria-label=Keys]")
    browser.driver.refresh()
    browser.shown()
    assert token not in browser.driver.page_source and not any(token in url for url in browser.urls())
    empty.wait_for(1)
    assert empty.get("/api/v1/requests?key=partner&feature=partners&since=1h")["data"]
    browser.button("Revoke", "[aria-label=Keys]").click()
    browser.until_says("cannot be taken back", "dialog")
    assert ask(empty, token) == 200, "it is revoked before anybody said so"
    browser.button("Revoke", "dialog").click()
    browser.until_says("1 revoked", "main")
    browser.until(lambda: ask(empty, token) == 401, "the key to be refused")
    actions = [(entry["action"], entry["subject"], entry["actor"]) for entry in empty.get("/api/v1/audit")["data"]]
    assert ("create key", "partner", "root") in actions and ("revoke key", "partner", "root") in actions


def test_a_user_is_erased_after_a_question(browser, empty):
    for user in ("ann", "bob"):
        empty.call("demo/echo", x_headgate_user=user)
    empty.wait_for(2)
    browser.open(empty.other + "/users?user=ann")
    browser.button("Erase this user").click()
    browser.until_says("in the project “default” will be deleted for good", "dialog")
    assert len(empty.ids()) == 2
    browser.button("Erase for good", "dialog").click()
    browser.until(lambda: browser.path() == "/users", "the list")
    assert [row["tags"]["user"] for row in empty.get("/api/v1/requests?since=1h")["data"]] == ["bob"]
