"""Take a picture of each page type of a running server: `python -m tests.browser.screenshots URL`.

They go to docs/screenshots/, a wide light one and a narrow dark one of each, as WebP.
"""

from __future__ import annotations

import base64
import shutil
import sys
import time
from pathlib import Path

from selenium import webdriver

from tests.browser.conftest import BROWSER, DRIVER, OPTIONS
from tests.browser.pages import WHOLE

HOME = Path(__file__).resolve().parent.parent.parent / "docs/screenshots"
#: Bytes of one picture at most; the quality is lowered until it fits.
MOST = 150_000
#: Name of a kind of picture to width, height, colours and what the address gets.
KINDS = {
    "": (1280, 900, "light", {}),
    "-phone": (390, 844, "dark", {}),
    "-arabic": (390, 844, "light", {"lang": "ar"}),
}
#: Pages that are also taken in Arabic.
ARABIC = {"start", "state", "find"}


def main(site: str) -> None:
    """Take all pictures."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or ""
    for option in OPTIONS:
        options.add_argument(option)
    browser = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(executable_path=DRIVER)
    )
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    try:
        for name, path in WHOLE.items():
            for kind, (width, height, scheme, arguments) in KINDS.items():
                if kind == "-arabic" and name not in ARABIC:
                    continue
                tail = "".join(f"{key}={value}" for key, value in arguments.items())
                mark = "&" if "?" in path else "?"
                look(browser, width, height, scheme)
                browser.get(site + path + (mark + tail if tail else ""))
                time.sleep(3 if name in ("network", "sparql") else 1)
                (HOME / f"{name}{kind}.webp").write_bytes(picture(browser))
    finally:
        browser.quit()


def look(browser: webdriver.Chrome, width: int, height: int, scheme: str) -> None:
    """Set the size of the window and its colours."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def picture(browser: webdriver.Chrome) -> bytes:
    """Return what the window shows, no larger than allowed."""
    for quality in (85, 70, 50, 30):
        wish = {"format": "webp", "quality": quality}
        found = base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", wish)["data"])
        if len(found) <= MOST:
            break
    return found


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
