"""Application factory: :func:`create_app` makes a portal from settings."""

from __future__ import annotations

import re
from html import escape
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from dash import Dash
from flask import Flask, Response, send_from_directory
from werkzeug.test import Client

from dashapp import shell, web
from dashapp.auth import identity
from dashapp.auth.oidc_sign_in import admit_who_signed_in
from dashapp.auth.permissions import Door, needs
from dashapp.auth.proxy_identity import admit_by_proxy
from dashapp.dash_patches import bundles, lazy_scripts
from dashapp.dash_patches.markup import markup
from dashapp.figures.drawing.canvas import empty_figure
from dashapp.figures.drawing.validators import learn_when_drawn
from dashapp.jobs.queue import JobQueue
from dashapp.ledger.ledger import open_ledger
from dashapp.page.context import Context
from dashapp.page.page import Page
from dashapp.pages import NOT_FOUND, PAGES
from dashapp.services.datasets import Datasets
from dashapp.services.exports import Exports
from dashapp.services.large.large_sets import LargeSets
from dashapp.services.repository import Memory
from dashapp.services.score_customers import Scoring
from dashapp.services.sharing import Sharing
from dashapp.services.train_models import Training
from dashapp.settings.portal_settings import Settings, load_settings
from dashapp.storage.store import open_store
from dashapp.web.guards.request_bodies import PortalRequest
from dashapp.web.packing import ENCODING
from segmentation import FORMULA_PATTERN

# Located without an import: the package would load a form library into each web worker.
BOOTSTRAP_PACKAGE = find_spec("flask_bootstrap")
# The version in the URL lets browsers cache the file for a year.
BOOTSTRAP_URL = f"/vendor/bootstrap-flask-{version('Bootstrap-Flask')}.css"

# URLs of scripts and styles in the index page.
SCRIPTS = re.compile(r'(?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"')

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" href="/assets/icons/favicon.svg" type="image/svg+xml">
<meta name="portal-grid" content="{grid}">
<meta name="portal-formulas" content="{formulas}">
<script>{recover}</script>
<script src="/assets/head/frame.js"></script>
<script src="/assets/head/theme.js"></script>
<script src="/assets/head/opening.js"></script>
{%css%}
</head>
<body>
<noscript>The portal needs JavaScript; in a sandboxed frame, allow-scripts.</noscript>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def assets_folder() -> Path:
    """Return the CSS and script folder: in the package in a wheel, next to it in a checkout."""
    installed = Path(__file__).parent / "assets"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "assets"


def create_app(settings: Settings | None = None) -> Dash:
    """Create a portal; may be called more than once per process.

    Parameters
    ----------
    settings
        Frozen settings; read from the environment if not given.

    Returns
    -------
    dash.Dash
        The application; its ``server`` is the WSGI application.
    """
    settings = settings or load_settings()
    context = make_context(settings, PAGES)
    server = Flask("dashapp", static_folder=None)  # no static files except those served below
    server.request_class = PortalRequest
    server.extensions["portal"] = context
    lazy_scripts.postpone()
    own = bundles.serve(server, assets_folder())
    app = Dash(
        "dashapp",
        server=server,
        assets_folder=str(assets_folder()),
        include_assets_files=False,  # as two files, and those of the head separately
        external_scripts=[own["js"]],
        external_stylesheets=[BOOTSTRAP_URL, own["css"]],
        index_string=index(),
        title="Customer segments",
        update_title="",
        # False would embed each layout in everyone's index page; a test checks the wiring.
        suppress_callback_exceptions=True,
        compress=True,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        on_error=shell.report_error,
        add_log_handler=False,
        enable_mcp=False,
    )
    app.layout = markup(shell.layout(PAGES, signs_out=settings.identity == "oidc"))
    shell.register(app, context, PAGES, NOT_FOUND)
    shell.install_opening(app, context, PAGES)
    for page in PAGES:
        page.register(app, context)
    identity.install(server, settings, admission(context))
    serve_bootstrap(server)
    web.install(app, context)
    return app


def index() -> str:
    """Return the index page around Dash's own parts, with the one script that must always load."""
    recover = (assets_folder() / "head" / "recover.js").read_text(encoding="utf-8")
    return (
        INDEX.replace("{grid}", lazy_scripts.grid_address())
        .replace("{formulas}", escape(FORMULA_PATTERN))
        .replace("{recover}", recover)
    )


def admission(context: Context) -> identity.Admit:
    """Return the admission function for the configured identity mode."""
    if context.settings.identity == "proxy":
        return admit_by_proxy(context.settings)
    if context.settings.identity == "oidc":
        return admit_who_signed_in(context.ledger)
    return identity.admit_everybody


def warm_up(server: Flask) -> None:
    """Do the work that would otherwise slow down the first requests.

    Until Dash has finished its setup, concurrent requests fail (plotly/dash#3971).
    """
    learn_figures()
    # Flask's own client would import a debugger and a command line.
    client = Client(server)
    for path in ("/healthz", "/_dash-layout", "/_dash-dependencies"):
        client.get(path)
    # The first visitor would wait until all scripts of the first page are compressed.
    for path in SCRIPTS.findall(client.get("/").text):
        client.get(path, headers={"Accept-Encoding": ENCODING}, buffered=True)


def learn_figures() -> None:
    """Draw a first chart, which loads half of plotly.

    Loaded later, it would be scattered among short-lived memory.
    """
    learn_when_drawn()
    empty_figure()


def make_context(settings: Settings, pages: tuple[Page, ...]) -> Context:
    """Open the server's storage and build the services on it."""
    store = open_store(settings)
    ledger = open_ledger(settings)
    ledger.verify()
    jobs = JobQueue(settings, ledger, store.client_of)
    memory = Memory(store, ledger, jobs)
    datasets = Datasets(memory)
    training = Training(memory)
    scoring = Scoring(memory, training)
    return Context(
        settings=settings,
        store=store,
        ledger=ledger,
        jobs=jobs,
        datasets=datasets,
        training=training,
        scoring=scoring,
        exports=Exports(memory, datasets, training, scoring),
        sharing=Sharing(memory),
        large=LargeSets(memory, settings),
        page_needs=MappingProxyType({page.path: page.need for page in pages}),
    )


def serve_bootstrap(server: Flask) -> None:
    """Serve Bootstrap's CSS from its package, so that the page contacts no other host."""
    assert BOOTSTRAP_PACKAGE is not None
    assert BOOTSTRAP_PACKAGE.origin is not None
    folder = Path(BOOTSTRAP_PACKAGE.origin).parent / "static" / "bootstrap5" / "css"

    @server.get(BOOTSTRAP_URL)
    @needs(Door.PUBLIC)
    def bootstrap_css() -> Response:
        return send_from_directory(folder, "bootstrap.min.css", max_age=31_536_000)
