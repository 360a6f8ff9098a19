"""Jobs behind one small door: a table that is the truth, and engines that only wake workers.

In: a kind and its arguments, in the caller's transaction. Out: state, progress and result. A job is
claimed under a lease by one guarded UPDATE, every later write is fenced by the claim's token, and a
job whose worker died is taken up again once. Knows no job's meaning.
"""

from compliance.jobs.claims import (
    LEASE,
    Claim,
    ClaimLostError,
    beat,
    claim_next,
    count_by_state,
    expire_lost,
    fail,
    finish,
    oldest_waiting_since,
    tell,
    waiting_ids,
)
from compliance.jobs.models import LIVE_STATES, Job, JobState
from compliance.jobs.operations import cancel, enqueue, restart
from compliance.jobs.queries import NoSuchJobError, find_job, find_same, jobs_of_firm

__all__ = [
    "LEASE",
    "LIVE_STATES",
    "Claim",
    "ClaimLostError",
    "Job",
    "JobState",
    "NoSuchJobError",
    "beat",
    "cancel",
    "claim_next",
    "count_by_state",
    "enqueue",
    "expire_lost",
    "fail",
    "find_job",
    "find_same",
    "finish",
    "jobs_of_firm",
    "oldest_waiting_since",
    "restart",
    "tell",
    "waiting_ids",
]
