"""Every id is declared once, named after its page, and every callback is wired to one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from enum import StrEnum
from types import ModuleType

import dash
import pytest

import dashapp
from dashapp.app import create_app
from dashapp.pages import NOT_FOUND, PAGES
from dashapp.settings.portal_settings import Settings
from tests.callbacks import callbacks


def modules() -> list[ModuleType]:
    """Every module of the portal that declares ids."""
    names = [
        info.name
        for info in pkgutil.walk_packages(dashapp.__path__, "dashapp.")
        if info.name.startswith(("dashapp.pages", "dashapp.shell"))
    ]
    return [importlib.import_module(name) for name in names]


def id_enums() -> dict[str, type[StrEnum]]:
    """Module name → the ``Ids`` declared there."""
    found = {}
    for module in modules():
        ids = vars(module).get("Ids")
        if inspect.isclass(ids) and ids.__module__ == module.__name__:
            found[module.__name__] = ids
    return found


IDS = id_enums()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> dash.Dash:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("portal")))


def test_ids_are_unique_over_the_whole_portal() -> None:
    every = [str(member) for ids in IDS.values() for member in ids]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("module", IDS)
def test_ids_are_named_after_their_page(module: str) -> None:
    parts = module.split(".")
    place = parts[2] if parts[1] == "pages" else parts[1]
    for member in IDS[module]:
        assert member.startswith(f"{place}-"), member


def test_every_callback_listens_to_declared_ids_only(app: dash.Dash) -> None:
    known = {str(member) for ids in IDS.values() for member in ids}
    for callback in callbacks(app):
        for id_, _ in (*callback.inputs, *callback.state):
            name = id_["type"] if isinstance(id_, dict) else id_
            assert name in known, f"{callback.output} listens to {name}"


def test_no_callback_has_a_pattern_as_its_only_output(app: dash.Dash) -> None:
    """After an error of ours, Dash would answer with a 500; a list of one output is fine."""
    served = [item.output for item in callbacks(app) if "callback" in app.callback_map[item.output]]
    assert not [output for output in served if output.startswith("{")]


def test_every_declared_id_is_used_by_a_layout_or_a_callback() -> None:
    """An id that nothing refers to is a leftover."""
    sources = "".join(inspect.getsource(module) for module in modules())
    for module, ids in IDS.items():
        for name in ids.__members__:
            uses = sources.count(f"Ids.{name}") + sources.count(f"Shell.{name}")
            assert uses >= 1, f"{module}.Ids.{name} is used nowhere"


@pytest.mark.parametrize("page", [*PAGES, NOT_FOUND], ids=lambda page: page.path)
def test_layouts_take_any_query_and_hold_no_data(page: object) -> None:
    first = page.layout(tab="x", anything="y")  # type: ignore[attr-defined]
    second = page.layout()  # type: ignore[attr-defined]
    assert first.to_plotly_json() != {}
    assert str(first) == str(second)


def test_two_portals_live_in_one_process(tmp_path: object) -> None:
    first = create_app(Settings(data_dir=f"{tmp_path}/first"))
    second = create_app(Settings(data_dir=f"{tmp_path}/second"))
    assert first is not second
    assert set(first.callback_map) == set(second.callback_map)


def test_paths_of_pages_are_unique_and_absolute() -> None:
    paths = [page.path for page in PAGES]
    assert len(paths) == len(set(paths))
    assert all(path.startswith("/") for path in paths)
