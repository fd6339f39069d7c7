"""Settings for large data on a Dask cluster; part of `Settings`."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import PurePath
from typing import Self

from pydantic import BaseModel, Field, field_validator
from pydantic import model_validator as check_together

from dashapp.settings.identity_settings import PREFIX

# Packages that only large data need.
SCALE_PACKAGES = ("dask", "distributed", "fsspec")
LOCAL = "local"
ADDRESS = re.compile(r"(tcp|tls)://[A-Za-z0-9._\-\[\]:]+:\d{1,5}")
# A bucket, container or server with an optional folder; no account, query or chained file systems,
# which fsspec writes with "::".
URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s?#@:]+(:\d{1,5})?[^\s?#@:]*")
# Total memory in MB that the engine requires for processes of this machine.
LOCAL_MEMORY_MB = 1000


class ClusterSettings(BaseModel):
    """Where large data are stored, and which cluster reads them."""

    dask_scheduler: str = Field(
        default="",
        description="Address of a Dask scheduler, such as tcp://10.0.0.1:8786, on whose cluster "
        "large data are read; local for processes of the worker's machine.",
    )
    data_sources: str = Field(
        default="",
        description="Folders or URL prefixes, separated by commas, that hold large data sets for "
        "everybody who may bring data. Nothing outside them is read.",
    )
    data_output: str = Field(
        default="",
        description="Folder or URL prefix into which all customers of a large data set are "
        "written with their segments; without it only the sample can be taken away.",
    )
    data_sample_rows: int = Field(
        default=100_000,
        ge=1_000,
        le=1_000_000,
        description="Customers of a large data set that are drawn for charts, lists and choosing "
        "the number of segments.",
    )

    @field_validator("dask_scheduler")
    @classmethod
    def _scheduler_address(cls, value: str) -> str:
        if value and value != LOCAL and not ADDRESS.fullmatch(value):
            raise ValueError("is tcp://host:port, tls://host:port or local")
        return value

    @field_validator("data_sources", "data_output")
    @classmethod
    def _only_places(cls, value: str) -> str:
        for place in places_in(value):
            check_place(place)
        return value

    @field_validator("data_output")
    @classmethod
    def _one_place(cls, value: str) -> str:
        if len(places_in(value)) > 1:
            raise ValueError("is one folder or URL prefix")
        return value

    @check_together(mode="after")
    def _cluster_is_complete(self) -> Self:
        if not self.dask_scheduler:
            if self.data_sources or self.data_output:
                raise ValueError(f"large data need {PREFIX}DASK_SCHEDULER")
            return self
        if not places_in(self.data_sources):
            raise ValueError(f"{PREFIX}DASK_SCHEDULER needs {PREFIX}DATA_SOURCES")
        if any(find_spec(package) is None for package in SCALE_PACKAGES):
            raise ValueError('large data need their packages: pip install ".[scale]"')
        return self


def places_in(value: str) -> tuple[str, ...]:
    """Return the locations in a setting, without trailing slashes.

    Examples
    --------
    >>> places_in("/srv/customers/, s3://crm/exports")
    ('/srv/customers', 's3://crm/exports')
    """
    return tuple(place.strip().rstrip("/") for place in value.split(",") if place.strip())


def check_place(place: str) -> None:
    """Raise an error unless a location is an absolute folder path or a URL prefix.

    Raises
    ------
    ValueError
        With the reason.

    Examples
    --------
    >>> check_place("data")
    Traceback (most recent call last):
    ValueError: 'data' is neither a whole path such as /srv/customers nor a URL such as s3://crm
    """
    if ".." in re.split(r"[/\\]", place):
        raise ValueError(f"{place!r} must not lead upwards with ..")
    if "://" in place:
        if not URL.fullmatch(place) or place.startswith("file:"):
            raise ValueError(
                f"{place!r} is no URL prefix such as s3://crm/exports, without account and query"
            )
    elif not PurePath(place).is_absolute():
        raise ValueError(
            f"{place!r} is neither a whole path such as /srv/customers nor a URL such as s3://crm"
        )
