"""The answer bundle: the one file format for import, export, attachment, scenarios and tests."""

from collections.abc import Callable, Mapping

from compliance.answers.answer import Answer, Bundle
from compliance.answers.errors import Faults, shown_key
from compliance.answers.fields import Fields, note_repeated
from compliance.answers.reading import answer_json, read_answer
from compliance.answers.strict_json import JsonObject, read_json
from compliance.catalogue import Edition, UnknownEditionError, load_edition

FORMAT = "ecl-self-assessment/answers"
FORMAT_VERSION = 1

_BUNDLE = ("format", "format_version", "questionnaire", "as_of", "firm", "answers")
_QUESTIONNAIRE = ("id", "version")
_FIRM = ("name", "reference")


def parse_bundle(
    raw: bytes, edition_of: Callable[[str, str | None], Edition] = load_edition
) -> Bundle:
    """Read a bundle. Raises BundleError with all that is wrong, up to fifty faults.

    `edition_of` finds the edition by questionnaire and version; UnknownEditionError where there
    is none.
    """
    faults = Faults()
    fields = Fields(read_json(raw), "", faults, _BUNDLE)
    fields.constant("format", FORMAT)
    fields.constant("format_version", FORMAT_VERSION)
    questionnaire = fields.inner("questionnaire", _QUESTIONNAIRE)
    questionnaire_id, version = questionnaire.text("id"), questionnaire.text("version")
    as_of = fields.day("as_of")
    firm = fields.inner("firm", _FIRM)
    name, reference = firm.text("name", blank=False), firm.text("reference", "")
    edition = _edition(questionnaire, edition_of)
    answers = _answers(fields, edition)
    faults.settle()
    return Bundle(questionnaire_id, version, as_of, name, reference, answers)


def _edition(fields: Fields, edition_of: Callable[[str, str | None], Edition]) -> Edition | None:
    questionnaire_id, version = fields.content.get("id"), fields.content.get("version")
    if not isinstance(questionnaire_id, str) or not isinstance(version, str):
        return None  # noted already
    try:
        return edition_of(questionnaire_id, version)
    except UnknownEditionError as error:
        name = "version" if _is_known(questionnaire_id, edition_of) else "id"
        fields.faults.add(fields.at(name), fields.content[name], f"what is known ({error})")
        return None


def _is_known(questionnaire_id: str, edition_of: Callable[[str, str | None], Edition]) -> bool:
    try:
        edition_of(questionnaire_id, None)
    except UnknownEditionError:
        return False
    return True


def _answers(fields: Fields, edition: Edition | None) -> Mapping[str, Answer]:
    form = "an object of question ids and answers"
    if not fields.has("answers"):
        fields.faults.missing("answers", form)
        return {}
    found = fields.content["answers"]
    if not isinstance(found, JsonObject):
        fields.faults.add("answers", found, form)
        return {}
    note_repeated(found, "answers", fields.faults)
    return _read_all(found, edition, fields.faults) if edition else {}


def _read_all(
    found: Mapping[str, object], edition: Edition, faults: Faults
) -> Mapping[str, Answer]:
    answers: dict[str, Answer] = {}
    for question_id, raw in found.items():
        path = f"answers.{shown_key(question_id)}"
        if not edition.has_question(question_id):
            allowed = f"a question of {edition.questionnaire_id} {edition.version}"
            faults.add(path, question_id, allowed)
            continue
        answers[question_id] = read_answer(edition.question(question_id), raw, path, faults)
    return answers


def bundle_json(bundle: Bundle) -> dict[str, object]:
    """The bundle as plain JSON values, answers by id; `parse_bundle` reads it back to the same."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "questionnaire": {"id": bundle.questionnaire_id, "version": bundle.version},
        "as_of": bundle.as_of.isoformat(),
        "firm": {"name": bundle.firm_name, "reference": bundle.firm_reference},
        "answers": {
            question_id: dict(answer_json(answer))
            for question_id, answer in sorted(bundle.answers.items())
        },
    }
