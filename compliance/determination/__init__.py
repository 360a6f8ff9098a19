"""May this transaction go? The rules of the law as data, judged by one pure function.

In: the facts of a transaction (`parse_facts`) and the rules (`load_rules`). Out: a
`Determination` with its reasons, the provisions of the day, what is missing, what to do next.
The engine files know no Flask, SQL or clock; `models`, `operations` and `queries` keep the
register of determinations.
"""

from compliance.determination.engine import Determination, Due, Step, determine
from compliance.determination.errors import DeterminationError, FactsError, RulesError
from compliance.determination.facts import Facts, Party, facts_from_json, facts_json, parse_facts
from compliance.determination.result import determination_json
from compliance.determination.rules import Outcome, Rules, build_rules, load_rules

__all__ = [
    "Determination",
    "DeterminationError",
    "Due",
    "Facts",
    "FactsError",
    "Outcome",
    "Party",
    "Rules",
    "RulesError",
    "Step",
    "build_rules",
    "determination_json",
    "determine",
    "facts_from_json",
    "facts_json",
    "load_rules",
    "parse_facts",
]
