"""The portal's settings, read once from the environment and then frozen.

Only this module reads or sets environment variables. Every variable begins with ``SEGMENTATION_``;
a misspelled or invalid one stops the start with one clear line, so that a typing error never
silently disables a protection.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic import model_validator as check_together
from pydantic_settings import BaseSettings, SettingsConfigDict

from dashapp.settings.dask_settings import LOCAL, LOCAL_MEMORY_MB, ClusterSettings
from dashapp.settings.identity_settings import PREFIX, IdentitySettings

# RFC 7518, section 3.2: an HMAC-SHA-256 key has at least the 32 bytes of the hash.
SECRET_BYTES = 32
# One frame ancestor of a Content-Security-Policy: scheme, host (optionally *.), port.
ANCESTOR = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")
# Each process uses one thread for numerical work; parallelism comes from several processes.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Few malloc arenas and no reserved pool keep the address space of a limited job small.
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class SettingsError(Exception):
    """A setting is unknown or invalid; ``str()`` is one line that says which and why."""


class Settings(ClusterSettings, IdentitySettings, BaseSettings):
    """All settings of the portal.

    They are frozen: they never change within a process, and threads can share them.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=Path(".portal"),
        description="Folder for sessions and jobs; made with access for its owner only.",
    )
    hosted: bool = Field(
        default=False,
        description="Behind https for others: Secure cookies, HSTS, listens on all addresses, "
        "refuses to start without a secret key.",
    )
    port: int = Field(
        default=8050,
        ge=1,
        le=65_535,
        validation_alias=AliasChoices("PORT", f"{PREFIX}PORT"),
        description="Port of the web server; the usual PORT works as well.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 bytes; signs cookies and stored values. Unless hosted, one is "
        "made and kept in the data folder.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="redis:// address for sessions and jobs; several machines share one Redis. "
        "Without it files and SQLite in the data folder are used.",
    )
    frame_ancestors: str = Field(
        default="",
        description="Origins, separated by spaces, that may show the portal in a frame, such as "
        "https://bi.example.com.",
    )
    embed_key: SecretStr | None = Field(
        default=None, description="Signs launch links of embedded pages; at least 32 bytes."
    )
    max_upload_mb: int = Field(default=200, ge=1, le=4096, description="Largest upload in MB.")
    max_rows: int = Field(default=5_000_000, ge=10, description="Most rows of one table.")
    max_columns: int = Field(default=500, ge=2, description="Most columns of one table.")
    web_workers: int = Field(default=2, ge=1, le=64, description="Web processes of gunicorn.")
    web_threads: int = Field(
        default=4, ge=1, le=64, description="Requests that one web process answers at once."
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Trainings that one worker process runs at once; one more place is for files.",
    )
    job_memory_mb: int = Field(
        default=2048, ge=256, description="Memory in MB that one job may take for itself."
    )
    parse_seconds: int = Field(
        default=60, ge=1, description="Longest time in seconds for reading a file."
    )
    train_seconds: int = Field(
        default=900,
        ge=1,
        description="Longest time in seconds for training, scoring or writing a file.",
    )
    jobs_per_session: int = Field(
        default=4, ge=1, description="Jobs of one session that may wait or run at once."
    )
    jobs_waiting: int = Field(
        default=100,
        ge=1,
        description="Trainings of everybody that may wait, and as many files; more are asked to "
        "retry.",
    )
    idle_ttl_hours: float = Field(
        default=24, gt=0, le=8760, description="Hours without a visit after which data are deleted."
    )
    absolute_ttl_hours: float = Field(
        default=168, gt=0, le=8760, description="Hours after which data are deleted in any case."
    )
    session_quota_mb: int = Field(
        default=2048, ge=1, description="Storage in MB that one session may take."
    )
    total_quota_mb: int = Field(
        default=20_480, ge=1, description="Storage in MB that all sessions may take together."
    )
    client_share: int = Field(
        default=25,
        ge=1,
        le=100,
        description="Percent of the waiting places and of the total storage that one user may "
        "take, or one address where nobody signs in.",
    )
    uploads_per_minute: int = Field(
        default=30, ge=1, description="Uploads that one session may start in a minute."
    )

    requests_per_minute: int = Field(
        default=1200, ge=10, description="Requests that one session may make in a minute."
    )
    new_sessions_per_minute: int = Field(
        default=600,
        ge=1,
        description="Sessions that one address may begin in a minute; a company may share one.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Lets Prometheus read /metrics from another machine, as a bearer token; "
        "without it only this machine may.",
    )

    @field_validator("secret_key", "embed_key", "proxy_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < SECRET_BYTES:
            raise ValueError(f"needs at least {SECRET_BYTES} bytes; try: openssl rand -hex 32")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            scheme = urlsplit(value.get_secret_value()).scheme
            if scheme not in {"redis", "rediss", "unix"}:
                raise ValueError("must begin with redis://, rediss:// or unix://")
        return value

    @field_validator("frame_ancestors")
    @classmethod
    def _only_origins(cls, value: str) -> str:
        for origin in value.split():
            if not ANCESTOR.fullmatch(origin) or not _has_port(origin):
                raise ValueError(f"{origin!r} is not an origin such as https://bi.example.com")
        return value

    @check_together(mode="after")
    def _hosted_needs_secret(self) -> Self:
        if self.hosted and self.secret_key is None:
            raise ValueError(
                f"hosted mode needs {PREFIX}SECRET_KEY of at least {SECRET_BYTES} bytes"
            )
        return self

    @check_together(mode="after")
    def _open_is_said_twice(self) -> Self:
        if self.hosted and self.identity == "open" and not self.open_to_all:
            raise ValueError(
                "a hosted portal that is open lets everybody in who reaches it: set "
                f"{PREFIX}IDENTITY, or confirm with {PREFIX}OPEN_TO_ALL=1"
            )
        return self

    @check_together(mode="after")
    def _local_cluster_has_memory(self) -> Self:
        if self.dask_scheduler == LOCAL and self.job_memory_mb < LOCAL_MEMORY_MB:
            raise ValueError(
                f"{PREFIX}DASK_SCHEDULER=local needs {PREFIX}JOB_MEMORY_MB of at least "
                f"{LOCAL_MEMORY_MB}"
            )
        return self

    @property
    def host(self) -> str:
        """The address that the web server binds to: localhost, unless hosted for others.

        Examples
        --------
        >>> Settings().host
        '127.0.0.1'
        """
        return "0.0.0.0" if self.hosted else "127.0.0.1"  # noqa: S104 - hosted is for others

    @property
    def idle_seconds(self) -> int:
        """Seconds without a visit after which a session ends."""
        return max(1, round(self.idle_ttl_hours * 3600))

    @property
    def absolute_seconds(self) -> int:
        """Seconds after which a session ends in any case."""
        return max(1, round(self.absolute_ttl_hours * 3600))

    @property
    def max_upload_bytes(self) -> int:
        """Largest upload in bytes."""
        return self.max_upload_mb * 1024 * 1024

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Origins that may frame the portal."""
        return tuple(self.frame_ancestors.split())

    def to_json(self) -> str:
        """Return all settings as JSON with plain-text secrets, only for our own child processes."""
        values = self.model_dump(mode="json")
        for name, value in self:
            if isinstance(value, SecretStr):
                values[name] = value.get_secret_value()
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Return the settings of the parent process, regardless of the environment.

        Examples
        --------
        >>> Settings.from_json(Settings(port=9000).to_json()).port
        9000
        """
        return cls(**json.loads(text))


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        If a variable is unknown or invalid; one line names it.
    """
    names = {field.upper() for field in Settings.model_fields}
    for variable in sorted(os.environ):
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in names:
            raise SettingsError(f"{variable} is not a setting of the portal; see the README")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise SettingsError(f"{_variable(first['loc'])}{reason}") from None


def _variable(location: tuple[int | str, ...]) -> str:
    """Return the invalid environment variable with a colon; empty for rules across several."""
    if not location:
        return ""
    name = str(location[0]).upper()
    return f"{name if name == 'PORT' or name.startswith(PREFIX) else PREFIX + name}: "


def _has_port(origin: str) -> bool:
    """Whether the port of an origin, if any, is valid."""
    try:
        return urlsplit(origin).port != 0
    except ValueError:
        return False


def limit_threads() -> None:
    """Limit numerical work in this process and its children to one thread each.

    Two processes with the default number of threads slow each other down twentyfold on two cores.
    Call this before importing numpy; values set by the operator are kept.
    """
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)


def share_metrics(folder: Path) -> None:
    """Tell prometheus-client where the processes of this machine store their metrics."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
