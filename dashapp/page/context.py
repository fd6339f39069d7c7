"""The services and settings that pages use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashapp.auth.permissions import Right
from dashapp.jobs.queue import JobQueue
from dashapp.ledger.ledger import Ledger
from dashapp.services.datasets import Datasets
from dashapp.services.exports import Exports
from dashapp.services.large.large_sets import LargeSets
from dashapp.services.score_customers import Scoring
from dashapp.services.sharing import Sharing
from dashapp.services.train_models import Training
from dashapp.settings.portal_settings import Settings
from dashapp.storage.store import SessionStore


@dataclass(frozen=True)
class Context:
    """The services and settings that pages use; created by :func:`dashapp.app.create_app`.

    Attributes
    ----------
    settings
        The frozen settings of this process.
    store, ledger, jobs
        What the server stores for each session.
    datasets, training, scoring, exports, sharing, large
        The services, independent of Dash.
    page_needs
        Path of each page → required permission; any other full-page path returns 404.
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
