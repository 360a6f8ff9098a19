"""Check a transaction: one fact at a time, then the outcome with its reasons."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.clock import now, today
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.determination import (
    ALLOWED,
    ORDER,
    PARTIES,
    RED_FLAGS,
    Facts,
    Rules,
    all_transactions,
    copy_transaction,
    determine,
    find_transaction,
    find_worksheet,
    judged_json,
    load_classification,
    load_rules,
    log_flag,
    new_facts,
    next_fact,
    open_transaction,
    save_transaction,
    state_facts,
    withdraw_answers,
)
from compliance.determination import Party as FactParty
from compliance.identity import Action, Actor
from compliance.reports import RenderingFailedError, note_in_child
from compliance.screening import (
    DecisionError,
    find_party,
    register_party,
    screen_party,
)
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.transaction_pages import (
    ITEM_FACTS,
    facts_of,
    hits_of,
    note_order,
    outcome_page,
    programme_of,
    question_page,
    result_of,
)
from compliance.web.transaction_words import (
    FLAG_OUTCOMES,
    OUTCOME_KINDS,
    PARTY_ROLES,
    VALUES,
)

blueprint = Blueprint("transactions", __name__, url_prefix="/transactions")
STOP = 3
LEAST_PROOF = 3  # characters


@blueprint.get("")
@needs(Action.DETERMINE, Action.READ)
def index() -> str:
    """The register, and the form that begins a check."""
    return _index_page({}, {})


@blueprint.post("")
@needs(Action.DETERMINE)
def begin() -> BaseResponse | tuple[str, int]:
    """Begin a check with what is known at once."""
    fields = {name: request.form.get(name, "").strip() for name in BEGIN_FIELDS}
    facts, faults = _read_beginning(fields)
    if facts is None:
        return _index_page(fields, faults), 422
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        transaction = open_transaction(session, actor, fields["title"], facts, now=now())
    return redirect(url_for("transactions.show", transaction_id=transaction.id), 303)


@blueprint.get("/<uuid:transaction_id>")
@needs(Action.DETERMINE, Action.READ)
def show(transaction_id: UUID) -> str:
    """The fact to ask next, or the outcome once nothing more matters."""
    actor, rules = current_actor(), load_rules()
    with firm_reading(engine(), actor.firm_id) as session:
        transaction = find_transaction(session, transaction_id)
        if transaction.saved_at is not None and transaction.result:
            return outcome_page(session, actor, rules, transaction, dict(transaction.result))
        facts = facts_of(session, transaction, rules)
        wanted = request.args.get("ask", "")
        path = wanted if wanted in ORDER else next_fact(rules, facts, frozenset(transaction.asked))
        finished = path is None or (request.args.get("finish") and not wanted)
        if path is None or finished or not actor.may(Action.DETERMINE):
            result = judged_json(rules, facts, determine(rules, facts), transaction.asked)
            return outcome_page(session, actor, rules, transaction, result)
        return question_page(session, rules, transaction, facts, path)


@blueprint.post("/<uuid:transaction_id>/answer")
@needs(Action.DETERMINE)
def answer(transaction_id: UUID) -> BaseResponse:
    """Answer one fact."""
    path, value = request.form.get("path", ""), request.form.get("value", "")
    if path not in ORDER or path in (PARTIES, RED_FLAGS) or value not in ALLOWED[path]:
        flash(_("Choose one of the answers shown."), "error")
        return _back(transaction_id, ask=path if path in ORDER else None)
    rules = load_rules()
    with firm_session(engine(), current_actor().firm_id) as session:
        transaction = find_transaction(session, transaction_id)
        facts = facts_of(session, transaction, rules).changed(path, value)
        state_facts(session, transaction_id, facts, [path])
    return _back(transaction_id)


@blueprint.post("/<uuid:transaction_id>/item")
@needs(Action.DETERMINE)
def take_item(transaction_id: UUID) -> BaseResponse:
    """Take family and control status from a signed worksheet."""
    rules = load_rules()
    with firm_session(engine(), current_actor().firm_id) as session:
        worksheet = find_worksheet(session, _uuid(request.form.get("worksheet")))
        transaction = find_transaction(session, transaction_id)
        facts = facts_of(session, transaction, rules)
        for name, value in load_classification().results[worksheet.result].facts.items():
            facts = facts.changed(f"item.{name}", value)
        facts = replace(
            facts,
            description=facts.description or worksheet.item,
            list_code=worksheet.list_code or facts.list_code,
        )
        state_facts(session, transaction_id, facts, ITEM_FACTS, worksheet_id=worksheet.id)
    return _back(transaction_id)


@blueprint.post("/<uuid:transaction_id>/parties")
@needs(Action.DETERMINE)
def change_parties(transaction_id: UUID) -> BaseResponse:
    """Add a party of the register or a new one, take one away, or say that these are all."""
    actor, rules = current_actor(), load_rules()
    step = request.form.get("step", "")
    try:
        with firm_session(engine(), actor.firm_id) as session:
            transaction = find_transaction(session, transaction_id)
            facts = facts_of(session, transaction, rules)
            ids = list(transaction.party_ids)
            if step == "add":
                facts, ids = _with_party(session, actor, facts, ids)
            elif step.startswith("remove-"):
                facts, ids = _without_party(facts, ids, step.removeprefix("remove-"))
            asked = [PARTIES] if step == "done" else []
            state_facts(session, transaction_id, facts, asked, party_ids=ids)
            if step != "done":
                withdraw_answers(session, transaction_id, [PARTIES])
    except DecisionError:
        flash(_("Enter a name of at most 300 characters, or choose a party."), "error")
    return _back(transaction_id, ask=None if step == "done" else PARTIES)


@blueprint.post("/<uuid:transaction_id>/flags")
@needs(Action.DETERMINE)
def change_flags(transaction_id: UUID) -> BaseResponse:
    """Raise flags, close one with its proof, or say that these are all."""
    actor, rules = current_actor(), load_rules()
    step = request.form.get("step", "")
    with firm_session(engine(), actor.firm_id) as session:
        transaction = find_transaction(session, transaction_id)
        facts = facts_of(session, transaction, rules)
        if step == "close":
            _close_flag(session, actor, rules, transaction_id, facts)
        else:
            raised = [f for f in request.form.getlist("flag") if f in rules.severities]
            for flag in dict.fromkeys(raised):
                if flag not in facts.red_flags:
                    facts = replace(facts, red_flags=facts.red_flags | {flag})
                    entry = {"flag": flag, "state": "open"}
                    log_flag(session, actor, transaction_id, entry, facts, now=now())
        if step == "done":
            state_facts(session, transaction_id, facts, [RED_FLAGS])
    return _back(transaction_id, ask=None if step == "done" else RED_FLAGS)


@blueprint.post("/<uuid:transaction_id>/withdraw")
@needs(Action.DETERMINE)
def withdraw(transaction_id: UUID) -> BaseResponse:
    """Take an answer back, so that it is asked again."""
    path = request.form.get("path", "")
    if path not in ORDER:
        abort(422)
    with firm_session(engine(), current_actor().firm_id) as session:
        withdraw_answers(session, transaction_id, [path])
    return _back(transaction_id, ask=path)


@blueprint.post("/<uuid:transaction_id>/save")
@needs(Action.DETERMINE)
def save(transaction_id: UUID) -> BaseResponse:
    """Judge and keep the result in the register."""
    actor, rules = current_actor(), load_rules()
    with firm_session(engine(), actor.firm_id) as session:
        transaction = find_transaction(session, transaction_id)
        state_facts(session, transaction_id, facts_of(session, transaction, rules), [])
        save_transaction(session, actor, transaction_id, rules, now=now())
    flash(_("Saved in the register. It can no longer be changed; a copy can."), "ok")
    return _back(transaction_id)


@blueprint.post("/<uuid:transaction_id>/copy")
@needs(Action.DETERMINE)
def copy(transaction_id: UUID) -> BaseResponse:
    """Check again, beginning with the facts of an earlier check."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        again = copy_transaction(session, actor, transaction_id, now=now())
    return _back(again.id)


@blueprint.get("/<uuid:transaction_id>/result.json")
@needs(Action.DETERMINE, Action.READ)
def result_json(transaction_id: UUID) -> Response:
    """The result as JSON, in the form of `flask determine`."""
    rules = load_rules()
    with firm_reading(engine(), current_actor().firm_id) as session:
        transaction = find_transaction(session, transaction_id)
        result = result_of(rules, transaction, facts_of(session, transaction, rules))
    content = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
    return Response(content, mimetype="application/json")


@blueprint.get("/<uuid:transaction_id>/note.pdf")
@needs(Action.DETERMINE, Action.READ)
def note(transaction_id: UUID) -> Response:
    """The note of two pages for the file."""
    actor, rules = current_actor(), load_rules()
    with firm_reading(engine(), actor.firm_id) as session:
        transaction = find_transaction(session, transaction_id)
        facts = facts_of(session, transaction, rules)
        result = result_of(rules, transaction, facts)
        programme = programme_of(session, actor, result["programme"])
    order = note_order(actor, rules, transaction, facts, result)
    order["programme"] = [
        f"{line['question'].id} {line['question'].prompt[language()]} – {line['answer']}"
        for line in programme
    ]
    try:
        answer = Response(note_in_child(order), mimetype="application/pdf")
    except RenderingFailedError:
        abort(503)
    name = f"transaction-{transaction.number}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


BEGIN_FIELDS = ("title", "description", "activity", "destination", "as_of")


def _index_page(fields: Mapping[str, str], faults: Mapping[str, str]) -> str:
    with firm_reading(engine(), current_actor().firm_id) as session:
        transactions = all_transactions(session)
    return render_template(
        "transactions/index.html",
        transactions=transactions,
        titles={o.value: title for o, title in load_rules().titles.items()},
        kinds={o.value: kind for o, kind in OUTCOME_KINDS.items()},
        activities=VALUES["activity"].items(),
        fields=fields,
        faults=faults,
        today=today(),
    )


def _read_beginning(fields: Mapping[str, str]) -> tuple[Facts | None, dict[str, str]]:
    faults: dict[str, str] = {}
    if not 1 <= len(fields["title"]) <= 200:
        faults["title"] = _("Give the transaction a name of at most 200 characters.")
    destination = fields["destination"].upper()
    if not (len(destination) == 2 and destination.isascii() and destination.isalpha()):
        faults["destination"] = _("Enter the two letters of the country, for example DE.")
    if fields["activity"] not in ALLOWED["activity"]:
        faults["activity"] = _("Choose what happens.")
    as_of = today()
    try:
        as_of = date.fromisoformat(fields["as_of"])
    except ValueError:
        faults["as_of"] = _("Enter a date that exists as year-month-day, for example 2026-11-24.")
    if faults:
        return None, faults
    return new_facts(as_of, fields["activity"], destination, fields["description"][:2000]), {}


def _with_party(
    session: FirmSession, actor: Actor, facts: Facts, ids: list[Any]
) -> tuple[Facts, list[Any]]:
    chosen, role = request.form.get("party", ""), request.form.get("role", "")
    if role not in PARTY_ROLES:
        abort(422)
    if chosen:
        party = find_party(session, _uuid(chosen))
    else:
        party = register_party(
            session,
            actor,
            request.form.get("name", ""),
            other_names=request.form.get("other_names", "").splitlines(),
            country=request.form.get("country", "")[:60],
            now=now(),
        )
        screen_party(session, actor, party.id, now=now(), today=today())
    hit = hits_of(session, [str(party.id)])[str(party.id)]
    added = FactParty(role, party.name, hit)
    return replace(facts, parties=(*facts.parties, added)), [*ids, str(party.id)]


def _without_party(facts: Facts, ids: list[Any], place: str) -> tuple[Facts, list[Any]]:
    if not (place.isascii() and place.isdigit()) or int(place) >= len(facts.parties):
        abort(422)
    n = int(place)
    parties = facts.parties[:n] + facts.parties[n + 1 :]
    return replace(facts, parties=parties), ids[:n] + ids[n + 1 :]


def _close_flag(
    session: FirmSession, actor: Actor, rules: Rules, transaction_id: UUID, facts: Facts
) -> None:
    """Close one flag; a stop is closed by compliance alone, and none without proof."""
    flag = request.form.get("flag", "")
    said = {name: request.form.get(name, "").strip() for name in ("question", "answer", "proof")}
    outcome = request.form.get("outcome", "")
    if flag not in facts.red_flags or outcome not in FLAG_OUTCOMES:
        abort(422)
    if rules.severities[flag] == STOP and not actor.may(Action.SIGN):
        flash(_("A stop is closed by the compliance officer alone."), "error")
        return
    if any(len(text) < LEAST_PROOF for text in said.values()):
        flash(_("Closing needs the question, the answer and the proof."), "error")
        return
    if outcome == "cleared":
        facts = replace(facts, red_flags=facts.red_flags - {flag})
    entry = {"flag": flag, "state": outcome, **said}
    log_flag(session, actor, transaction_id, entry, facts, now=now())


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(422)


def _back(transaction_id: UUID, ask: str | None = None) -> BaseResponse:
    return redirect(url_for("transactions.show", transaction_id=transaction_id, ask=ask), 303)
