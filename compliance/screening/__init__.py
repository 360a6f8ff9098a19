"""Who is behind a name: lists of parties and goods, matching, and what people decided about it.

In: lists with their versions, parties, control-list entries. Out: likeness of names with its
reasons (`compare`), searchable lists (`NameIndex`), and the registers of parties, decisions and
classifications. The matching files know no Flask, SQL or clock.
"""

from compliance.screening.errors import (
    DecisionError,
    KindError,
    ListFileError,
    NotFoundError,
    ScreeningError,
    ShrinkError,
)
from compliance.screening.goods import ControlItem, find_goods, search_goods
from compliance.screening.index import Match, NameIndex
from compliance.screening.lists import (
    Preview,
    Source,
    import_goods,
    import_parties,
    preview_goods,
    preview_parties,
)
from compliance.screening.matching import ALERT, REVIEW, VERSION, Likeness, compare, too_short
from compliance.screening.models import (
    ListKind,
    MatchDecision,
    Party,
    Ruling,
    ScreeningResult,
    Verdict,
)
from compliance.screening.names import names_in, split_cell
from compliance.screening.operations import (
    Judgement,
    close_party,
    decide_match,
    register_party,
    reopen_party,
    rescreen_open_parties,
    screen_party,
)
from compliance.screening.queries import (
    MatchStanding,
    Standing,
    all_parties,
    decisions_of,
    find_party,
    results_of,
    standing_of,
    standings,
)
from compliance.screening.reading import (
    CONTROL_COLUMNS,
    PARTY_COLUMNS,
    ControlRow,
    PartyRow,
    read_control_entries,
    read_parties,
    read_queries,
)
from compliance.screening.stock import (
    Found,
    ListInUse,
    Screened,
    Stock,
    StockEntry,
    lists_in_use,
    stock_on,
)

__all__ = [
    "ALERT",
    "CONTROL_COLUMNS",
    "PARTY_COLUMNS",
    "REVIEW",
    "VERSION",
    "ControlItem",
    "ControlRow",
    "DecisionError",
    "Found",
    "Judgement",
    "KindError",
    "Likeness",
    "ListFileError",
    "ListInUse",
    "ListKind",
    "Match",
    "MatchDecision",
    "MatchStanding",
    "NameIndex",
    "NotFoundError",
    "Party",
    "PartyRow",
    "Preview",
    "Ruling",
    "Screened",
    "ScreeningError",
    "ScreeningResult",
    "ShrinkError",
    "Source",
    "Standing",
    "Stock",
    "StockEntry",
    "Verdict",
    "all_parties",
    "close_party",
    "compare",
    "decide_match",
    "decisions_of",
    "find_goods",
    "find_party",
    "import_goods",
    "import_parties",
    "lists_in_use",
    "names_in",
    "preview_goods",
    "preview_parties",
    "read_control_entries",
    "read_parties",
    "read_queries",
    "register_party",
    "reopen_party",
    "rescreen_open_parties",
    "results_of",
    "screen_party",
    "search_goods",
    "split_cell",
    "standing_of",
    "standings",
    "stock_on",
    "too_short",
]
