"""The dashboard's door: who gets in, what they may do, and how they get out."""
import http.client
import json
import urllib.parse

import pytest
from selenium.webdriver import Keys

from browser import Browser
from dashboard import Dashboard
from program import ADMIN

PAGES = ("/", "/requests", "/traces", "/traces/0af7651916cd43dd8448eb211c80319c", "/sessions", "/users", "/costs",
         "/providers", "/keys", "/system", "/audit")


def visit(dashboard, path, method="GET", cookie=None, form=None, **headers):
    """Status, headers and text of an answer; redirects are not followed."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookie:
        fields["cookie"] = f"headgate_session={cookie}"
    if form is not None:
        fields["content-type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection("127.0.0.1", dashboard.admin, timeout=20)
    try:
        connection.request(method, path, urllib.parse.urlencode(form) if form is not None else None, fields)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def try_code(dashboard, code, place="/"):
    return visit(dashboard, "/login", "POST", form={"code": code, "next": place})


def signed_in(dashboard, code):
    """What the cookie holds."""
    status, headers, _ = try_code(dashboard, code)
    assert status in (302, 303), status
    name, value = headers["set-cookie"].split(";")[0].split("=", 1)
    assert name == "headgate_session" and len(value) > 20
    return value


@pytest.fixture
def fresh(tmp_path):
    """A program of the test's own, whose count of wrong codes is at zero."""
    fresh = Dashboard(tmp_path).start()
    yield fresh
    fresh.stop()


def test_the_door_leads_back_to_where_one_wanted_to_go(browser: Browser, dashboard):
    wanted = "/requests?since=1h&model=demo%2Fecho&columns=time%2Cmodel"
    browser.driver.delete_all_cookies()
    browser.forget()
    browser.driver.get(dashboard.other + wanted)
    assert browser.path() == "/login?next=" + urllib.parse.quote(wanted)
    assert browser.driver.switch_to.active_element.get_attribute("id") == "code"
    browser.press("AAAA-BBBB-CCCC", Keys.ENTER)
    browser.until_says("not known", "[role=alert]")
    browser.picture("login")
    code = dashboard.code()
    browser.one("#code").send_keys(code, Keys.ENTER)
    browser.until(lambda: browser.path() == wanted, "the page one wanted")
    browser.shown()
    assert {row.text for row in browser.all(".data-row [role=gridcell]:nth-child(2)")} == {"demo/echo"}
    assert try_code(dashboard, code)[0] == 403, "a code is good twice"
    cookie = next(one for one in browser.driver.get_cookies() if one["name"] == "headgate_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["path"] == "/"
    assert not any(secret in url for url in browser.urls() for secret in (cookie["value"], code))
    assert browser.run("return document.cookie").find("headgate_session") < 0


def test_who_signs_out_is_out(browser: Browser, dashboard):
    browser.driver.delete_all_cookies()
    browser.sign_in(dashboard.other, dashboard.code())
    cookie = browser.driver.get_cookie("headgate_session")["value"]
    assert visit(dashboard, "/api/v1/keys", cookie=cookie)[0] == 200
    browser.button("Sign out").click()
    browser.until(lambda: browser.path() == "/login", "the door")
    assert visit(dashboard, "/api/v1/keys", cookie=cookie)[0] == 401
    browser.driver.get(dashboard.other + "/keys")
    assert browser.path().startswith("/login")


def test_what_a_token_opened_ends_with_it(tmp_path):
    program = Dashboard(tmp_path).start()
    cookie = signed_in(program, ADMIN)
    assert visit(program, "/api/v1/keys", cookie=cookie)[0] == 200
    program.stop()
    program.start(token="another-admin-token")
    try:
        assert visit(program, "/api/v1/keys", cookie=cookie)[0] == 401
        assert visit(program, "/keys", cookie=cookie)[1]["location"] == "/login?next=/keys"
        assert try_code(program, ADMIN)[0] == 403
    finally:
        program.stop()


def test_the_eleventh_wrong_code_within_a_minute_has_to_wait(fresh):
    for number in range(10):
        status, _, text = try_code(fresh, f"AAAA-BBBB-{number:04}")
        assert status == 403 and "not known" in text
    for code in ("AAAA-BBBB-CCCC", fresh.code()):
        status, headers, text = try_code(fresh, code)
        assert status == 429 and 1 <= int(headers["retry-after"]) <= 60 and headers["set-cookie"] is None
        assert f"Try again in {headers['retry-after']} seconds" in text


@pytest.mark.parametrize("place", [
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/login?next=/login",
    "javascript:alert(1)", "/\t/evil.example", ""])
def test_the_door_leads_nowhere_but_into_the_house(dashboard, place):
    status, headers, _ = try_code(dashboard, dashboard.code(), place)
    assert status in (302, 303) and headers["location"] == "/"
    text = visit(dashboard, "/login?" + urllib.parse.urlencode({"next": place}))[2]
    assert 'name="next" value="/"' in text and "evil" not in text


def test_a_change_with_the_cookie_comes_from_the_own_page_alone(dashboard):
    cookie = signed_in(dashboard, dashboard.code())
    own, target = f"http://127.0.0.1:{dashboard.admin}", "/api/v1/targets/demo%2Fnobody@default/undrain"
    changes = [("POST", "/api/v1/keys"), ("DELETE", "/api/v1/records?user=nobody"), ("POST", target)]
    for method, path in changes:
        for origin in ("http://evil.example", "null", f"http://127.0.0.1:{dashboard.port}", own + ".evil.example"):
            assert visit(dashboard, path, method, cookie, origin=origin)[0] == 403, (path, origin)
        assert visit(dashboard, path, method, cookie)[0] == 403, path
    assert visit(dashboard, changes[1][1], "DELETE", cookie, origin=own)[0] == 200
    for path in ("/api/v1/requests", "/api/v1/requests/export", "/metrics"):
        assert visit(dashboard, path, cookie=cookie, origin="http://evil.example")[0] == 403, path
    # A name that somebody else points here is no name of this machine.
    elsewhere = {"host": "evil.example", "origin": "http://evil.example"}
    assert visit(dashboard, "/api/v1/requests", cookie=cookie, **elsewhere)[0] == 403
    assert visit(dashboard, "/login", "POST", form={"code": ADMIN}, origin="http://evil.example")[0] == 403
    assert visit(dashboard, "/logout", "POST", cookie, origin="http://evil.example")[0] == 403
    assert visit(dashboard, "/api/v1/requests", cookie=cookie)[0] == 200


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_everybody_sees_and_may_do_what_the_role_says(browser: Browser, dashboard, role):
    browser.driver.delete_all_cookies()
    browser.sign_in(dashboard.other, dashboard.code(role, "wolf"), "/providers")
    cookie = browser.driver.get_cookie("headgate_session")["value"]
    found = {}
    for path, name in (("/providers", "Drain"), ("/keys", "New key"), ("/users?user=ann", "Erase this user")):
        browser.open(dashboard.other + path)
        assert not browser.all("#main .failure")
        found[name] = any(button.text == name for button in browser.all("button"))
    assert found == {"Drain": role != "viewer", "New key": role == "admin", "Erase this user": role == "admin"}
    own = {"cookie": cookie, "origin": f"http://127.0.0.1:{dashboard.admin}"}
    # What one may is seen by another answer than 403: nothing of it is really there.
    drained = visit(dashboard, "/api/v1/targets/nowhere/drain", "POST", **own)[0]
    assert (drained == 403) == (role == "viewer")
    for method, path in (("POST", "/api/v1/keys"), ("DELETE", "/api/v1/keys/nothing"), ("GET", "/api/v1/audit"),
                         ("DELETE", "/api/v1/records?user=nobody")):
        status, _, text = visit(dashboard, path, method, **own)
        assert (status == 403) == (role != "admin"), (path, status, text)
    assert visit(dashboard, "/api/v1/requests", **own)[0] == 200


@pytest.mark.parametrize("path", ("/login", *PAGES))
def test_a_page_lets_nothing_in_from_elsewhere(dashboard, path):
    cookie = None if path == "/login" else signed_in(dashboard, ADMIN)
    status, headers, _ = visit(dashboard, path, cookie=cookie)
    assert status == 200 and headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert {policy[name] for name in ("default-src", "frame-ancestors", "base-uri")} == {"'none'"}
    assert policy["require-trusted-types-for"] == "'script'" and policy["form-action"] == "'self'"
    assert not any("unsafe" in value or "*" in value or "http" in value for value in policy.values())
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin" and headers["cache-control"] == "no-store"


def test_who_is_not_signed_in_learns_nothing_of_what_there_is(dashboard):
    for path in PAGES:
        status, headers, text = visit(dashboard, path + "?a=b", cookie="wrong")
        assert status in (302, 303) and not text
        assert headers["location"] == "/login?next=" + urllib.parse.quote(path + "?a=b")
    answers = {visit(dashboard, path)[::2] for path in (
        "/nothing", "/requests/more", "/api/v1/requests", "/api/v1/nothing", "/.git/config", "/api/v1/keys/1")}
    assert len(answers) == 1
    status, text = answers.pop()
    assert status == 401 and "token" in json.loads(text)["error"]["message"]
    cookie = signed_in(dashboard, ADMIN)
    assert [visit(dashboard, path, cookie=cookie)[0] for path in ("/nothing", "/api/v1/nothing")] == [404, 404]
