"""The portal's limits on files, as arguments of the reader."""

from __future__ import annotations

from dashapp.settings.portal_settings import Settings
from segmentation import Limits


def reading_limits(settings: Settings) -> Limits:
    """Return the limits within which an uploaded file is read.

    Examples
    --------
    >>> reading_limits(Settings(max_rows=1000)).rows
    1000
    """
    return Limits(
        file_bytes=settings.max_upload_bytes, rows=settings.max_rows, columns=settings.max_columns
    )
