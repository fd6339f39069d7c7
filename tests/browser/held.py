"""Answers of the server that arrive when a test says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

# Half a minute; a question comes within some of them.
MOST_FRAMES = 2_000
CALLBACKS = "**/_dash-update-component*"


class Held:
    """Answers that wait until a test lets them arrive."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._words: list[str] = []
        self._waiting: list[tuple[str, Callable[[], None]]] = []
        page.route(CALLBACKS, self._judge)

    def _judge(self, route: Route) -> None:
        word = next((word for word in self._words if word in (route.request.post_data or "")), None)
        if word is None:
            route.continue_()
            return
        # The server answers now, and the browser learns of it later.
        answer = route.fetch()
        if word in self._words:
            self._waiting.append((word, lambda: route.fulfill(response=answer)))
        else:  # the others arrived meanwhile
            route.fulfill(response=answer)

    def hold(self, word: str) -> None:
        """Keep back the answer to the next question with this word."""
        self._words.append(word)

    def until_asked(self, word: str) -> None:
        """Wait until the question has been asked and answered."""
        for _frame in range(MOST_FRAMES):
            if word in [waiting for waiting, _ in self._waiting]:
                return
            self._page.evaluate("() => new Promise(requestAnimationFrame)")
        pytest.fail(f"nothing asked {word}")

    def arrive(self, word: str) -> None:
        """Let the answer arrive, and those to later questions at once."""
        self._words.remove(word)
        for waiting, deliver in self._waiting:
            if waiting == word:
                deliver()
        self._waiting = [item for item in self._waiting if item[0] != word]
