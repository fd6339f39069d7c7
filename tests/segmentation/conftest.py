"""A fitted model that many tests look at, made once."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation import SegmentModel, Table, sample_customers
from segmentation.options import Settings
from segmentation.training import train


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    """400 sample customers."""
    return sample_customers(400, seed=7)


@pytest.fixture(scope="session")
def model(customers: pd.DataFrame) -> SegmentModel:
    """Segments of the sample customers."""
    table = Table.from_frame(customers, "customers.csv")
    return train(table.frame, table.columns, Settings()).model
