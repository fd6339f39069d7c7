"""Imports for the fork server, so that a job's process starts with everything loaded.

Importing runs no OpenMP region: forked children of a process that ran one could hang forever.
(Arrow starts one thread that returns memory to the system; its children work without it.)
"""

from __future__ import annotations

import segmentation

for _name in segmentation.__all__:
    getattr(segmentation, _name)
