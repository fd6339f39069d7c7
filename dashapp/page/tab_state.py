"""What one browser tab shows: its references, and the data set and model they point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashapp import units
from dashapp.auth.identity import current_session
from dashapp.page.context import Context
from dashapp.page.inputs import BadInputError, content_id_or_none
from segmentation import SegmentModel, Table


@dataclass(frozen=True)
class Refs:
    """The data set and model that one browser tab shows.

    The browser holds only these ids; the data stay on the server.

    Attributes
    ----------
    dataset, model, upload
        Ids, or None; an upload is a file that could not be read and may be read differently.
    expired
        Whether the tab's data have expired; the page then says so.

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
        """Parse what a browser sent; reject anything but content ids."""
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
        """Return the same data set with another model."""
        return replace(self, model=model)

    def to_browser(self) -> dict[str, str | bool | None]:
        """Return the value of the browser's store, well under 1 kB."""
        more = {"upload": self.upload, "expired": self.expired}
        known = {name: value for name, value in more.items() if value}
        return {"dataset": self.dataset, "model": self.model, **known}


@dataclass(frozen=True)
class Seen:
    """What one browser tab shows, loaded from its session on the server.

    Attributes
    ----------
    refs
        The references of the tab.
    table, model
        The data set and the model; None if the tab has none.
    trained_here
        Whether the model was trained on this data set.
    scored
        Whether every customer of the data set has a segment, by training or by applying the model.
    """

    refs: Refs
    table: Table | None
    model: SegmentModel | None
    trained_here: bool
    scored: bool = False

    @classmethod
    def at(cls, context: Context, value: object) -> Seen:
        """Load what a browser's references point to.

        Raises
        ------
        dashapp.storage.store.SessionExpiredError
            If this session does not have the data set or model.
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
    """Load the data set of a tab and set its currencies for the rest of the request.

    Raises
    ------
    dashapp.storage.store.SessionExpiredError
        If this session does not have the data set.
    """
    if refs.dataset is None:
        return None
    table = context.datasets.table(current_session(), refs.dataset)
    units.use_units({column.name: column.currency for column in table.columns})
    return table
