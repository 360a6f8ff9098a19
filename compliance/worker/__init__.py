"""The workers' entrance: what each kind of job means, and the engines that run them.

In: a claimed job. Out: its result in the job table. Embedded by default (a thread of the web
process that starts a child for each job); with Redis, Dramatiq carries job ids to any number of
worker machines. The job table stays the truth in both.
"""

from compliance.worker.embedded import run_one, start_embedded, wake
from compliance.worker.errors import JobFaultError
from compliance.worker.health import engine_fault
from compliance.worker.kinds import KINDS, work
from compliance.worker.orders import FORMATS, LANGUAGES, VARIANTS, Wish, order_report, read_wish
from compliance.worker.reminding import firms_to_remind, remind_firm
from compliance.worker.rescreening import order_rescreening, reopen_everywhere

__all__ = [
    "FORMATS",
    "KINDS",
    "LANGUAGES",
    "VARIANTS",
    "JobFaultError",
    "Wish",
    "engine_fault",
    "firms_to_remind",
    "order_report",
    "order_rescreening",
    "read_wish",
    "remind_firm",
    "reopen_everywhere",
    "run_one",
    "start_embedded",
    "wake",
    "work",
]
