"""The page in a browser: each thing that it shows and does, for everybody who comes to it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

pytest.importorskip("selenium", reason="the page is tried in a browser, by selenium: pip install 'exchange[test]'")

from selenium.webdriver.support.select import Select

from tests.system.page.browser import DOWN, END, ENTER, ESCAPE, HOME, LEFT, RIGHT, TAB, Browser, missing

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(bool(missing()), reason=f"no {missing()} here; apt-get install chromium chromium-driver"),
]

ROOT = Path(__file__).parents[3]
TABS = ("mesh", "services", "instances", "links", "calls", "reports", "errors", "try")
SCRIPT = "<script>alert(1)</script>"
"""A name that one of the services has."""


@pytest.fixture(scope="module")
def places() -> Iterator[dict[str, str]]:
    """A mesh, in a process of its own; where its pages are."""
    words = [sys.executable, "-m", "tests.system.page.site"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        process.wait(20)


@pytest.fixture(scope="module")
def one_browser(places: dict[str, str]) -> Iterator[Browser]:
    """One browser for all tests; at the end it must have asked nobody but the hub, and have complained of nothing."""
    browser = Browser()
    browser.open(places["rome"])
    yield browser
    asked, complaints = browser.requested(), browser.complaints()
    browser.quit()
    asked = {re.sub("//.*@", "//", url) for url in asked}
    strangers = [url for url in asked if not url.startswith((places["rome"], places["guarded"], "about:"))]
    assert strangers == []
    assert any("/api/live" in url for url in asked), "what was asked for is known at all"
    assert complaints == []


@pytest.fixture
def browser(one_browser: Browser, places: dict[str, str]) -> Browser:
    """The page of the hub rome, as whoever comes to it sees it."""
    if one_browser.run("return location.origin") != places["rome"].rstrip("/"):
        one_browser.open(places["rome"])
    one_browser.show("mesh")
    return one_browser


def rows(browser: Browser, panel: str) -> list[list[str]]:
    """Return what the first table of a panel shows."""
    script = """return [...document.querySelectorAll(`${arguments[0]} table`)[0]?.tBodies[0].rows ?? []]
        .map((row) => [...row.cells].map((cell) => cell.textContent))"""
    found: list[list[str]] = browser.run(script, panel)
    return found


def test_the_mesh_is_drawn_with_all_hubs_and_peers_and_the_calls_between_them(browser: Browser) -> None:
    browser.until(lambda: len(browser.all(".arc.busy")) > 10, "calls are drawn")

    assert sorted(browser.texts(".node.hub .name")) == ["oslo", "paris", "rome"]
    assert len(browser.all(".node.peer")) == 16
    assert {"orders", "billing", "archive", "greenhouse +1"} <= set(browser.texts(".node.peer .name"))
    assert "3 hubs, 16 peers, 12 services" in browser.text("#summary")
    assert any(words.endswith("/s") for words in browser.texts(".node .more")), "how fast they call"
    assert len(browser.all(".wires .between")) == 3


MANY = """
const [hubCount, peerCount, done] = arguments;
import("/mesh.js").then(({Mesh}) => {
    const many = (number) => [...Array(number).keys()];
    const place = document.createElement("div");
    document.querySelector("#picture").append(place);
    const mesh = new Mesh(place, document.createElement("p"), document.createElement("p"));
    const hubs = many(hubCount).map((n) => ({id: `h${n}`, name: `hub ${n}`, own: !n}));
    const offers = (n) => (n % 3 ? [`service ${n % 7}`] : []);
    const peers = many(peerCount).map((n) => ({id: `p${n}`, hub: `h${n % hubCount}`, offers: offers(n)}));
    const calls = many(peerCount).map((n) => ({from: `p${n}`, to: `p${(n * 7 + 3) % peerCount}`, rate: n, failing: 0}));
    mesh.show(hubs, peers, calls);
    const nodes = [...mesh.nodes.values()];
    const far = nodes.flatMap((one) => nodes.filter((each) => each !== one).map(
        (other) => Math.hypot(one.x - other.x, one.y - other.y)));
    place.remove();
    done({nodes: nodes.length, nearest: Math.min(...far), title: mesh.image.getAttribute("aria-label")});
});
"""


def test_three_hubs_with_fifty_peers_are_drawn_one_by_one_and_hundreds_together_by_what_they_are(
    browser: Browser,
) -> None:
    fifty = browser.driver.execute_async_script(MANY, 3, 50)
    assert fifty["nodes"] == 53
    assert fifty["nearest"] > 50, "none stands upon another"
    assert fifty["title"].startswith("The mesh: 3 hubs, 50 peers, 7 services; ")

    hundreds = browser.driver.execute_async_script(MANY, 3, 900)
    assert hundreds["nodes"] <= 3 + 3 * 8
    assert "900 peers" in hundreds["title"]


def test_whoever_is_chosen_in_the_picture_is_told_of(browser: Browser) -> None:
    browser.run("document.querySelector('.node[aria-label*=\"orders\"]').dispatchEvent(new MouseEvent('click'))")

    details: Any = browser.until(
        lambda: "orders" in browser.text("#chosen h3") and browser.text("#chosen"), "it is shown"
    )

    assert "calls stock: " in details
    assert "is called by web-shop: " in details
    assert "Addresstcp:127.0.0.1" in details


def test_what_passes_at_a_glance_and_who_the_hub_is(browser: Browser, places: dict[str, str]) -> None:
    script = (
        "return Object.fromEntries([...document.querySelectorAll('.figure')].map((each) => "
        "[each.querySelector('dt').textContent, each.querySelector('.value').textContent]))"
    )
    shown: Any = browser.until(lambda: (it := browser.run(script))["Calls/s"] != "0" and it, "calls are counted")

    assert (shown["Hubs"], shown["Peers"], shown["Services"]) == ("3", "16", "12")
    assert shown["Traffic"].endswith("/s")
    assert browser.text("#hub") == "rome"
    assert browser.driver.title == "rome \u2013 exchange"
    assert "hub " in browser.text("#about")
    assert "Python 3" in browser.text("#versions")


def test_services_are_listed_whatever_they_are_called(browser: Browser) -> None:
    browser.show("services")

    found = {row[0]: row for row in rows(browser, "#panel-services")}

    assert len(found) == 12
    assert found["math"][1] == "2"
    assert found[SCRIPT][1] == "1", "it is a name like any other"
    assert browser.all("script:not([src])") == []


def test_rates_and_counts_are_live(browser: Browser) -> None:
    browser.show("services")

    def calls() -> int:
        return int({row[0]: row for row in rows(browser, "#panel-services")}["orders"][3].replace(",", ""))

    before = calls()
    browser.until(lambda: calls() > before, "more calls are counted")


def test_a_table_is_sorted_and_filtered(browser: Browser) -> None:
    browser.show("services")
    names = lambda: [row[0] for row in rows(browser, "#panel-services")]  # noqa: E731
    assert names() == sorted(names(), key=str.casefold)

    browser.one("#panel-services thead button").click()
    assert names() == sorted(names(), key=str.casefold, reverse=True)
    assert browser.one("#panel-services thead th").get_attribute("aria-sort") == "descending"

    browser.one("#panel-services input").send_keys("prices")
    assert names() == ["prices-desk", "prices"]
    assert browser.text("#panel-services .bar span") == "2 of 12"
    browser.one("#panel-services input").send_keys("!")
    assert browser.text("#panel-services .nothing") == "Nothing fits the filter."
    browser.clear("#panel-services input")
    browser.one("#panel-services thead button").click()


def test_instances_links_and_who_calls_whom_are_listed(browser: Browser) -> None:
    browser.show("instances")
    assert len(rows(browser, "#panel-instances")) == 13
    assert [row[0] for row in rows(browser, "#panel-instances") if row[0] == "math"] == ["math", "math"]

    browser.show("links")
    links = rows(browser, "#panel-links")
    assert len(links) == 22
    assert sum(row[1] == "hub" for row in links) == 6
    assert [row[2] for row in links[:8]] == ["rome"] * 8, "first those of this hub"
    assert len([each for each in browser.all("#panel-links td button") if each.is_displayed()]) == 8

    browser.show("calls")
    found = {(row[0].partition(" (")[0], row[1]) for row in rows(browser, "#panel-calls")}
    assert {("orders", "stock"), ("stock", "archive"), ("greenhouse, irrigation", "weather")} <= found


def test_kept_reports_are_shown_with_their_age_which_grows(browser: Browser) -> None:
    browser.show("reports")

    def found() -> dict[str, list[str]]:
        return {row[0]: row for row in rows(browser, "#reports")}

    browser.until(lambda: len(found()) == 4, "the reports are there")
    report = found()["grain.rye"]
    assert report[1] == "prices"
    assert set(json.loads(report[2])) == {"price"}
    assert report[3].endswith(" s")
    browser.until(lambda: found()["grain.rye"][3] != report[3], "it has another age")

    Select(browser.one("#reports-service")).select_by_value("stock")
    browser.until(lambda: browser.text("#reports .nothing") == "Nobody keeps a report.", "of this one nothing is kept")
    Select(browser.one("#reports-service")).select_by_value("")
    browser.until(lambda: len(found()) == 4, "the reports are there again")
    assert "Nobody subscribes" in browser.text("#subscriptions .nothing")


def test_errors_are_counted_by_their_kind(browser: Browser) -> None:
    browser.show("errors")
    found: Any = browser.until(
        lambda: len(rows(browser, "#panel-errors")) >= 2 and rows(browser, "#panel-errors"), "there are some"
    )
    kinds = {row[0]: row for row in found}
    assert kinds["57"][1] == "RemoteError"
    assert "math " in kinds["57"][4]
    assert "weather " in kinds["120"][4]
    assert "requests" in browser.text("#panel-errors")


class Trying:
    """Fills in the form for a method."""

    def __init__(self, browser: Browser, service: str) -> None:
        self.browser = browser
        browser.show(f"try/{service}")
        browser.until(lambda: service in browser.run("return document.querySelector('#try-service').value"), "chosen")

    def choose(self, method: str, **given: str) -> None:
        """Choose a method, and give it arguments."""
        at = self.browser
        at.until(
            lambda: at.run("return document.querySelector(`#try-method option[value='${arguments[0]}']`)", method), "it"
        )
        Select(at.one("#try-method")).select_by_value(method)
        for name, value in given.items():
            field = at.one(f"#argument-{name}")
            if field.tag_name == "select":
                Select(field).select_by_visible_text(value)
            else:
                at.clear(f"#argument-{name}")
                field.send_keys(value)

    def call(self) -> str:
        """Call it, and return what is said then."""
        self.browser.run("document.querySelector('#try-result').replaceChildren()")
        self.browser.one("#try-send").click()
        self.browser.until(lambda: self.browser.text("#try-result") not in ("", "Calling…"), "there is an answer")
        return self.browser.text("#try-result")


def test_a_method_is_called_by_a_form_made_from_its_description(browser: Browser) -> None:
    trying = Trying(browser, "math")

    trying.choose("multiply", x="6")
    assert "Return the product of two numbers. Returns float." in browser.text("#try-about")
    assert "as usual: 2" in browser.text("#try-inputs")
    assert trying.call().endswith("12")

    trying.choose("multiply", x="6", y="7")
    answer = trying.call()
    assert answer.startswith("Answered in ")
    assert answer.endswith("42")

    trying.choose("choose", colour="green", large="12345678901234567890123")
    assert trying.call().endswith('green 12345678901234567890123"'), "no digit is lost"

    trying.choose("total", numbers="[1, 2.6]", rounded="true", label="sum")
    assert json.loads(trying.call().partition("{")[2].join(["{", ""])) == {"label": "sum", "sum": 4}
    trying.choose("multiply")
    trying.choose("total", numbers="[1, 2]")
    assert json.loads(trying.call().partition("{")[2].join(["{", ""])) == {"label": None, "sum": 3}


def test_what_cannot_be_sent_is_told_at_the_field_and_a_failure_in_place_of_the_result(browser: Browser) -> None:
    trying = Trying(browser, "math")

    trying.choose("divide", x="six", y="1")
    assert trying.call() == "Some of what was given cannot be sent."
    assert browser.text("#argument-x-fault") == "This is not a number."
    assert browser.focused() == "argument-x"
    assert browser.one("#argument-x").get_attribute("aria-invalid") == "true"

    trying.choose("divide", x="1", y="0")
    assert trying.call().startswith("RemoteError (57)")
    assert "division by zero" in browser.text("#try-result")


def test_whoever_waits_may_stop(browser: Browser) -> None:
    trying = Trying(browser, "math")
    trying.choose("slow", seconds="60")
    browser.one("#try-send").click()
    browser.until(lambda: browser.one("#try-stop").is_displayed(), "it may be stopped")
    browser.one("#try-stop").click()
    browser.until(lambda: "Nobody waits" in browser.text("#try-result"), "nobody waits")


def test_a_button_at_a_service_leads_to_its_form(browser: Browser) -> None:
    browser.show("services")
    browser.one('button[aria-label="Try a method of weather"]').click()
    browser.until(lambda: "Do it." in browser.text("#try-about"), "its method is shown")
    assert browser.run("return location.hash") == "#try/weather"


def test_a_link_is_ended_when_that_was_confirmed(browser: Browser) -> None:
    browser.show("links")
    script = """return [...document.querySelectorAll("#panel-links tbody tr")].find(
        (row) => row.cells[1].textContent === "peer" && row.cells[2].textContent === "rome").querySelector("button")"""
    button = browser.run(script)
    label = button.get_attribute("aria-label")

    button.click()
    assert browser.one("#kick").is_displayed()
    assert "loses its link to this hub; it may dial again" in browser.text("#kick-text")
    browser.press(ESCAPE)
    assert not browser.one("#kick").is_displayed()
    assert browser.focused() == label, "the focus is back"
    assert browser.text("#notice") == ""

    button.click()
    browser.one("#kick-reason").send_keys("only a test", ENTER)
    browser.until(lambda: not browser.one("#kick").is_displayed(), "it is closed")
    assert browser.text("#notice") == "", "enter leaves it as it is"

    button.click()
    browser.one("#kick button.danger").click()
    browser.until(lambda: browser.text("#notice").startswith("1 link to "), "it has ended")


def test_the_page_can_be_held_still(browser: Browser) -> None:
    browser.one("#pause").click()
    assert browser.text("#state-text") == "Paused"
    assert browser.one("#pause").get_attribute("aria-pressed") == "true"
    browser.one("#pause").click()
    browser.until(lambda: browser.text("#state-text") == "Live", "it is live again")


def test_it_is_light_or_dark_as_the_system_is_or_as_somebody_chose(browser: Browser) -> None:
    paper = lambda: browser.run("return getComputedStyle(document.body).backgroundColor")  # noqa: E731
    browser.prefer("light")
    light = paper()
    browser.prefer("dark")
    assert (dark := paper()) != light

    Select(browser.one("#scheme")).select_by_value("light")
    assert paper() == light
    browser.driver.refresh()
    assert paper() == light, "it is remembered"
    Select(browser.one("#scheme")).select_by_value("auto")
    assert paper() == dark
    browser.prefer("light")
    browser.until(lambda: browser.text("#state-text") == "Live", "it is live again")


def test_nothing_moves_for_those_who_prefer_that(browser: Browser) -> None:
    browser.until(lambda: browser.all(".arc.busy"), "calls are drawn")
    assert browser.run("return getComputedStyle(document.querySelector('.arc.busy')).animationName") == "none"


def test_a_telephone_shows_all_of_it_and_the_page_is_not_wider(browser: Browser) -> None:
    browser.size(360, 740)
    try:
        for tab in TABS:
            browser.show(tab)
            wide = browser.run("return [document.documentElement.scrollWidth, document.body.scrollWidth]")
            assert wide == [360, 360], tab
        browser.show("services")
        assert {row[0] for row in rows(browser, "#panel-services")} >= {"math", "orders"}
        trying = Trying(browser, "math")
        trying.choose("multiply", x="6", y="7")
        assert trying.call().endswith("42")
    finally:
        browser.size(1280, 900)


def test_all_of_it_is_reached_from_the_keyboard(browser: Browser) -> None:
    browser.driver.refresh()
    browser.until(lambda: browser.text("#state-text") == "Live" and browser.all(".node"), "it is live")
    browser.one("body").send_keys(TAB)
    assert browser.focused() == "Skip to the content"
    assert browser.one(".skip").location["y"] >= 0, "it is seen when it has the focus"
    browser.press(ENTER)
    assert browser.focused() == "panel-mesh"

    browser.press(TAB)
    assert browser.run("return document.activeElement.classList.contains('node')"), "a hub or a peer"
    outline = "return getComputedStyle(document.activeElement.querySelector('.halo')).strokeWidth"
    assert browser.run(outline) == "4px"
    first = browser.focused()
    browser.press(DOWN)
    assert browser.focused() != first
    assert browser.text("#chosen h3") != ""

    browser.run("document.querySelector('#tab-mesh').focus()")
    browser.press(RIGHT)
    assert (browser.focused(), browser.run("return location.hash")) == ("tab-services", "#services")
    browser.press(END)
    browser.press(RIGHT)
    assert browser.focused() == "tab-mesh", "round and round"
    browser.press(LEFT)
    browser.press(HOME)
    browser.press(RIGHT)
    browser.until(lambda: browser.one("#panel-services").is_displayed(), "services are shown")
    browser.press(TAB, TAB)
    assert browser.focused() == "Filter: Services that are known here"
    browser.press(TAB, TAB)
    browser.press(ENTER)
    assert browser.one("#panel-services thead th").get_attribute("aria-sort") == "descending"
    browser.press(ENTER)
    script = "return getComputedStyle(document.activeElement).outlineStyle"
    assert browser.run(script) == "solid", "where the focus is can be seen"


AXE = (files("selenium_axe_python") / "axe-core" / "axe.min.js").read_text()
AXE_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document.querySelector(arguments[0]), {resultTypes: ["violations"]}).then((found) => done(found.violations.map(
    (each) => `${each.id}: ${each.help}: ${each.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`)));
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_with_any_of_it(browser: Browser, scheme: str) -> None:
    browser.prefer(scheme)
    browser.driver.execute_script(AXE)
    found: dict[str, Any] = {}
    for tab in TABS:
        browser.show(tab)
        if tab == "try":
            trying = Trying(browser, "math")
            trying.choose("total")
        # What is around the parts is the same for all of them.
        found[tab] = browser.driver.execute_async_script(AXE_RUN, "html" if tab == "mesh" else f"#panel-{tab}")
    browser.show("links")
    browser.one("#panel-links td button").click()
    found["dialog"] = browser.driver.execute_async_script(AXE_RUN, "#kick")
    browser.press(ESCAPE)
    browser.prefer("light")
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_script_of_anybody_else_runs_in_it(browser: Browser) -> None:
    assert browser.complaints() == []
    browser.run(
        "const it = document.createElement('p'); document.body.append(it);"
        "it.insertAdjacentElement('beforeend', document.createElement('script')).append('window.evil = 1')"
    )
    assert browser.run("return window.evil === undefined")
    assert any("requires 'TrustedScript' assignment" in line for line in browser.complaints())
    script = """const done = arguments[arguments.length - 1];
        addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), {once: true});
        fetch("https://elsewhere.invalid/").catch(() => 0)"""
    assert browser.driver.execute_async_script(script) == "connect-src"
    browser.complaints()


def test_whoever_is_not_known_sees_nothing_and_whoever_may_not_is_told(
    places: dict[str, str], browser: Browser
) -> None:
    guarded = places["guarded"]
    browser.driver.get(guarded.replace("://", f"://bob:{places['less']}@"))
    assert "principal 'bob' may not administer '$exchange' here" in browser.text("body")
    browser.complaints()


def test_whoever_is_known_logs_in_and_may_what_the_policy_grants(places: dict[str, str], browser: Browser) -> None:
    guarded = places["guarded"]
    browser.driver.get(guarded.replace("://", f"://ann:{places['token']}@"))
    browser.open(guarded)
    assert browser.text("#hub") == "guarded"

    trying = Trying(browser, "math")
    trying.choose("multiply", x="6", y="7")
    assert trying.call().endswith("42")
    with urlopen(Request(guarded + "api/state", headers={"Authorization": f"Bearer {places['token']}"})) as answer:
        assert json.load(answer)["overview"]["name"] == "guarded"
    browser.complaints()
