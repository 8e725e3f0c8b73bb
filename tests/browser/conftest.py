"""A browser without a window, and a server of the mini repository to look at.

Skipped where Chromium or its driver is missing; `make browser` gets them from Debian.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from kg.settings import Settings
from tests.serving import Running, serving

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
#: Without a window, in a container, and drawing WebGL in software.
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--no-first-run",
)

Open = Callable[..., "webdriver.Chrome"]


@pytest.fixture(scope="session")
def site(built: Settings) -> Iterator[str]:
    """The address of a server: of `KG_BROWSER_SITE`, or else one of the mini repository."""
    if address := os.environ.get("KG_BROWSER_SITE"):
        yield address.rstrip("/")
        return
    with serving(built) as running:
        assert isinstance(running, Running)
        yield running.url


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """A browser; its state is set by `opened` for each test."""
    if not BROWSER or not DRIVER:
        pytest.skip("chromium and chromium-driver are missing; `make browser` gets them")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def opened(site: str, browser: webdriver.Chrome) -> Iterator[Open]:
    """Open a page: how wide, dark or light, with scripts or without."""

    def open_page(
        path: str,
        *,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        scripts: bool = True,
    ) -> webdriver.Chrome:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        browser.get(site + path)
        return browser

    yield open_page
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
