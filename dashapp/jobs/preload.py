"""Imported once by the fork server, so that a job's process starts with everything loaded.

Importing runs no OpenMP region: a process that had run one could hang its forked children for
ever. (Arrow starts one thread that returns memory to the system; its children do without.)
"""

from __future__ import annotations

import segmentation

for _name in segmentation.__all__:
    getattr(segmentation, _name)
