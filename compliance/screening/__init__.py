"""Who is behind a name: lists of parties and goods, matching, and what people decided about it.

In: lists with their versions, parties, control-list entries. Out: likeness of names with its
reasons (`compare`), searchable lists (`NameIndex`), and the registers of parties, decisions and
classifications. The matching files know no Flask, SQL or clock.
"""

from compliance.screening.index import Match, NameIndex
from compliance.screening.matching import ALERT, REVIEW, VERSION, Likeness, compare, too_short
from compliance.screening.names import names_in, split_cell

__all__ = [
    "ALERT",
    "REVIEW",
    "VERSION",
    "Likeness",
    "Match",
    "NameIndex",
    "compare",
    "names_in",
    "split_cell",
    "too_short",
]
