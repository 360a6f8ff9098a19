"""Screen a party: the register, results with their reasons, and decisions."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from compliance.clock import now, today
from compliance.database import firm_reading, firm_session
from compliance.identity import Action
from compliance.screening import (
    ALERT,
    DecisionError,
    Judgement,
    Ruling,
    Verdict,
    all_parties,
    close_party,
    decide_match,
    decisions_of,
    lists_in_use,
    register_party,
    reopen_party,
    results_of,
    screen_party,
    standing_of,
    standings,
)
from compliance.web.context import engine
from compliance.web.guards import current_actor, needs
from compliance.web.transaction_words import HITS
from compliance.worker import order_rescreening

blueprint = Blueprint("screening", __name__, url_prefix="/screening")
VERDICTS = {
    Verdict.HIT: ("bad", _l("hit")),
    Verdict.POSSIBLE: ("warn", _l("possible")),
    Verdict.CLEAR: ("ok", _l("clear")),
}
RULINGS = {
    Ruling.FALSE_HIT: _l("False hit: somebody else"),
    Ruling.TRUE_HIT: _l("True hit: the same"),
    Ruling.NEED_MORE: _l("More is needed"),
}
KINDS = {
    "watch": _l("watch list"),
    "controlled": _l("controlled parties"),
    "unreliable": _l("unreliable entities"),
    "un": _l("United Nations"),
    "own": _l("own list"),
    "goods": _l("controlled items"),
}
REASONS = {
    "same characters": _l("same characters"),
    "same but for the legal form": _l("same but for the legal form"),
    "same brand": _l("same brand"),
    "same short name, nothing else given": _l("same short name, nothing else given"),
    "one character mistyped": _l("one character mistyped"),
    "one character looks alike": _l("one character looks alike"),
    "same pinyin": _l("same pinyin"),
    "same name in another spelling of Chinese": _l("same name in another spelling of Chinese"),
    "same name beside a foreign first name": _l("same name beside a foreign first name"),
    "brand in pinyin": _l("brand in pinyin"),
    "brand in pinyin, one letter mistyped": _l("brand in pinyin, one letter mistyped"),
    "same letters": _l("same letters"),
    "same letters, other gaps": _l("same letters, other gaps"),
    "acronym": _l("acronym"),
    "same words": _l("same words"),
    "same words in another order": _l("same words in another order"),
    "same letters in another order": _l("same letters in another order"),
    "one word alone": _l("one word alone"),
    "patronymic left out": _l("patronymic left out"),
    "known brand": _l("known brand"),
    "a person and a firm": _l("a person and a firm"),
    "only one says what it does": _l("only one says what it does"),
    "partly the same trade": _l("partly the same trade"),
    "one trade is vague": _l("one trade is vague"),
    "another trade": _l("another trade"),
    "only one says where": _l("only one says where"),
    "another place": _l("another place"),
    "another number": _l("another number"),
    "only one has a number": _l("only one has a number"),
}
CAUSES = {
    "first": _l("first screening"),
    "again": _l("screened again"),
    "lists_changed": _l("lists changed"),
}


@blueprint.get("")
@needs(Action.DETERMINE, Action.READ)
def index() -> str:
    """The register of parties and where each stands."""
    return _index_page("")


@blueprint.post("")
@needs(Action.DETERMINE)
def screen() -> BaseResponse | tuple[str, int]:
    """Register a party and screen it at once."""
    actor = current_actor()
    try:
        with firm_session(engine(), actor.firm_id) as session:
            party = register_party(
                session,
                actor,
                request.form.get("name", ""),
                other_names=request.form.get("other_names", "").splitlines(),
                country=request.form.get("country", "")[:60],
                reference=request.form.get("reference", "")[:100],
                now=now(),
            )
            screen_party(session, actor, party.id, now=now(), today=today())
    except DecisionError:
        return _index_page(_("Enter a name of at most 300 characters.")), 422
    return redirect(url_for("screening.party", party_id=party.id), 303)


@blueprint.post("/again")
@needs(Action.DETERMINE)
def screen_all() -> BaseResponse:
    """Queue a new screening of every open party."""
    order_rescreening(engine(), current_actor().firm_id, now=now())
    flash(_("All open parties are being screened again."), "ok")
    return redirect(url_for("screening.index"), 303)


@blueprint.get("/<uuid:party_id>")
@needs(Action.DETERMINE, Action.READ)
def party(party_id: UUID) -> str:
    """One party: its newest result, the decisions, and what was found before."""
    return _party_page(party_id)


@blueprint.post("/<uuid:party_id>/again")
@needs(Action.DETERMINE)
def screen_again(party_id: UUID) -> BaseResponse:
    """Screen one party against the lists in use."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        screen_party(session, actor, party_id, now=now(), today=today())
    return redirect(url_for("screening.party", party_id=party_id), 303)


@blueprint.post("/<uuid:party_id>/decisions")
@needs(Action.SIGN)
def decide(party_id: UUID) -> BaseResponse | tuple[str, int]:
    """Decide about one match, with a reason and an end."""
    actor = current_actor()
    ruling, until = request.form.get("ruling", ""), request.form.get("expires_on", "")
    if ruling not in set(Ruling):
        abort(422)
    try:
        judgement = Judgement(
            Ruling(ruling),
            request.form.get("reason", ""),
            date.fromisoformat(until) if until else None,
        )
        with firm_session(engine(), actor.firm_id) as session:
            decide_match(
                session,
                actor,
                party_id,
                request.form.get("list", ""),
                request.form.get("key", ""),
                judgement,
                now=now(),
                today=today(),
            )
    except (DecisionError, ValueError):
        said = _("A decision needs a reason, and an end after today and within a year.")
        return _party_page(party_id, said), 422
    return redirect(url_for("screening.party", party_id=party_id), 303)


@blueprint.post("/<uuid:party_id>/state")
@needs(Action.DETERMINE)
def change_state(party_id: UUID) -> BaseResponse:
    """Take a party out of re-screening, or back into it."""
    actor = current_actor()
    verb = reopen_party if request.form.get("state") == "open" else close_party
    with firm_session(engine(), actor.firm_id) as session:
        verb(session, actor, party_id, now=now())
    return redirect(url_for("screening.party", party_id=party_id), 303)


def _index_page(fault: str) -> str:
    text = request.args.get("q", "")
    with firm_reading(engine(), current_actor().firm_id) as session:
        rows = standings(session, all_parties(session, text), today())
        lists = [v for v in lists_in_use(session) if v.kind != "goods"]
    return render_template(
        "screening/index.html",
        rows=rows,
        lists=lists,
        hits=HITS,
        text=text,
        fault=fault,
        fields=request.form,
    )


def _party_page(party_id: UUID, fault: str = "") -> str:
    with firm_reading(engine(), current_actor().firm_id) as session:
        standing = standing_of(session, party_id, today())
        return render_template(
            "screening/party.html",
            standing=standing,
            party=standing.party,
            result=standing.result,
            strong=[m for m in standing.matches if m.match["score"] >= ALERT],
            weak=[m for m in standing.matches if m.match["score"] < ALERT],
            earlier=results_of(session, party_id)[1:],
            decisions=decisions_of(session, party_id),
            verdicts=VERDICTS,
            rulings=RULINGS,
            kinds=KINDS,
            reasons=REASONS,
            causes=CAUSES,
            hits=HITS,
            fault=fault,
            today=today(),
        )
