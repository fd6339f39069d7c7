"""One small cluster for all tests of a module, and customers in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from segmentation import sample_customers
from segmentation.scale.processes.dask_client import Workers

#: Customers, and rows of the sample that everything but the passes is worked out on.
CUSTOMERS = 6_000
SAMPLE = 2_500


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers.open(memory="1.5GB") as opened:
        yield opened


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    return sample_customers(CUSTOMERS, seed=5, missing=0.01)


def write_parts(frame: pd.DataFrame, folder: Path, count: int, suffix: str = "parquet") -> Path:
    """Write a table as some files of one folder."""
    folder.mkdir(exist_ok=True)
    size = -(-len(frame) // count)
    for i in range(count):
        part = frame.iloc[i * size : (i + 1) * size]
        file = folder / f"part-{i}.{suffix}"
        if suffix == "parquet":
            part.to_parquet(file, index=False, row_group_size=max(1, size // 2))
        else:
            part.to_csv(file, index=False)
    return folder
