"""Measure how soon the network can be used, in Chromium without a window, on the whole graph.

`python benchmarks/browser.py` starts a server and prints a table: milliseconds from the start of
the navigation until the picture is drawn, and until the year slider was moved and answers; each
time with an empty cache and a day that nothing is kept for. With `--write` it is put into
docs/performance.md. Chromium and its driver are Debian packages (`make browser` gets them).
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from page import put
from selenium import webdriver

ROOT = Path(__file__).resolve().parent.parent
PORT = 8027
SITE = f"http://127.0.0.1:{PORT}"
#: What is asked for, beside the day.
PAGES = {
    "network": "/network?",
    "network, any field": "/network?domain=&",
    "network, any field and form": "/network?domain=&form=&",
}
DAYS = ("2011-03-02", "2013-03-02", "2015-03-02", "2017-03-02", "2019-03-02")
#: Milliseconds that a network may take until it can be used.
MOST = 1500
HEAD = ("Page", "Drawn, ms", "The slider answers, ms", "Redrawn for another year, ms")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--no-first-run",
    "--window-size=1280,900",
)
DRAWN = "const [m] = performance.getEntriesByName('network-drawn'); return m ? m.startTime : null"
#: Move the slider; the handler has run when the year beside it is the new one.
MOVE = """const year = document.querySelector('#n-year'); window.moved = performance.now();
year.value = 1999; year.dispatchEvent(new Event('input', { bubbles: true }));
return document.querySelector('#n-year-out').textContent === '1999' ? performance.now() : null"""
REDRAWN = """return document.querySelector('#network-count').textContent.includes('1999-12-31')
? performance.now() - window.moved : null"""


@contextmanager
def served() -> Iterator[None]:
    """Serve the built graph until the end of the block, and wait until it is ready."""
    command = [sys.executable, "-c", "from kg.cli import main; main()", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "KG_PORT": str(PORT)})
    try:
        until(_warm, 120)
        yield
    finally:
        server.terminate()
        server.wait(20)


def _warm() -> bool:
    """Say whether a page that the server makes at its start comes from what is kept."""
    try:
        with urllib.request.urlopen(f"{SITE}/ns", timeout=60) as answer:
            return float(answer.headers["Server-Timing"].partition("dur=")[2]) < 5
    except OSError:
        return False


def until(found: Callable[[], object], seconds: float = 30) -> object:
    """Return what is found, once it is; it is looked for all the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise TimeoutError(f"not there after {seconds} s")


def browser() -> webdriver.Chrome:
    """Return Chromium without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for option in OPTIONS:
        options.add_argument(option)
    driver = shutil.which("chromedriver")
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))


def measured(chrome: webdriver.Chrome, address: str) -> tuple[float, float, float]:
    """Return when it was drawn, when the slider answered, and how long another year took."""
    chrome.execute_cdp_cmd("Network.clearBrowserCache", {})
    chrome.get(SITE + address)
    drawn = until(lambda: chrome.execute_script(DRAWN))
    answers = until(lambda: chrome.execute_script(MOVE))
    redrawn = until(lambda: chrome.execute_script(REDRAWN))
    return float(str(drawn)), float(str(answers)), float(str(redrawn))


def main() -> None:
    """Print the table, and put it into the documentation where that is asked for."""
    rows = []
    with served():
        chrome = browser()
        try:
            chrome.get(f"{SITE}/states")  # the browser itself is warm
            for name, address in PAGES.items():
                runs = [measured(chrome, f"{address}on={day}") for day in DAYS]
                rows.append(
                    (name, *(statistics.median(column) for column in zip(*runs, strict=True)))
                )
                print(
                    f"{name:34}" + "".join(f"{value:9.0f}" for value in rows[-1][1:]), flush=True
                )
        finally:
            chrome.quit()
    if "--write" not in sys.argv:
        return
    table = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    for name, drawn, answers, redrawn in rows:
        missed = " (missed)" if answers > MOST else ""
        table.append(f"| {name}{missed} | {drawn:.0f} | {answers:.0f} | {redrawn:.0f} |")
    text = (
        "## The network in a browser\n\n"
        "Written by `benchmarks/browser.py --write` (`make bench-pages`): Chromium without a "
        "window, drawing WebGL in software, server and browser on 2 cores with other work beside; "
        "from the start of the navigation, with an empty cache, on days that nothing is kept for; "
        f"the median of {len(DAYS)} runs. Allowed are {MOST} ms.\n\n"
    )
    put("browser", text + "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
