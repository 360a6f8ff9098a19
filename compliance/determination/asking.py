"""Which fact to ask next: one at a time, in the order of the law, and only while it matters.

A fact matters where, with the facts not asked yet at their best, at their worst, or as in one of a
few telling situations, its values lead to different outcomes or to papers that are missing. What is
left out here can't mislead: the finding itself judges every combination of what is unknown.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from compliance.determination.engine import mildness_of, situation_of
from compliance.determination.facts import ALLOWED, OPEN_HITS, UNKNOWN, Facts, Party
from compliance.determination.rules import Outcome, Rules

STOPPED = Outcome.STOP_AND_REPORT.mildness
PARTIES, RED_FLAGS = "parties", "red_flags"
ORDER = (
    *("item.export_prohibited", "destination_prohibited", PARTIES),
    *("item.family", "item.listed", "item.temporarily_controlled"),
    *("knows.endangers_national_security", "knows.wmd_use", "knows.terrorist_use"),
    *("knows.notified_by_authority", "end_use_changed", "documents_forged_or_lapsed"),
    *(RED_FLAGS, "licence.kind", "licence.covers_this_export", "registration_case"),
    "end_use_documents",
)
BEST: Mapping[str, str] = {
    **{path: "no" for path, allowed in ALLOWED.items() if UNKNOWN in allowed},
    "licence.covers_this_export": "yes",
    "licence.kind": "individual",
    "end_use_documents": "complete",
    "registration_case": "repair_return",
    "item.family": "dual_use",
}
WORST: Mapping[str, str] = {
    **{path: "yes" for path, allowed in ALLOWED.items() if UNKNOWN in allowed},
    "licence.covers_this_export": "no",
    "licence.kind": "none",
    "end_use_documents": "none",
    "registration_case": "none",
    "item.family": "military",
}
CONTROLLED = {**BEST, "item.listed": "yes"}
TELLING: tuple[Mapping[str, str], ...] = (
    BEST,
    WORST,
    CONTROLLED,
    {**CONTROLLED, "licence.kind": "none"},
    {**CONTROLLED, "licence.kind": "none", "registration_case": "none"},
    {**CONTROLLED, "licence.kind": "general"},
    {**CONTROLLED, "licence.kind": "registration"},
    {**BEST, "knows.notified_by_authority": "yes"},
    {**BEST, "item.temporarily_controlled": "yes", "licence.kind": "none"},
)


def next_fact(rules: Rules, facts: Facts, asked: AbstractSet[str]) -> str | None:
    """The fact to ask next, None where nothing that is left can change the outcome."""
    return next(
        (path for path in ORDER if path not in asked and _matters(rules, facts, asked, path)), None
    )


def open_facts(rules: Rules, facts: Facts, asked: AbstractSet[str]) -> tuple[str, ...]:
    """All facts that may still be asked."""
    return tuple(p for p in ORDER if p not in asked and _matters(rules, facts, asked, p))


def _matters(rules: Rules, facts: Facts, asked: AbstractSet[str], path: str) -> bool:
    for telling in TELLING:
        supposed = _supposed(facts, asked, telling)
        if len({_said(rules, case) for case in _cases(rules, supposed, path)}) > 1:
            return True
    return False


def _said(rules: Rules, case: Facts) -> tuple[int, tuple[str, ...]]:
    """The outcome, and what is still to be brought unless everything stops anyway."""
    situation = situation_of(rules, case)
    mildness = mildness_of(rules, situation)
    if mildness <= STOPPED:
        return mildness, ()
    return mildness, tuple(r.id for r in rules.rules if r.missing and r.when(situation))


def _cases(rules: Rules, supposed: Facts, path: str) -> Iterator[Facts]:
    if path == PARTIES:
        for hit in ("none", "watch", "controlled"):
            yield replace(supposed, parties=(Party("end_user", "", hit),))
        yield replace(supposed, parties=())
    elif path == RED_FLAGS:
        stop = next(flag for flag, severity in rules.severities.items() if severity == 3)
        yield replace(supposed, red_flags=frozenset())
        yield replace(supposed, red_flags=frozenset({stop}))
    else:
        for value in ALLOWED[path]:
            if value != UNKNOWN:
                yield supposed.changed(path, value)


def _supposed(facts: Facts, asked: AbstractSet[str], telling: Mapping[str, str]) -> Facts:
    """The facts with everything not asked, or answered by "unknown", as in a telling situation."""
    values = {
        path: telling.get(path, value)
        if value == UNKNOWN or (path in ORDER and path not in asked)
        else value
        for path, value in facts.values.items()
    }
    parties = facts.parties if PARTIES in asked else (Party("end_user", "", "none"),)
    settled = tuple(
        replace(party, list_hit="none") if party.list_hit in OPEN_HITS else party
        for party in parties
    )
    flags = facts.red_flags if RED_FLAGS in asked else frozenset()
    return replace(facts, values=values, parties=settled, red_flags=flags)
