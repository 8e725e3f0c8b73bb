"""Each page type in a real browser: accessible, loaded from here alone, and light."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.pages import PAGES

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RUN = """const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then((found) => done(found.violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.length} times, first ${one.nodes[0].html.slice(0, 200)} `
    + one.nodes[0].failureSummary)));"""
SIZES = """return performance.getEntriesByType("resource")
  .map((one) => [one.name, one.decodedBodySize])"""
#: Pages that may have more than 150 kB of JavaScript: those with the editor and the network.
HEAVY = {"network", "sparql"}
MOST = 150_000
#: What a browser logs of an answer that is not 200, and is no fault of the page.
EXPECTED = ("status of 404", "GL Driver Message")


def serious(browser) -> list[str]:
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE})
    browser.set_script_timeout(60)
    return list(browser.execute_async_script(RUN))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(opened, name: str, dark: bool):
    assert serious(opened(PAGES[name], dark=dark)) == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_on_a_phone_in_arabic(opened, name: str):
    mark = "&" if "?" in PAGES[name] else "?"
    browser = opened(f"{PAGES[name]}{mark}lang=ar", width=390, height=844)
    assert browser.execute_script("return document.documentElement.dir") == "rtl"
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= 390
    assert serious(browser) == []


@pytest.mark.parametrize("name", PAGES)
def test_page_is_from_here_and_light(opened, browser, site: str, name: str):
    opened("/")
    browser.execute_cdp_cmd("Network.clearBrowserCache", {})
    opened(PAGES[name])
    sizes = browser.execute_script(SIZES)
    assert all(address.startswith(f"{site}/") for address, _ in sizes)
    scripts = sum(size for address, size in sizes if address.split("?")[0].endswith(".js"))
    assert scripts > 0
    assert scripts <= MOST or name in HEAVY
    logged = [entry["message"] for entry in browser.get_log("browser")]
    assert [one for one in logged if not any(known in one for known in EXPECTED)] == []


@pytest.mark.parametrize("name", PAGES)
def test_page_reads_without_scripts(opened, name: str):
    browser = opened(PAGES[name], scripts=False)
    main = browser.find_element("css selector", "main")
    assert len(main.text) > 40
    assert browser.find_elements("css selector", "main h1")


@pytest.mark.parametrize("name", PAGES)
def test_all_is_reached_by_keyboard(opened, name: str):
    """What can be clicked can be focused, and nothing is put before the order of the page."""
    browser = opened(PAGES[name])
    lost = browser.execute_script(
        """return [...document.querySelectorAll("main a[href], button, input, select, summary")]
        .filter((one) => one.checkVisibility() && one.tabIndex < 0).map((one) => one.outerHTML)"""
    )
    assert lost == []
    assert not browser.find_elements(
        "css selector", "[tabindex]:not([tabindex='0'], [tabindex='-1'])"
    )
