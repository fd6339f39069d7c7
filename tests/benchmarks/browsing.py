"""Measures what one browser tab loads, waits for and draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page

CALLBACK = "/_dash-update-component"
# The page is at rest when nothing is on its way and nothing was drawn for so long.
REST_MILLISECONDS = 150
# Longest wait for a page to come to rest; the first look at large data takes longest.
PATIENCE_MILLISECONDS = 30_000

#: Notes when somebody acted, which requests are on their way, and the last change of the page. The
#: class that Dash puts on a chart while it looks whether its size has changed, and takes off again,
#: has no style: it is no change that anybody could see.
WATCH = """
(() => {
  const watch = window.benchmarkWatch = {acted: 0, drawn: 0, moved: 0, open: 0};
  const drawn = () => requestAnimationFrame(() => {
    watch.drawn = watch.moved = performance.now();
  });
  const classes = (names) => (names || "").split(/\\s+/)
    .filter((name) => name && name !== "dash-graph--pending").sort().join(" ");
  const isSeen = (change) => change.attributeName !== "class" ||
    classes(change.oldValue) !== classes(change.target.getAttribute("class"));
  const acted = (event) => { watch.acted = event.timeStamp; watch.drawn = 0; };
  for (const kind of ["pointerdown", "keydown", "change"]) {
    window.addEventListener(kind, acted, {capture: true});
  }
  const send = window.fetch;
  window.fetch = function (...request) {
    watch.open += 1;
    return send.apply(this, request).finally(() => {
      watch.open -= 1;
      watch.moved = performance.now();
    });
  };
  const look = (changes) => { if (changes.some(isSeen)) { drawn(); } };
  const start = () => new MutationObserver(look).observe(document.documentElement, {
    attributes: true, attributeOldValue: true, characterData: true, childList: true, subtree: true,
  });
  document.documentElement ? start() : document.addEventListener("DOMContentLoaded", start);
})()
"""
AT_REST = """
(rest) => {
  const watch = window.benchmarkWatch;
  return watch.open === 0 && watch.drawn > 0 && performance.now() - watch.moved > rest;
}
"""
TIMES = """
(path) => performance.getEntriesByType("resource").filter((entry) => entry.name.includes(path))
  .map((entry) => [entry.responseStart - entry.requestStart, entry.decodedBodySize])
"""


@dataclass
class Drawn:
    """What one action took.

    Attributes
    ----------
    repaint
        Milliseconds from the click or key to the frame after the last change of the page.
    server
        Milliseconds that each callback waited for its answer.
    largest
        Bytes of the largest answer, unpacked.
    """

    repaint: float
    server: list[float] = field(default_factory=list)
    largest: int = 0


class Tab:
    """A browser tab that is watched.

    Parameters
    ----------
    page
        A page that has not been anywhere yet.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._tools: CDPSession = page.context.new_cdp_session(page)
        self._tools.send("Network.enable")
        self._bytes = 0
        self._tools.on("Network.loadingFinished", self._count)
        page.add_init_script(WATCH)
        page.set_default_timeout(PATIENCE_MILLISECONDS)

    def _count(self, event: dict[str, Any]) -> None:
        self._bytes += int(event["encodedDataLength"])

    def load(self, address: str, sign: str) -> tuple[int, float]:
        """Open an address.

        Returns
        -------
        tuple of (int, float)
            Bytes over the wire, and milliseconds until ``sign`` was drawn.
        """
        self._bytes = 0
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_selector(sign)
        seen = self.page.evaluate("performance.now()")
        self.rest()
        self.page.wait_for_load_state("networkidle")
        return self._bytes, float(seen)

    def rest(self) -> None:
        """Wait until nothing is on its way and nothing is drawn."""
        self.page.wait_for_function(AT_REST, arg=REST_MILLISECONDS)

    def act(self, action: Callable[[Page], object]) -> Drawn:
        """Do something and wait until the page has followed."""
        self.rest()
        self.page.evaluate("performance.clearResourceTimings()")
        action(self.page)
        self.rest()
        took = self.page.evaluate("benchmarkWatch.drawn - benchmarkWatch.acted")
        times = self.page.evaluate(TIMES, CALLBACK)
        return Drawn(
            float(took),
            [wait for wait, _ in times],
            max((int(size) for _, size in times), default=0),
        )
