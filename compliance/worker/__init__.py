"""The workers' entrance: what each kind of job means, and the engines that run them.

In: a claimed job. Out: its result in the job table. Embedded by default (a thread of the web
process that starts a child for each job); with Redis, Dramatiq carries job ids to any number of
worker machines. The job table stays the truth in both.
"""

from compliance.worker.embedded import run_one, start_embedded, wake
from compliance.worker.errors import JobFaultError, NotOnOfferError
from compliance.worker.health import engine_fault
from compliance.worker.kinds import KINDS, work
from compliance.worker.orders import (
    FORMATS,
    LANGUAGES,
    VARIANTS,
    Wish,
    order_comparison,
    order_report,
    read_wish,
)
from compliance.worker.portfolio import firms_of_portfolio, order_portfolio
from compliance.worker.reminding import firms_to_remind, remind_firm
from compliance.worker.rescreening import order_rescreening, reopen_everywhere
from compliance.worker.shelf import find_report, make_again, report_file, reports_of

__all__ = [
    "FORMATS",
    "KINDS",
    "LANGUAGES",
    "VARIANTS",
    "JobFaultError",
    "NotOnOfferError",
    "Wish",
    "engine_fault",
    "find_report",
    "firms_of_portfolio",
    "firms_to_remind",
    "make_again",
    "order_comparison",
    "order_portfolio",
    "order_report",
    "order_rescreening",
    "read_wish",
    "remind_firm",
    "reopen_everywhere",
    "report_file",
    "reports_of",
    "run_one",
    "start_embedded",
    "wake",
    "work",
]
