"""What the ledger promises on every back end about items, sessions and counts."""

from __future__ import annotations

import threading

from dashapp.ledger.ledger import (
    Ledger,
    open_ledger,
)
from dashapp.settings.portal_settings import Settings

ANN, BEN = "a" * 32, "b" * 32


def test_items_come_newest_first_and_only_to_their_session(ledger: Ledger) -> None:
    ledger.add_item(ANN, "dataset", "1" * 32, "first.csv", {"rows": 1})
    ledger.add_item(ANN, "dataset", "2" * 32, "second.csv", {"rows": 2, "upload": None})
    ledger.add_item(BEN, "dataset", "3" * 32, "other.csv", {})
    assert [item.name for item in ledger.items(ANN, "dataset")] == ["second.csv", "first.csv"]
    assert ledger.items(ANN, "dataset")[0].info == {"rows": 2, "upload": None}
    assert ledger.items(ANN, "model") == ()
    assert ledger.item(ANN, "dataset", "3" * 32) is None


def test_noting_an_item_again_makes_it_the_newest(ledger: Ledger) -> None:
    ledger.add_item(ANN, "dataset", "1" * 32, "old name", {})
    ledger.add_item(ANN, "dataset", "2" * 32, "second", {})
    ledger.add_item(ANN, "dataset", "1" * 32, "new name", {})
    assert [item.name for item in ledger.items(ANN, "dataset")] == ["new name", "second"]


def test_a_session_ends_without_visits_and_at_its_age(ledger: Ledger) -> None:
    ledger.add_item(ANN, "dataset", "1" * 32, "mine", {})
    assert ledger.ended_sessions(60, 60) == ()
    assert ledger.ended_sessions(-1, 60) == (ANN,)
    assert ledger.ended_sessions(60, -1) == (ANN,)
    ledger.touch(BEN)
    assert not ledger.knows(BEN)


def test_a_worker_lives_as_long_as_it_says(ledger: Ledger) -> None:
    assert ledger.workers() == 0
    ledger.beat("one", 60)
    ledger.beat("two", 60)
    assert ledger.workers() == 2
    ledger.beat("one", 0)
    assert ledger.workers() == 1


def test_events_are_counted_over_all_processes(ledger: Ledger, backed: Settings) -> None:
    counts = [open_ledger(backed).hits("upload:a", 3600) for _ in range(3)]
    assert counts == [1, 2, 3]
    assert ledger.hits("upload:b", 3600) == 1


def test_a_name_is_used_once_whoever_asks(backed: Settings) -> None:
    first, second = open_ledger(backed), open_ledger(backed)
    assert first.first_use("launch:a", 600)
    assert not second.first_use("launch:a", 600)
    assert not first.first_use("launch:a", 600)
    assert second.first_use("launch:b", 600)


def test_of_many_who_use_a_name_at_once_one_is_first(backed: Settings) -> None:
    together = threading.Barrier(8)
    won: list[bool] = []

    def use() -> None:
        ledger = open_ledger(backed)
        together.wait()
        won.append(ledger.first_use("launch", 600))
        ledger.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_removed_item_is_gone_and_others_stay(ledger: Ledger) -> None:
    ledger.add_item(ANN, "model", "1" * 32, "first", {})
    ledger.add_item(ANN, "model", "2" * 32, "second", {})
    ledger.remove_item(ANN, "model", "1" * 32)
    ledger.remove_item(ANN, "model", "3" * 32)
    assert [item.name for item in ledger.items(ANN, "model")] == ["second"]
    assert ledger.item(ANN, "model", "1" * 32) is None
