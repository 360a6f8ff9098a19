"""A trainer's own scenarios: copy, edit with a form, check, publish, take out and in as a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import yaml
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.catalogue import Edition, Fault, Kind, UnknownEditionError, load_edition
from compliance.clock import now
from compliance.database import firm_reading, firm_session
from compliance.determination import Outcome, load_rules
from compliance.determination.facts import ALLOWED as ALLOWED_FACTS
from compliance.identity import Action
from compliance.training import (
    TOPICS,
    Difficulty,
    DocumentKind,
    OwnScenario,
    ScenarioError,
    StaleScenarioError,
    UncheckedScenarioError,
    faults_of,
    find_own,
    find_scenario,
    keep_copy,
    parse_scenario,
    publish,
    rewrite,
)
from compliance.web.context import engine
from compliance.web.debrief import download
from compliance.web.guards import current_actor, needs
from compliance.web.training import topic_titles
from compliance.web.transaction_words import THREE, VALUES

blueprint = Blueprint("scenarios", __name__, url_prefix="/scenarios")
LANGUAGES = ("en", "zh")
LARGEST_FILE = 500_000
SPARE_ROWS = 1  # empty rows at the end of a list, to add to it


class Dumper(yaml.SafeDumper):
    """Writes long texts as blocks and repeats instead of pointing back."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, _block)


@blueprint.post("/copy/<scenario_id>")
@needs(Action.TRAIN)
def copy(scenario_id: str) -> BaseResponse:
    """An own scenario that begins as a copy of another."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        found = find_scenario(db, scenario_id, actor.person_id)
        row = keep_copy(db, actor, found.document, now=now())
    return redirect(url_for("scenarios.edit", own_id=row.id))


@blueprint.get("/<uuid:own_id>/edit")
@needs(Action.TRAIN)
def edit(own_id: UUID) -> str:
    """The form."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        row = find_own(db, own_id, actor.person_id)
    return _form_page(row, row.content, faults_of(row.content))


@blueprint.post("/<uuid:own_id>/edit")
@needs(Action.TRAIN)
def save(own_id: UUID) -> BaseResponse | tuple[str, int]:
    """Keep what the form says, faults and all, and check it."""
    actor, form = current_actor(), request.form
    with firm_reading(engine(), actor.firm_id) as db:
        content = document_from_form(find_own(db, own_id, actor.person_id).content)
    try:
        with firm_session(engine(), actor.firm_id) as db:
            row = find_own(db, own_id, actor.person_id)
            base = form.get("version", type=int, default=-1)
            rewrite(db, row, content, base_version=base, now=now())
    except StaleScenarioError:
        with firm_reading(engine(), actor.firm_id) as db:
            row = find_own(db, own_id, actor.person_id)
        said = _("A colleague changed this scenario meanwhile. Your text stands below, not kept.")
        return _form_page(row, content, faults_of(content), conflict=said), 409
    faults = faults_of(content)
    if faults:
        flash(_("Kept. %(count)s faults are left.", count=len(faults)), "warn")
    else:
        flash(_("Kept. The check found nothing."), "ok")
    return redirect(url_for("scenarios.edit", own_id=own_id))


@blueprint.post("/<uuid:own_id>/publish")
@needs(Action.TRAIN)
def make_public(own_id: UUID) -> BaseResponse:
    """Show it to colleagues, or to its author only."""
    actor = current_actor()
    wanted = bool(request.form.get("wanted"))
    try:
        with firm_session(engine(), actor.firm_id) as db:
            row = find_own(db, own_id, actor.person_id)
            publish(db, actor, row, wanted=wanted, now=now())
    except UncheckedScenarioError:
        flash(_("A scenario with faults can't be published."), "bad")
    else:
        flash(_("Published to colleagues.") if wanted else _("Now yours alone."), "ok")
    return redirect(url_for("scenarios.edit", own_id=own_id))


@blueprint.post("/<uuid:own_id>/delete")
@needs(Action.TRAIN)
def delete(own_id: UUID) -> BaseResponse:
    """Remove an own scenario; sandboxes and sessions that use it keep their copy."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        db.delete(find_own(db, own_id, actor.person_id))
    flash(_("The scenario is gone."), "ok")
    return redirect(url_for("training.index"))


@blueprint.get("/<scenario_id>/export")
@needs(Action.TRAIN)
def export(scenario_id: str) -> BaseResponse:
    """The scenario as a file that can be taken in again."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        found = find_scenario(db, scenario_id, actor.person_id)
    return download(as_file(found.document), "application/yaml", f"{found.id.lower()}.yaml")


@blueprint.route("/import", methods=["GET", "POST"])
@needs(Action.TRAIN)
def take_in() -> str | tuple[str, int] | BaseResponse:
    """A file becomes an own scenario, or every fault in it is listed."""
    if request.method == "GET":
        return render_template("training/import.html", faults=())
    actor, sent = current_actor(), request.files.get("file")
    raw = b""
    if sent:
        raw = sent.stream.read(LARGEST_FILE + 1)
        sent.close()
    if not raw or len(raw) > LARGEST_FILE:
        said = _("Choose a file of at most 500 kB.")
        return render_template("training/import.html", faults=(Fault("", 0, "", "", said),)), 422
    name = (sent.filename if sent else "") or "file"
    try:
        found = parse_scenario(raw, name[:80])
    except ScenarioError as error:
        return render_template("training/import.html", faults=error.faults), 422
    with firm_session(engine(), actor.firm_id) as db:
        row = keep_copy(db, actor, plain(found.document), now=now())
    flash(_("Taken in. Look through it and publish it when it is right."), "ok")
    return redirect(url_for("scenarios.edit", own_id=row.id))


def as_file(document: Mapping[str, Any]) -> bytes:
    """A scenario as YAML; reading it gives the same scenario."""
    text: str = yaml.dump(
        plain(document), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110
    )
    return text.encode()


def plain(found: Any) -> Any:
    """Mappings and lists of the plain kinds, whatever they were read as."""
    if isinstance(found, Mapping):
        return {str(key): plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [plain(one) for one in found]
    return found


# --- The form --------------------------------------------------------------------------------


def document_from_form(base: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's document as the form says it; what the form does not show stays."""
    form = request.form
    document = plain(base)
    document["title"], document["sector"] = _pair("title"), _pair("sector")
    document["level"] = form.get("level", "")
    document["topics"] = [one for one in TOPICS if one in form.getlist("topics")]
    document["firm"] = {"name": _pair("firm-name"), "about": _pair("firm-about")}
    document["story"] = _pair("story")
    document["documents"] = list(_documents(plain(base.get("documents", []))))
    edition = _edition(base)
    document["scope"] = _values("scope", edition)
    document["answers"] = _values("answers", edition)
    document["facts"] = facts = _facts(document.get("facts", {}))
    document["red_flags"] = facts["red_flags"]
    document["expected"] = {
        "outcome": form.get("outcome", ""),
        "reasons": _pair("reasons"),
        "provisions": form.get("provisions", "").replace(",", " ").split(),
    }
    document["teaching_points"] = {lang: _lines(f"points-{lang}") for lang in LANGUAGES}
    document["twist"] = {
        "text": _pair("twist-text"),
        "changes": _changes(facts),
        "outcome": form.get("twist-outcome", ""),
    }
    document["plan"] = list(_plan())
    return {key: value for key, value in document.items() if value is not None}


def _pair(name: str) -> dict[str, str]:
    return {lang: _said(f"{name}-{lang}") for lang in LANGUAGES}


def _said(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _lines(name: str) -> list[str]:
    return [line.strip() for line in _said(name).split("\n") if line.strip()]


def _rows(name: str) -> Iterator[int]:
    """Numbers of the rows of a list that the form sent."""
    number = 0
    while f"{name}-{number}" in request.form:
        yield number
        number += 1


def _documents(before: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for number in _rows("doc"):
        title, body = _pair(f"doc-{number}-title"), _pair(f"doc-{number}-body")
        if request.form.get(f"doc-{number}-drop") or not any((*title.values(), *body.values())):
            continue
        kept = before[number] if number < len(before) else {}
        heads = {key: kept[key] for key in ("from", "to", "subject") if key in kept}
        kind = request.form.get(f"doc-{number}-kind", "")
        yield {"title": title, "kind": kind, **heads, "body": body}


def _plan() -> Iterator[dict[str, Any]]:
    for number in _rows("plan"):
        step, minutes = _pair(f"plan-{number}-step"), _said(f"plan-{number}-minutes")
        if any(step.values()):
            yield {"step": step, "minutes": int(minutes) if minutes.isdecimal() else 0}


def _edition(document: Mapping[str, Any]) -> Edition:
    """The edition that the scenario's answers belong to."""
    named = _node(document, "questionnaire")
    try:
        return load_edition(str(named.get("id")), str(named.get("version")))
    except UnknownEditionError:
        return load_edition()


def _values(name: str, edition: Edition) -> dict[str, Any]:
    """Question id -> value, one a line: `CL-03: 0` or `SCP-04: sale, lease`."""
    found: dict[str, Any] = {}
    for line in _lines(name):
        id_, _colon, raw = line.replace("：", ":").partition(":")
        id_, raw = id_.strip().upper(), raw.strip()
        kind = edition.question(id_).kind if edition.has_question(id_) else Kind.TEXT
        found[id_] = _typed(kind, raw)
    return found


def _typed(kind: Kind, raw: str) -> Any:
    if kind is Kind.MULTIPLE_CHOICE:
        return [one.strip() for one in raw.replace("，", ",").split(",") if one.strip()]
    if kind in (Kind.MATURITY, Kind.NUMBER) and raw.lstrip("-").isdecimal():
        return int(raw)
    return raw


def _facts(before: Mapping[str, Any]) -> dict[str, Any]:
    form = request.form
    facts: dict[str, Any] = {**plain(before), "item": {}, "knows": {}, "licence": {}}
    facts["format"], facts["format_version"] = "ecl-self-assessment/transaction", 1
    facts["as_of"], facts["destination"] = _said("as_of"), _said("destination").upper()
    facts["item"] = {"description": _said("description"), "list_code": _said("list_code")}
    for path in ALLOWED_FACTS:
        group, _dot, name = path.rpartition(".")
        (facts[group] if group else facts)[name] = form.get(f"fact-{path}", "")
    facts["parties"] = _parties("parties")
    facts["red_flags"] = sorted(form.getlist("red_flags"))
    return facts


def _parties(name: str) -> list[dict[str, str]]:
    """One party a line: `end_user; Blue Heifer Dairy; none`."""
    parties = []
    for line in _lines(name):
        role, who, hit = [*(p.strip() for p in line.replace("；", ";").split(";")), "", ""][:3]
        parties.append({"role": role, "name": who, "list_hit": hit or "none"})
    return parties


def _changes(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the twist changes: the facts that are named, and lists that differ."""
    form = request.form
    changes: dict[str, Any] = {
        path: value for path in ALLOWED_FACTS if (value := form.get(f"twist-{path}", ""))
    }
    if description := _said("twist-description"):
        changes["item.description"] = description
    flags, parties = sorted(form.getlist("twist-flags")), _parties("twist-parties")
    if flags != facts["red_flags"]:
        changes["red_flags"] = flags
    if parties != facts["parties"]:
        changes["parties"] = parties
    return changes


def _form_page(
    row: OwnScenario,
    content: Mapping[str, Any],
    faults: Sequence[Fault],
    conflict: str | None = None,
) -> str:
    rules = load_rules()
    facts, changes = _node(content, "facts"), _node(_node(content, "twist"), "changes")
    return render_template(
        "training/edit.html",
        row=row,
        doc=content,
        facts=facts,
        changes=changes,
        faults=faults,
        conflict=conflict,
        allowed=ALLOWED_FACTS,
        labels={path: fact.label for path, fact in rules.facts.items()},
        outcomes=[(outcome.value, rules.titles[outcome]) for outcome in Outcome],
        flags=load_edition().red_flags.values(),
        provisions=rules.provisions,
        all_levels=list(Difficulty),
        kinds=list(DocumentKind),
        topics=topic_titles(),
        value_at=_value_at,
        as_lines=_as_lines,
        party_lines=_party_lines,
        spare=SPARE_ROWS,
        pairs=_pairs,
    )


def _pairs(path: str, values: Sequence[str]) -> list[tuple[str, Any]]:
    """The values of a fact with their words."""
    words = VALUES.get(path, THREE)
    return [(value, words.get(value, value)) for value in values]


def _node(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name)
    return found if isinstance(found, Mapping) else {}


def _value_at(facts: Mapping[str, Any], path: str) -> str:
    group, _dot, name = path.rpartition(".")
    found = (_node(facts, group) if group else facts).get(name, "")
    return found if isinstance(found, str) else ""


def _as_lines(values: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in values.items()
    )


def _party_lines(parties: Any) -> str:
    if not isinstance(parties, list):
        return ""
    rows = (one for one in parties if isinstance(one, Mapping))
    return "\n".join(
        "; ".join(str(one.get(key, "")) for key in ("role", "name", "list_hit")) for one in rows
    )
