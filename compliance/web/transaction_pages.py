"""What the pages and the note of a transaction show: the next fact, or the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _

from compliance.assessments import assessments_in_use, load_standing
from compliance.catalogue import load_edition
from compliance.clock import now, today
from compliance.database import FirmSession
from compliance.determination import (
    ALLOWED,
    PARTIES,
    RED_FLAGS,
    Facts,
    FactsError,
    Outcome,
    Rules,
    Transaction,
    determine,
    facts_from_json,
    judged_json,
    signed_worksheets,
)
from compliance.identity import Action, Actor
from compliance.screening import (
    all_parties,
    find_party,
    standings,
)
from compliance.web.context import language
from compliance.web.layout import moment
from compliance.web.transaction_words import (
    FLAG_CATEGORIES,
    FLAG_OUTCOMES,
    HITS,
    OUTCOME_KINDS,
    PARTY_ROLES,
    SEVERITIES,
    choices,
    value_words,
)
from compliance.web.wording import value_words as answer_words

ITEM_FACTS = ("item.family", "item.listed", "item.temporarily_controlled")


@dataclass(frozen=True, slots=True)
class Answered:
    """One fact that was answered, as the path so far shows it."""

    path: str
    label: str
    value: str


def question_page(
    session: FirmSession, rules: Rules, transaction: Transaction, facts: Facts, path: str
) -> str:
    """The page that asks one fact."""
    so_far = determine(rules, facts)
    edition = load_edition()
    parties = all_parties(session) if path == PARTIES else ()
    worksheets = signed_worksheets(session) if path in ITEM_FACTS else ()
    open_rule = next((u.rule for u in rules.unknown_rules if u.fact == path), None)
    asked = [*transaction.asked]
    return render_template(
        "transactions/ask.html",
        transaction=transaction,
        facts=facts,
        path=path,
        label=rules.facts[path].label if path in rules.facts else None,
        choices=choices(path) if path in ALLOWED else (),
        value=facts.values.get(path, "") if path in asked else "",
        hints=open_rule.actions[language()] if open_rule else (),
        provisions=_provisions(rules, open_rule.provisions(facts.as_of), facts.as_of)
        if open_rule
        else (),
        answered=_path(rules, transaction, facts),
        so_far=so_far,
        kind=OUTCOME_KINDS[so_far.outcome],
        parties=[p for p in parties if p.closed_at is None],
        worksheets=worksheets,
        roles=PARTY_ROLES.items(),
        role_words=PARTY_ROLES,
        hits=HITS,
        flags=edition.red_flags,
        log=_log(transaction),
        flag_groups=_flag_groups(edition.red_flags.values()),
        severities=SEVERITIES,
        flag_outcomes=FLAG_OUTCOMES.items(),
        PARTIES=PARTIES,
        RED_FLAGS=RED_FLAGS,
    )


def outcome_page(
    session: FirmSession,
    actor: Actor,
    rules: Rules,
    transaction: Transaction,
    result: Mapping[str, Any],
) -> str:
    """The outcome of a check that is finished or kept, with its reasons."""
    facts = facts_of(session, transaction, rules)
    return render_template(
        "transactions/outcome.html",
        transaction=transaction,
        result=result,
        facts=facts,
        kind=OUTCOME_KINDS[Outcome(result["outcome"])],
        provisions=rules.provisions,
        answered=_path(rules, transaction, facts),
        missing=[_missing_words(rules, facts, path) for path in result["missing"]],
        programme=programme_of(session, actor, result["programme"]),
        hits=HITS,
        role_words=PARTY_ROLES,
        flags=load_edition().red_flags,
        log=_log(transaction),
        severities=SEVERITIES,
        flag_outcomes=FLAG_OUTCOMES,
        step_kinds={outcome.value: kind for outcome, kind in OUTCOME_KINDS.items()},
        step_titles={outcome.value: title for outcome, title in rules.titles.items()},
    )


def note_order(
    actor: Actor, rules: Rules, transaction: Transaction, facts: Facts, result: dict[str, Any]
) -> dict[str, Any]:
    """What the child that makes the note is told, as plain JSON values."""
    spoken = language()
    flags = load_edition().red_flags
    saved = transaction.saved_at is not None
    return {
        "language": spoken.value,
        "firm": (actor.firm_name_zh if spoken == "zh" else None) or actor.firm_name,
        "number": transaction.number,
        "title": transaction.title,
        "when": (transaction.saved_at or now()).isoformat(),
        "training": actor.firm_kind == "training",
        "result": result,
        "missing": [_missing_words(rules, facts, path)[0] for path in result["missing"]],
        "path": [[one.label, one.value] for one in _path(rules, transaction, facts)],
        "flags": [_flag_line(entry, flags) for entry in _log(transaction)],
        "close": str(
            _(
                "Saved by %(person)s, %(moment)s.",
                person=transaction.saved_by_name,
                moment=moment(transaction.saved_at),
            )
            if saved
            else _("Draft: not saved in the register.")
        ),
        "words": {
            "transaction": _("Transaction"),
            "as_of": _("As of"),
            "missing": _("Still to be found out"),
            "next": _("What to do next"),
            "why": _("Why"),
            "assumed": _("if the open facts turn out so:"),
            "path": _("Path"),
            "documents": _("Documents to have"),
            "clocks": _("Clocks"),
            "flags": _("Red flags"),
            "programme": _("What in your programme should have caught this"),
            "training": _("TRAINING: a fictional firm. Nothing here is real or counts."),
            "disclaimer": _(
                "An aid to self-assessment. It is not legal advice, decides no licence question, "
                "and is not run by any authority."
            ),
        },
    }


def result_of(rules: Rules, transaction: Transaction, facts: Facts) -> dict[str, Any]:
    """What was saved, or what would be saved now."""
    if transaction.result:
        return dict(transaction.result)
    return judged_json(rules, facts, determine(rules, facts), transaction.asked)


def facts_of(session: FirmSession, transaction: Transaction, rules: Rules) -> Facts:
    """The facts as they stand, with today's screening of each registered party."""
    try:
        facts = facts_from_json(transaction.facts, rules.severities)
    except FactsError:  # a flag that a later library does not know
        known = [f for f in transaction.facts["red_flags"] if f in rules.severities]
        facts = facts_from_json({**transaction.facts, "red_flags": known}, rules.severities)
    if transaction.saved_at is not None:
        return facts
    hits = hits_of(session, transaction.party_ids)
    parties = tuple(
        replace(party, list_hit=hits.get(party_id, party.list_hit))
        for party, party_id in zip(facts.parties, transaction.party_ids, strict=True)
    )
    return replace(facts, parties=parties)


def hits_of(session: FirmSession, party_ids: list[Any]) -> dict[str, str]:
    """Party id -> list hit as it stands today."""
    parties = [find_party(session, UUID(id_)) for id_ in dict.fromkeys(party_ids)]
    return {
        str(standing.party.id): standing.list_hit
        for standing in standings(session, parties, today())
    }


def programme_of(session: FirmSession, actor: Actor, ids: list[str]) -> list[dict[str, Any]]:
    """Questions that should have caught the outcome, with the firm's newest answers."""
    edition = load_edition()
    assessments = assessments_in_use(session) if ids and actor.may(Action.READ) else []
    standing = load_standing(session, assessments[0].id, actor) if assessments else None
    told = []
    for id_ in ids:
        if not edition.has_question(id_):
            continue
        own = standing.edition if standing else edition
        name = id_ if own.has_question(id_) else edition.predecessor(id_)
        asked = own.has_question(name)
        question = own.question(name) if asked else edition.question(id_)
        given = standing.answers.get(name) if standing and asked else None
        value = None if given is None or given.not_applicable else given.value
        told.append(
            {
                "question": question,
                "answer": answer_words(question, value, language()),
                "assessment": standing.assessment if standing and asked else None,
            }
        )
    return told


def _path(rules: Rules, transaction: Transaction, facts: Facts) -> list[Answered]:
    """What was answered, in the order of asking."""
    told = []
    for path in transaction.asked:
        if path == PARTIES:
            names = "; ".join(p.name for p in facts.parties) or str(_("none named"))
            told.append(Answered(path, str(_("Parties")), names))
        elif path == RED_FLAGS:
            number = len(facts.red_flags)
            told.append(Answered(path, str(_("Red flags")), str(_("%(n)s open", n=number))))
        elif path in rules.facts:
            label = rules.facts[path].label[language()]
            told.append(Answered(path, label, value_words(path, facts.values[path])))
    return told


def _log(transaction: Transaction) -> list[dict[str, Any]]:
    """The log of red flags with its moments as moments."""
    return [{**entry, "at": datetime.fromisoformat(entry["at"])} for entry in transaction.flags]


def _flag_line(entry: Mapping[str, Any], flags: Mapping[str, Any]) -> str:
    sign = flags[entry["flag"]].sign[language()] if entry["flag"] in flags else ""
    state = FLAG_OUTCOMES.get(entry["state"], _("raised"))
    said = " / ".join(entry[key] for key in ("question", "answer", "proof") if entry.get(key))
    line = f"{entry['flag']} {sign} – {state}, {entry['by']}, {moment(entry['at'])}"
    return f"{line} – {said}" if said else line


def _missing_words(rules: Rules, facts: Facts, path: str) -> tuple[str, str]:
    """A fact that is missing, and the path that asks it."""
    if path == PARTIES:
        return str(_("The end user is not named")), PARTIES
    if path.startswith("parties."):
        party = facts.parties[int(path.split(".")[1])]
        return str(_("Screening of %(name)s", name=party.name or "—")), PARTIES
    return rules.facts[path].label[language()], path


def _provisions(rules: Rules, ids: tuple[str, ...], day: date) -> list[Any]:
    return [rules.provisions[id_] for id_ in rules.in_force(ids, day)]


def _flag_groups(flags: Any) -> list[tuple[str, list[Any]]]:
    """Red flags by category, in the order of the library."""
    groups: dict[str, list[Any]] = {}
    for flag in flags:
        groups.setdefault(flag.category, []).append(flag)
    return [(FLAG_CATEGORIES.get(name, name), found) for name, found in groups.items()]
