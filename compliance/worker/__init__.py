"""The workers' entrance: what each kind of job means, and the engines that run them.

In: a claimed job. Out: its result in the job table. Embedded by default (a thread of the web
process that starts a child for each job); with Redis, Dramatiq carries job ids to any number of
worker machines. The job table stays the truth in both.
"""

from compliance.worker.embedded import run_one, start_embedded, wake
from compliance.worker.errors import JobFaultError
from compliance.worker.kinds import KINDS, work

__all__ = ["KINDS", "JobFaultError", "run_one", "start_embedded", "wake", "work"]
