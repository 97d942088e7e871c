"""A headless Chromium that keeps what it asked for and what its console said."""
import json
import os
import pathlib
import re
import time

from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

ROOT = pathlib.Path(__file__).parents[3]
PICTURES = pathlib.Path(os.environ.get("HEADGATE_ARTIFACTS", ROOT / ".build" / "screenshots"))
WIDE, NARROW = (1280, 900), (390, 844)

# What the page is still waiting for: nothing, once it is shown.
PENDING = """
const frame = () => new Promise(requestAnimationFrame);
const done = arguments[0];
frame().then(frame).then(() => done(
  document.readyState !== "complete" ? "the document"
  : [...document.querySelectorAll("#main .skeleton")].some((bars) => bars.checkVisibility()) ? "what is still grey"
  : document.querySelector("[aria-busy=true]") ? "something that is busy"
  : document.querySelector("main:empty") ? "the content" : null));
"""


class Browser:
    """One window; `requests` is a list of (method, url, where the answer came from) since the last `forget`."""

    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.set_capability("unhandledPromptBehavior", "ignore")
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_script_timeout(20)
        self.requests, self.sizes, self.running, self.said = [], {}, {}, []
        self.look(WIDE)

    def close(self):
        self.driver.quit()

    def look(self, size, scheme="light"):
        """Sets the size of the page, and the colours that the system prefers."""
        width, height = size
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == NARROW})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}]})

    # What it asked for, and what it said

    def listen(self):
        """Reads the logs; the driver gives each line once."""
        for line in self.driver.get_log("performance"):
            event = json.loads(line["message"])["message"]
            self.note(event["method"], event["params"])
        self.said += self.driver.get_log("browser")

    def note(self, method, params):
        identifier = params.get("requestId")
        if method == "Network.requestWillBeSent":
            request = params["request"]
            self.requests.append([request["method"], request["url"], "network", identifier])
            if params.get("type") == "Document":
                # What the page before still waited for is not waited for any more.
                self.running.clear()
            if params.get("type") != "EventSource":
                self.running[identifier] = request["url"]
        elif method == "Network.requestServedFromCache":
            self.mark(identifier, "cache")
        elif method == "Network.responseReceived" and params["response"].get("fromDiskCache"):
            self.mark(identifier, "cache")
        elif method in ("Network.loadingFinished", "Network.loadingFailed"):
            self.running.pop(identifier, None)

    def mark(self, identifier, source):
        for request in self.requests:
            if request[3] == identifier:
                request[2] = source

    def forget(self):
        self.listen()
        self.requests.clear()
        self.said.clear()

    def complaints(self):
        self.listen()
        return [entry["message"] for entry in self.said if entry["level"] in ("WARNING", "SEVERE")]

    def urls(self, part=""):
        self.listen()
        return [url for _, url, _, _ in self.requests if part in url]

    # Going and waiting

    def open(self, url):
        self.driver.get(url)
        return self.shown()

    def sign_in(self, base, code, path="/"):
        """Asks for a page, and goes through the door before it."""
        self.driver.get(base + path)
        self.one("#code").send_keys(code, Keys.ENTER)
        self.until(lambda: self.path() == path, "the page behind the door")
        return self.shown()

    def shown(self):
        """Waits until the page has all it asked for and has drawn it."""
        def pending():
            self.listen()
            return list(self.running.values()) or self.driver.execute_async_script(PENDING)
        self.until(lambda: not pending(), "the page to be shown", lambda: pending())
        return self

    def until(self, condition, what, detail=lambda: "", seconds=15):
        deadline = time.monotonic() + seconds
        while not (result := condition()):
            assert time.monotonic() < deadline, f"waited in vain for {what}: {detail()}"
            time.sleep(0.03)
        return result

    def until_says(self, text, selector="body"):
        self.until(lambda: text in self.text(selector), f"{text!r}", lambda: self.text(selector)[:800])

    def path(self):
        return re.sub(r"^https?://[^/]+", "", self.driver.current_url)

    # What there is

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        self.until(lambda: self.all(selector), selector, lambda: self.path())
        return self.all(selector)[0]

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def button(self, name, within="body"):
        """The button or link that a person knows by this name."""
        found = self.until(lambda: [
            element for element in self.all(f"{within} :is(button, a, summary)")
            if element.accessible_name == name and element.is_displayed()], f"a button {name!r}")
        return found[0]

    # What a person does

    def press(self, *keys):
        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(key).perform()

    def chord(self, modifier, key):
        ActionChains(self.driver, duration=0).key_down(modifier).send_keys(key).key_up(modifier).perform()

    def click_at(self, element, share):
        """Clicks on an element, at a share of its width."""
        chain = ActionChains(self.driver, duration=0)
        chain.move_to_element_with_offset(element, place(element, share), 0).click().perform()

    def drag(self, element, start, end):
        """Drags over an element, from one share of its width to another."""
        chain = ActionChains(self.driver, duration=20)
        chain.move_to_element_with_offset(element, place(element, start), 0).click_and_hold()
        chain.move_to_element_with_offset(element, place(element, (start + end) / 2), 0)
        chain.move_to_element_with_offset(element, place(element, end), 0).release().perform()

    def picture(self, name):
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(PICTURES / f"{name}.png"))


def place(element, share):
    """How far from its middle a share of an element's width is."""
    return round((share - 0.5) * element.size["width"])
