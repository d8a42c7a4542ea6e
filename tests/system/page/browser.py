"""A headless browser, and what it is asked about the page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any, TypeVar

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

PROGRAMS = ("chromium", "chromedriver")
PATIENCE = 20.0

Found = TypeVar("Found")


def missing() -> str:
    """Return which program of Debian's is not here; nothing if all are."""
    return next((name for name in PROGRAMS if shutil.which(name) is None), "")


class Browser:
    """Chromium without a window."""

    def __init__(self) -> None:
        options = ChromeOptions()
        options.binary_location = shutil.which(PROGRAMS[0]) or ""
        words = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
        for word in (*words, "--disable-background-networking", "--force-prefers-reduced-motion"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = Chrome(options=options, service=Service(shutil.which(PROGRAMS[1]) or ""))
        self.size(1280, 900)

    def quit(self) -> None:
        """End it."""
        self.driver.quit()

    def open(self, url: str) -> None:
        """Open a page, and wait until it is live."""
        self.driver.get("about:blank")
        self.driver.get(url)
        self.until(lambda: self.text("#state-text") == "Live", "the page is live")

    def size(self, width: int, height: int) -> None:
        """Have a window of this size, whatever windows there may be."""
        about = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", about)

    def prefer(self, scheme: str) -> None:
        """Have the system prefer light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def one(self, selector: str) -> WebElement:
        """Return an element."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """Return elements."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """Return what an element says, whether it can be seen or not."""
        return str(self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector))

    def texts(self, selector: str) -> list[str]:
        """Return what elements say."""
        script = "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)"
        found: list[str] = self.run(script, selector)
        return found

    def run(self, script: str, *args: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *args)

    def until(self, look: Callable[[], Found], what: str) -> Found:
        """Wait until something is so, and return it."""
        return WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda _: look(), f"waited in vain until {what}")

    def show(self, tab: str) -> None:
        """Look at a part of the page."""
        self.run("location.hash = arguments[0]", tab)
        self.until(lambda: self.one(f"#panel-{tab.partition('/')[0]}").is_displayed(), f"{tab} is shown")

    def clear(self, selector: str) -> None:
        """Take away what stands in a field, as somebody does."""
        self.one(selector).send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def focused(self) -> str:
        """Return the id, or else the words, of what has the focus."""
        script = "const it = document.activeElement; return it.id || it.getAttribute('aria-label') || it.textContent"
        return str(self.run(script))

    def complaints(self) -> list[str]:
        """Return what the console says since this was asked last."""
        return [str(each["message"]) for each in self.driver.get_log("browser")]

    def requested(self) -> set[str]:
        """Return the addresses of all that was asked for since this was asked last."""
        log: list[dict[str, Any]] = self.driver.get_log("performance")
        said = [json.loads(each["message"])["message"] for each in log]
        return {each["params"]["request"]["url"] for each in said if each["method"] == "Network.requestWillBeSent"}


TAB, ENTER, ESCAPE = Keys.TAB, Keys.ENTER, Keys.ESCAPE
LEFT, RIGHT, DOWN, HOME, END = Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.HOME, Keys.END
