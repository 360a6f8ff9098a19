"""Readiness for a general licence, apart from the score; and a draft of the statement it needs."""

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.assessments import Standing, content_of, load_standing
from compliance.catalogue import CheckKind
from compliance.database import firm_reading
from compliance.identity import Action
from compliance.scoring import CheckResult, Proof, Readiness, readiness
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.layout import day
from compliance.web.wording import content_words

blueprint = Blueprint("licence_readiness", __name__)
ADDRESS = "/assessments/<uuid:assessment_id>/general-licence"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {
    CheckKind.CONDITION: (_l("Conditions"), _l("met"), _l("not shown to be met")),
    CheckKind.BAR: (_l("Bars"), _l("excluded"), _l("not excluded")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the draft: its style and its words."""

    style: str  # title, heading, text, item, open
    words: str


@blueprint.get(ADDRESS)
@needs(Action.READ)
def page(assessment_id: UUID) -> str:
    """Each condition and each bar, passed or not, with the answers that prove it."""
    standing = _standing(assessment_id)
    found = _readiness(standing)
    return render_template(
        "plan/licence.html",
        standing=standing,
        found=found,
        kinds=KINDS,
        groups=[(kind, found.of(kind)) for kind in (CheckKind.BAR, CheckKind.CONDITION)],
        answer=lambda proof: _answer_words(standing, proof),
        provisions={**standing.edition.law, **standing.edition.provisions},
    )


@blueprint.get(f"{ADDRESS}/statement.docx", defaults={"kind": "docx"})
@blueprint.get(f"{ADDRESS}/statement.txt", defaults={"kind": "txt"})
@needs(Action.REPORT)
def statement(assessment_id: UUID, kind: str) -> Response:
    """The draft as a document or as plain text."""
    standing = _standing(assessment_id)
    lines = draft(standing, _readiness(standing), current_actor().firm_name)
    if kind == "docx":
        return _file(_document(lines), DOCX, "statement-draft.docx")
    text = "\n\n".join(line.words for line in lines) + "\n"
    return _file(text.encode(), "text/plain; charset=utf-8", "statement-draft.txt")


def _standing(assessment_id: UUID) -> Standing:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        return load_standing(session, assessment_id, actor)


def _readiness(standing: Standing) -> Readiness:
    return readiness(standing.edition, standing.answers, standing.assessment.as_of)


def _answer_words(standing: Standing, proof: Proof) -> str:
    if not proof.is_shown:
        return str(_("not asked of this firm"))
    response = standing.responses.get(proof.question_id)
    question = standing.edition.question(proof.question_id)
    return content_words(question, content_of(response) if response else None, language())


def draft(standing: Standing, found: Readiness, firm_name: str) -> list[Line]:
    """The statement from the firm's answers and files; what they do not show is left open."""
    assessment = standing.assessment
    lines = [
        Line("title", _("Statement on the operation of the internal compliance programme")),
        Line("text", _("Draft for a general licence for dual-use items")),
        Line("text", firm_name),
        Line(
            "text",
            _(
                "Drawn from the self-assessment “%(title)s” as of %(day)s.",
                title=assessment.title,
                day=day(assessment.as_of),
            ),
        ),
    ]
    for result in found.of(CheckKind.CONDITION):
        lines += _lines_of(standing, result)
    lines.append(Line("heading", _("Bars")))
    lines += [
        Line(
            "item" if bar.passed else "open",
            bar.check.text[language()] + " — " + str(KINDS[CheckKind.BAR][1 if bar.passed else 2]),
        )
        for bar in found.of(CheckKind.BAR)
    ]
    lines += [
        Line("heading", _("Signed")),
        Line("text", _("Head of the organisation: ____________________   Date: ______________")),
        Line("text", standing.edition.general_licence.note[language()]),
    ]
    return lines


def _lines_of(standing: Standing, result: CheckResult) -> list[Line]:
    lines = [Line("heading", result.check.text[language()])]
    if not result.passed:
        lines.append(Line("open", _("[To be completed: the answers do not show this yet.]")))
    for proof in result.proofs:
        if not proof.is_answered:
            continue
        response = standing.responses.get(proof.question_id)
        question = standing.edition.question(proof.question_id)
        said = _answer_words(standing, proof)
        if question.levels and response is not None:
            said = next(
                (one.text[language()] for one in question.levels if one.value == response.value),
                said,
            )
        lines.append(Line("item", f"{proof.question_id}  {said}"))
        if response is not None and response.comment:
            lines.append(Line("text", response.comment))
        for item in standing.evidence.get(proof.question_id, ()):
            where = f" ({item.reference})" if item.reference else ""
            lines.append(Line("text", _("File: %(what)s", what=f"{item.title}{where}")))
    return lines


def _document(lines: list[Line]) -> bytes:
    """The lines as a word-processor file that the firm goes on writing."""
    from docx import Document  # heavy; only this download needs it
    from docx.shared import RGBColor

    styles = {"title": "Title", "heading": "Heading 2", "item": "List Bullet"}
    document: Any = Document()
    for line in lines:
        paragraph = document.add_paragraph(style=styles.get(line.style, "Normal"))
        run = paragraph.add_run(line.words)
        if line.style == "open":
            run.font.color.rgb = RGBColor(0xA3, 0x26, 0x1E)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=headers)
