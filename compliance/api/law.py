"""The questionnaire, the judgement of one transaction, and the screening of names."""

from datetime import date
from typing import Any

from flask import Response, jsonify, request

from compliance.api.bodies import read_object
from compliance.api.guard import caller, engine
from compliance.api.problems import ProblemError
from compliance.catalogue import UnknownEditionError, export_bytes, load_edition
from compliance.clock import today
from compliance.database import firm_reading
from compliance.determination import determination_json, determine, load_rules, parse_facts
from compliance.screening import VERSION as MATCHER
from compliance.screening import Screened, stock_on


def catalogue() -> Response:
    """An edition of the questionnaire, the latest unless `version` names one."""
    try:
        edition = load_edition(
            request.args.get("questionnaire", "ecl-icp"), request.args.get("version")
        )
    except UnknownEditionError as error:
        raise ProblemError(404, str(error)) from None
    response = Response(export_bytes(edition), mimetype="application/json")
    response.set_etag(edition.digest.removeprefix("sha256:"))
    response.make_conditional(request)
    return response


def determined() -> Response:
    """Judge a transaction by its facts; nothing is stored."""
    rules = load_rules()
    facts = parse_facts(request.get_data(), rules.severities)
    return jsonify(determination_json(facts, determine(rules, facts)))


MOST_NAMES = 100
LONGEST_NAME = 500


def screened() -> Response:
    """Screen names against the lists in use, the firm's own included; nothing is stored."""
    names, day = _names_and_day()
    with firm_reading(engine(), caller().firm_id) as session:
        stock = stock_on(session, day or today(), past=day is not None)
    if not stock.lists:
        raise ProblemError(409, "No list is in use; import one first.")
    return jsonify(
        as_of=stock.day.isoformat(),
        matcher=MATCHER,
        lists=[
            {"code": one.code, "kind": one.kind, "version": one.number, "entries": one.entries}
            for one in stock.lists
        ],
        results=[_screening(name, stock.screen((name,))) for name in names],
    )


def _names_and_day() -> tuple[list[str], date | None]:
    wish = read_object()
    names = wish.get("names")
    if not isinstance(names, list) or not 1 <= len(names) <= MOST_NAMES:
        raise ProblemError(422, f"names: a list of 1 to {MOST_NAMES} names")
    if not all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in names):
        raise ProblemError(422, f"names: each a text of 1 to {LONGEST_NAME} characters")
    try:
        return names, date.fromisoformat(wish["as_of"]) if "as_of" in wish else None
    except (TypeError, ValueError):
        raise ProblemError(422, "as_of: a date, year-month-day") from None


def _screening(name: str, found: Screened) -> dict[str, Any]:
    return {
        "query": name,
        "verdict": found.verdict,
        "too_short": found.too_short,
        "matches": [
            {
                "name": match.entry.name or match.entry.name_zh,
                "list": match.in_list.code,
                "reference": match.entry.reference,
                "score": round(match.score, 2),
                "reasons": list(match.reasons),
            }
            for match in found.found
        ],
    }
