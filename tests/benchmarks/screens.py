"""How much the portal's pages load and how fast they follow, in a real browser.

Run with::

    python tests/benchmarks/screens.py                    # 10,000 and 1,000,000 customers
    python tests/benchmarks/screens.py 10000 --rounds 20

Starts gunicorn with two workers and the job worker, and drives the system's Chromium. Prints the
bytes of a first and a later visit as they are transferred, the time until there is something to
read, and for each tab, filter and choice the time from the click to the last change on the
screen, the time its callbacks waited for the server, and the largest answer. The last line of
each part sets the worst of them beside its limit.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from segmentation import sample_customers  # noqa: E402
from tests.benchmarks.browsing import Drawn, Tab  # noqa: E402
from tests.servers import Server, start_server, stop_server  # noqa: E402

VIEW = {"width": 1440, "height": 900}
CONTENT = "main h1, main h2"
CHART = ".js-plotly-plot .main-svg"
JOB_MILLISECONDS = 600_000
KILOBYTE = 1000
# Limits in kB and milliseconds.
FIRST_DATA, FIRST_CHART, WARM, CONTENT_SEEN = 450, 2000, 60, 1000
LARGEST_ANSWER = 1000
# Up to so many customers the strict limits hold, beyond the other ones: repaint, server's p95.
SMALL = 10_000
STRICT, LARGE = (200, 50), (500, 250)

Action = Callable[[Page], object]


def say(line: str) -> None:
    """Print at once, so that long runs can be followed."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def press_tab(name: str) -> Action:
    """Switch to a tab."""
    return lambda page: page.get_by_role("tab", name=name, exact=True).click()


def choose(label: str) -> Action:
    """Take the second option of a select, or the first where the second is taken."""

    def act(page: Page) -> None:
        select = page.locator(f'.field:has(.field-label:text-is("{label}")) select')
        options = select.locator("option:not([disabled])")
        values = [str(options.nth(place).get_attribute("value")) for place in (0, 1)]
        select.select_option(values[0] if select.input_value() == values[1] else values[1])

    return act


def press_key(label: str, key: str) -> Action:
    """Move a slider by one step."""
    return lambda page: page.locator(f'[role=slider][aria-label="{label}"]').press(key)


EXPLORE: tuple[tuple[str, Action], ...] = (
    ("tab By category", press_tab("By category")),
    ("statistic", choose("Statistic")),
    ("tab Relationships", press_tab("Relationships")),
    ("tab Alerts", press_tab("Alerts")),
    ("tab Distributions", press_tab("Distributions")),
    ("column", choose("Column")),
    ("split", choose("Split by")),
    ("filter narrower", press_key("Age from", "ArrowRight")),
    ("filter wider", press_key("Age from", "ArrowLeft")),
    ("split again", choose("Split by")),
)
SEGMENTS: tuple[tuple[str, Action], ...] = (
    ("tab Profiles", press_tab("Profiles")),
    ("category", choose("Category")),
    ("tab Distribution", press_tab("Distribution")),
    ("column by segment", choose("Column by segment")),
    ("tab Compare", press_tab("Compare")),
    ("tab Evidence", press_tab("Evidence")),
    ("tab Customers", press_tab("Customers")),
    ("tab Actions", press_tab("Actions")),
    ("tab Map", press_tab("Map")),
)
PREDICT: tuple[tuple[str, Action], ...] = (
    ("number up", press_key("Age", "ArrowRight")),
    ("number down", press_key("Age", "ArrowLeft")),
)
PAGES = (("Explore", EXPLORE), ("Segments", SEGMENTS), ("Predict", PREDICT))


def step(name: str) -> Action:
    """Go to a page through the top bar."""
    return lambda page: page.locator("nav.steps").get_by_role("link", name=name).click()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def against(what: str, value: float, limit: float, unit: str) -> None:
    """One line with its verdict."""
    verdict = "ok" if value <= limit else "OVER"
    say(f"  {what:<44}{value:>9,.0f} {unit:<3} limit {limit:>6,.0f}  {verdict}")


def measure_loads(browser: Browser, server: Server, file: Path) -> None:
    """Bytes and time to content of first and later visits."""
    say("\nLoading, cold and warm")
    with browser.new_context(viewport=VIEW) as context:
        tab = Tab(context.new_page())
        first, seen = tab.load(server.url, CONTENT)
        again, seen_again = tab.load(server.url, CONTENT)
        against("first load of Data", first / KILOBYTE, FIRST_DATA, "kB")
        against("until its content is seen", seen, CONTENT_SEEN, "ms")
        against("later load of Data", again / KILOBYTE, WARM, "kB")
        against("until its content is seen", seen_again, CONTENT_SEEN, "ms")
        upload(tab, file)
        address, cookies = tab.page.url.replace("/?", "/explore?"), context.cookies()
    with browser.new_context(viewport=VIEW) as context:
        context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave itself
        tab = Tab(context.new_page())
        first, _ = tab.load(address, CHART)
        again, seen = tab.load(address, CHART)
        against("first load of a page with charts", first / KILOBYTE, FIRST_CHART, "kB")
        against("later load of a page with charts", again / KILOBYTE, WARM, "kB")
        against("until its chart is seen", seen, CONTENT_SEEN, "ms")


def upload(tab: Tab, file: Path) -> None:
    """Bring a file and wait until it is read."""
    tab.page.locator("[data-upload=dataset] input[type=file]").first.set_input_files(file)
    tab.page.wait_for_selector(".sum-strip", timeout=JOB_MILLISECONDS)
    tab.rest()


def find_segments(tab: Tab) -> None:
    """Press the one button and wait for the verdict."""
    step("Segments")(tab.page)
    tab.page.get_by_role("button", name="Find segments").click()
    tab.page.wait_for_selector(".verdict-sentence", timeout=JOB_MILLISECONDS)
    tab.rest()


def measure_actions(tab: Tab, rounds: int, rows: int) -> None:
    """Repaint, server time and payload of everything that can be switched."""
    repaint, wait = STRICT if rows <= SMALL else LARGE
    say(f"\n{rows:,} customers, {rounds} rounds (milliseconds; answers in kB)")
    say(f"  {'':<30}{'repaint p50':>12}{'p95':>7}{'server p50':>12}{'p95':>7}{'answer':>8}")
    done: list[Drawn] = []
    worst = 0.0
    for name, actions in PAGES:
        tab.act(step(name))
        for _, action in actions:  # the first look computes what later ones find
            tab.act(action)
        found: dict[str, list[Drawn]] = {label: [] for label, _ in actions}
        for _ in range(rounds):
            for label, action in actions:
                found[label].append(tab.act(action))
        for label, drawn in found.items():
            worst = max(worst, show(f"{name}: {label}", drawn))
            done += drawn
    waits = [time for one in done for time in one.server]
    against("slowest switch, median repaint", worst, repaint, "ms")
    against("all callbacks, server's p50", statistics.median(waits), wait, "ms")
    against("all callbacks, server's p95", percentile(waits, 0.95), wait, "ms")
    against("largest answer", max(one.largest for one in done) / KILOBYTE, LARGEST_ANSWER, "kB")


def show(label: str, drawn: Sequence[Drawn]) -> float:
    """One row of the table; returns the median repaint."""
    times = [one.repaint for one in drawn]
    waits = [wait for one in drawn for wait in one.server] or [0.0]
    middle = statistics.median(times)
    largest = max(one.largest for one in drawn) / KILOBYTE
    say(
        f"  {label:<30}{middle:>12.0f}{percentile(times, 0.95):>7.0f}"
        f"{statistics.median(waits):>12.0f}{percentile(waits, 0.95):>7.0f}{largest:>8.0f}"
    )
    return middle


def main() -> None:
    """Read the arguments, start everything and print."""
    parser = argparse.ArgumentParser(description="Bytes and times of the portal's pages.")
    parser.add_argument("rows", nargs="*", type=int, default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = start_server(Path(folder))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            for place, rows in enumerate(given.rows):
                file = Path(folder) / f"customers-{rows}.csv"
                sample_customers(rows).to_csv(file, index=False)
                if place == 0:
                    measure_loads(browser, server, file)
                with browser.new_context(viewport=VIEW) as context:
                    tab = Tab(context.new_page())
                    tab.load(server.url, CONTENT)
                    upload(tab, file)
                    find_segments(tab)
                    measure_actions(tab, given.rounds, rows)
        finally:
            browser.close()
            stop_server(server)


if __name__ == "__main__":
    main()
