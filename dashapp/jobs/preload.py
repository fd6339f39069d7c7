"""Imported once by the fork server, so that a job's process starts with everything loaded.

Importing runs no OpenMP region: a process that had run one could hang its forked children for
ever. (Arrow starts one thread that returns memory to the system; its children do without.)
"""

from __future__ import annotations

import dashapp.session.files
import dashapp.session.redis_entries
import dashapp.session.redis_ledger
import dashapp.session.sqlite_ledger  # noqa: F401 - each back end's module is loaded on demand
import segmentation

for _name in segmentation.__all__:
    getattr(segmentation, _name)
