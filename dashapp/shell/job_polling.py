"""How often a browser polls a job, and what it shows while the job waits."""

from __future__ import annotations

from dashapp import formatting
from dashapp.jobs.queue import Job

# Shortest polling interval; short enough that a finished job appears at once.
POLL_MILLISECONDS = 400
# Polling interval as a share of the job's age.
PACE_SHARE = 0.05
SLOWEST_MILLISECONDS = 2000
# Extra milliseconds per job ahead in the queue: a job far back is polled less often.
AHEAD_MILLISECONDS = 100
SLOWEST_IN_ROW = 10_000


def pace_of(job: Job, now: float, ahead: int = 0) -> int:
    """Return the milliseconds until the next poll: few for a young job, more for an old one.

    A job of 20 s is then noticed at most 1 s late, and many waiting browsers do not slow the server
    for users who are looking at results.

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
    """Return the message for a job that has not started.

    Examples
    --------
    >>> waiting_words(0), waiting_words(12)
    ('Waiting to start', 'Waiting to start: 12 tasks before this one')
    """
    if not ahead:
        return "Waiting to start"
    return f"Waiting to start: {formatting.count(ahead, 'task')} before this one"
