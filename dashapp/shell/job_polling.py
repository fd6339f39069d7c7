"""What a browser does that waits for a job: how often it asks, and what it says meanwhile."""

from __future__ import annotations

from dashapp import formatting
from dashapp.jobs.queue import Job

# How often a waiting browser asks; short enough that a finished job shows at once.
POLL_MILLISECONDS = 400
# A browser asks again after this share of the time that its job has taken so far.
PACE_SHARE = 0.05
SLOWEST_MILLISECONDS = 2000
# Who stands far back in the row asks seldom, for each before them this much later.
AHEAD_MILLISECONDS = 100
SLOWEST_IN_ROW = 10_000


def pace_of(job: Job, now: float, ahead: int = 0) -> int:
    """Milliseconds until a browser asks again: soon for short work, less often for long.

    A job that takes 20 s is then seen 1 s late at most, and a crowd that waits for its trainings
    leaves the server to those who look at results.

    Examples
    --------
    >>> [pace_of(Job("a", "b", "train", {}, created=0.0), now) for now in (1, 20, 600)]
    [400, 1000, 2000]
    >>> [pace_of(Job("a", "b", "train", {}, created=0.0), 1, ahead) for ahead in (3, 30, 300)]
    [400, 3000, 10000]
    """
    share_of_age = min(SLOWEST_MILLISECONDS, 1000 * PACE_SHARE * (now - job.created))
    place = min(SLOWEST_IN_ROW, AHEAD_MILLISECONDS * ahead)
    return round(max(POLL_MILLISECONDS, share_of_age, place))


def waiting_words(ahead: int) -> str:
    """What somebody reads whose job has not begun.

    Examples
    --------
    >>> waiting_words(0), waiting_words(12)
    ('Waiting to start', 'Waiting to start: 12 tasks before this one')
    """
    if not ahead:
        return "Waiting to start"
    return f"Waiting to start: {formatting.count(ahead, 'task')} before this one"
