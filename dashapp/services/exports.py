"""Files that people take away: customers with their segment, scored files, models, a template."""

from __future__ import annotations

import pandas as pd

from dashapp.services.customers import Selection
from dashapp.services.datasets import Datasets
from dashapp.services.scoring import Scoring
from dashapp.services.training import Training
from segmentation import add_scores, sample_customers

UNASSIGNED = "Unassigned"
EVERYBODY = Selection()


class Exports:
    """What the download routes ask.

    Parameters
    ----------
    datasets, training, scoring
        The services that hold what is exported.
    """

    def __init__(self, datasets: Datasets, training: Training, scoring: Scoring) -> None:
        self._datasets = datasets
        self._training = training
        self._scoring = scoring

    def customers(
        self, session: str, dataset_id: str, model_id: str, selection: Selection = EVERYBODY
    ) -> pd.DataFrame:
        """The customers with their segment and what is doubtful about them.

        Raises
        ------
        SessionExpiredError
            If the session has no such data set or model, or the model has not placed these
            customers.
        """
        table = self._datasets.table(session, dataset_id)
        model = self._training.model(session, model_id)
        scores = self._training.scores(session, model_id, dataset_id)
        names = {segment.id: segment.name for segment in model.segments}
        added = pd.DataFrame(
            {
                "segment_id": scores["segment_id"],
                "segment": scores["segment_id"].map(names).fillna(UNASSIGNED),
                "runner_up": scores["runner_up_id"].map(names),
                "confidence": scores["confidence"],
                "fits": scores["fits"],
                "problems": scores["problems"],
            }
        )
        frame, _ = add_scores(table.frame, added)
        return frame[selection.mask(table.frame, scores, names)]

    def batch(self, session: str, batch_id: str) -> pd.DataFrame:
        """A scored file."""
        return self._scoring.batch(session, batch_id)

    def model_file(self, session: str, model_id: str) -> bytes:
        """The model as a file that loads here, in the library and on the command line."""
        return self._training.model(session, model_id).to_bytes()

    def rejects(self, session: str, dataset_id: str) -> pd.DataFrame:
        """The rows that were set aside, with line and reason."""
        return self._datasets.table(session, dataset_id).rejects

    def template(self) -> pd.DataFrame:
        """Three example customers in the classic columns."""
        return sample_customers(3, 7)
