"""The questionnaire, and the judgement of one transaction."""

from flask import Response, jsonify, request

from compliance.api.problems import ProblemError
from compliance.catalogue import UnknownEditionError, export_bytes, load_edition
from compliance.determination import determination_json, determine, load_rules, parse_facts


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
