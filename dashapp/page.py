"""What a page is, what it may ask for, and how browser values are read at its door."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dash import Dash
from dash.development.base_component import Component

from dashapp import units
from dashapp.address import Link
from dashapp.auth.identity import current_session
from dashapp.auth.permissions import Right
from dashapp.jobs.queue import JobQueue
from dashapp.ledger.ledger import Ledger
from dashapp.services.datasets import Datasets
from dashapp.services.exports import Exports
from dashapp.services.large_data import LargeSets
from dashapp.services.scoring import Scoring
from dashapp.services.sharing import Sharing
from dashapp.services.training import Training
from dashapp.settings.portal_settings import Settings
from dashapp.storage.store import SessionStore
from segmentation import SegmentModel, Table

CONTENT_ID = re.compile(r"[0-9a-f]{8,64}")


class BadInputError(ValueError):
    """A browser sent a value that none of our pages sends."""


@dataclass(frozen=True)
class Context:
    """Everything a page may ask for; made once by :func:`dashapp.app.create_app`.

    Attributes
    ----------
    settings
        The frozen settings of this process.
    store, ledger, jobs
        What the server keeps for each session.
    datasets, training, scoring, exports, sharing, large
        The services, free of Dash.
    page_needs
        Path of each page and what it needs; every other full-page path answers 404.
    """

    settings: Settings
    store: SessionStore
    ledger: Ledger
    jobs: JobQueue
    datasets: Datasets
    training: Training
    scoring: Scoring
    exports: Exports
    sharing: Sharing
    large: LargeSets
    page_needs: Mapping[str, Right]


@dataclass(frozen=True)
class Page:
    """One page of the portal.

    Attributes
    ----------
    path
        Its path, ``/`` for the first.
    name
        The visible label of its step, such as ``"Explore"``.
    title
        What the browser's tab says.
    layout
        Returns constants and empty containers only: Dash may run it for anybody.
    register
        Adds the page's callbacks to an application.
    need
        What a visitor must be allowed to do in order to see it.
    links
        Choices that its address carries, besides the open tab.
    welcome
        What somebody sees there who has nothing yet; it is read before any script has arrived.
    """

    path: str
    name: str
    title: str
    layout: Callable[..., Component]
    register: Callable[[Dash, Context], None]
    need: Right
    links: tuple[Link, ...] = ()
    welcome: Callable[[Context], Component] | None = None


@dataclass(frozen=True)
class Refs:
    """Which data set and model one browser tab looks at.

    The browser holds these ids and nothing else; what they stand for stays on the server.

    Attributes
    ----------
    dataset, model, upload
        Ids, None where the tab has none; an upload is a file that waits to be read otherwise.
    expired
        Whether the tab had some that are gone: its page then says so.

    Examples
    --------
    >>> Refs.parse({"dataset": "0123456789abcdef", "model": None})
    Refs(dataset='0123456789abcdef', model=None, upload=None)
    """

    dataset: str | None = None
    model: str | None = None
    upload: str | None = None
    expired: bool = field(default=False, repr=False, compare=False)

    @classmethod
    def parse(cls, value: object) -> Refs:
        """Read what a browser sent; anything but content ids is refused."""
        if value is None:
            return cls()
        if not isinstance(value, Mapping):
            raise BadInputError("references are an object")
        return cls(
            content_id_or_none(value.get("dataset")),
            content_id_or_none(value.get("model")),
            content_id_or_none(value.get("upload")),
            expired=value.get("expired") is True,
        )

    def with_model(self, model: str | None) -> Refs:
        """The same data set with another model."""
        return replace(self, model=model)

    def to_browser(self) -> dict[str, str | bool | None]:
        """The value of the browser's store, well under 1 kB."""
        more = {"upload": self.upload, "expired": self.expired}
        known = {name: value for name, value in more.items() if value}
        return {"dataset": self.dataset, "model": self.model, **known}


@dataclass(frozen=True)
class Seen:
    """What one browser tab looks at, read from the server's memory of its session.

    Attributes
    ----------
    refs
        Its references.
    table, model
        The data set and the model, None where the tab has none.
    trained_here
        Whether the model was trained on this data set.
    scored
        Whether each of its customers has a segment, by training or by applying the model.
    """

    refs: Refs
    table: Table | None
    model: SegmentModel | None
    trained_here: bool
    scored: bool = False

    @classmethod
    def at(cls, context: Context, value: object) -> Seen:
        """Follow the references that a browser sent.

        Raises
        ------
        dashapp.storage.store.SessionExpiredError
            If this session has no such data set or model.
        """
        refs, session = Refs.parse(value), current_session()
        table = open_table(context, refs)
        if refs.model is None:
            return cls(refs, table, None, trained_here=False)
        trained_on = context.training.item(session, refs.model).info["dataset"]
        model = context.training.model(session, refs.model)
        known = {column.name: column.currency for column in model.columns}
        own = {} if table is None else {column.name: column.currency for column in table.columns}
        newest = {column.name: column.newest for column in model.columns if column.newest}
        units.use_units(known | own, newest)
        return cls(
            refs,
            table,
            model,
            trained_here=table is not None and trained_on == refs.dataset,
            scored=context.training.has_scores(session, refs.model, refs.dataset),
        )


def open_table(context: Context, refs: Refs) -> Table | None:
    """The data set that a tab looks at; amounts are written in its currencies from here on.

    Raises
    ------
    dashapp.storage.store.SessionExpiredError
        If this session has no such data set.
    """
    if refs.dataset is None:
        return None
    table = context.datasets.table(current_session(), refs.dataset)
    units.use_units({column.name: column.currency for column in table.columns})
    return table


def content_id_or_none(value: object) -> str | None:
    """A content id, or None where the browser has none.

    Raises
    ------
    BadInputError
        If it is anything else.

    Examples
    --------
    >>> content_id_or_none("../etc/passwd")
    Traceback (most recent call last):
    dashapp.page.BadInputError: not a content id
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not CONTENT_ID.fullmatch(value):
        raise BadInputError("not a content id")
    return value


def text_or_none(value: object, *, limit: int = 500) -> str | None:
    """A text of bounded length, or None; other types are refused."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise BadInputError("expected a short text")
    return value


def one_of(value: object, allowed: tuple[str, ...] | list[str], default: str) -> str:
    """One of the allowed words; ``default`` where the browser has none yet.

    Examples
    --------
    >>> one_of("mean", ("mean", "median"), "mean")
    'mean'
    """
    text = text_or_none(value)
    if text is None:
        return default
    if text not in allowed:
        raise BadInputError(f"expected one of {', '.join(allowed)}")
    return text


def texts(value: object, *, limit: int = 1000) -> tuple[str, ...]:
    """A list of short texts; None is the empty list."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > limit:
        raise BadInputError("expected a list of texts")
    return tuple(item for item in map(text_or_none, value) if item is not None)


def number_or_none(value: object) -> float | None:
    """A finite number, or None; booleans and other types are refused."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadInputError("expected a number")
    try:
        number = float(value)
    except ValueError as error:
        raise BadInputError("expected a number") from error
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise BadInputError("expected a finite number")
    return number


def record(value: object, *, limit: int = 1000) -> dict[str, Any]:
    """An object with text keys and scalar values, such as a form."""
    if not isinstance(value, Mapping) or len(value) > limit:
        raise BadInputError("expected an object")
    if not all(isinstance(key, str) for key in value):
        raise BadInputError("expected text keys")
    if any(isinstance(item, list | Mapping) for item in value.values()):
        raise BadInputError("expected scalar values")
    return dict(value)
