"""May this transaction go? The rules of the law as data, judged by one pure function.

In: the facts of a transaction (`parse_facts`) and the rules (`load_rules`). Out: a
`Determination` with its reasons, the provisions of the day, what is missing, what to do next.
The engine files know no Flask, SQL or clock; `models`, `operations` and `queries` keep the
register of determinations.
"""

from compliance.determination.asking import ORDER, PARTIES, RED_FLAGS, next_fact, open_facts
from compliance.determination.classification import (
    COMPARISONS,
    Classification,
    ClassificationResult,
    ClassificationStep,
    Parameter,
    load_classification,
    read_parameters,
)
from compliance.determination.engine import Determination, Due, Step, determine
from compliance.determination.errors import (
    AlreadySavedError,
    ChangedMeanwhileError,
    DeterminationError,
    FactsError,
    NotFoundError,
    RulesError,
    WorksheetError,
)
from compliance.determination.facts import (
    ALLOWED,
    LIST_HITS,
    UNKNOWN,
    Facts,
    Party,
    facts_from_json,
    facts_json,
    parse_facts,
)
from compliance.determination.models import Transaction, Worksheet, WorksheetState
from compliance.determination.operations import (
    WorksheetContent,
    change_worksheet,
    copy_transaction,
    judged_json,
    log_flag,
    new_facts,
    open_transaction,
    open_worksheet,
    reopen_worksheet,
    reopen_worksheets,
    save_transaction,
    sign_worksheet,
    state_facts,
    withdraw_answers,
)
from compliance.determination.queries import (
    all_transactions,
    all_worksheets,
    find_transaction,
    find_worksheet,
    signed_worksheets,
)
from compliance.determination.result import determination_json
from compliance.determination.rules import Outcome, Rules, build_rules, load_rules

__all__ = [
    "ALLOWED",
    "COMPARISONS",
    "LIST_HITS",
    "ORDER",
    "PARTIES",
    "RED_FLAGS",
    "UNKNOWN",
    "AlreadySavedError",
    "ChangedMeanwhileError",
    "Classification",
    "ClassificationResult",
    "ClassificationStep",
    "Determination",
    "DeterminationError",
    "Due",
    "Facts",
    "FactsError",
    "NotFoundError",
    "Outcome",
    "Parameter",
    "Party",
    "Rules",
    "RulesError",
    "Step",
    "Transaction",
    "Worksheet",
    "WorksheetContent",
    "WorksheetError",
    "WorksheetState",
    "all_transactions",
    "all_worksheets",
    "build_rules",
    "change_worksheet",
    "copy_transaction",
    "determination_json",
    "determine",
    "facts_from_json",
    "facts_json",
    "find_transaction",
    "find_worksheet",
    "judged_json",
    "load_classification",
    "load_rules",
    "log_flag",
    "new_facts",
    "next_fact",
    "open_facts",
    "open_transaction",
    "open_worksheet",
    "parse_facts",
    "read_parameters",
    "reopen_worksheet",
    "reopen_worksheets",
    "save_transaction",
    "sign_worksheet",
    "signed_worksheets",
    "state_facts",
    "withdraw_answers",
]
