"""The words of what can be ordered."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from compliance.assessments import Assessment, edition_of
from compliance.catalogue import load_edition
from compliance.language import Language

VARIANTS = {
    "full": _l("Full gap report"),
    "executive": _l("Executive summary (four pages)"),
    "plan": _l("Remediation plan"),
}
ELSEWHERE = {  # ordered from pages of their own
    "module": _l("Module report"),
    "comparison": _l("Comparison of two results"),
    "portfolio": _l("Portfolio of several firms"),
}
LANGUAGES = {"en": _l("English"), "zh": _l("Chinese"), "both": _l("Both, side by side")}
FORMATS = {
    "pdf": "PDF",
    "xlsx": "XLSX",
    "docx": "DOCX",
    "csv": "CSV",
    "json": "JSON",
    "oscal": "OSCAL",
    "zip": _l("Inspection pack (ZIP)"),
}
MODULE = "module:"  # before the module's id, where a form's one field names kind and module


def module_choices(assessments: Iterable[Assessment], language: Language) -> dict[str, str]:
    """Value of a form's field -> title, for the modules of all editions in use."""
    editions = {(one.questionnaire_id, one.version): edition_of(one) for one in assessments}
    found: dict[str, str] = {}
    for edition in editions.values():
        for module in edition.modules:
            found.setdefault(f"{MODULE}{module.id}", module.title[language])
    return found


def wanted_fields(form: Mapping[str, str]) -> dict[str, str]:
    """A form's fields with its one field for kind and module taken apart."""
    fields = dict(form)
    variant = fields.get("variant", "full")
    if variant.startswith(MODULE):
        fields["variant"], fields["module"] = "module", variant.removeprefix(MODULE)
    return fields


def kind_words(arguments: Mapping[str, Any], language: Language) -> str:
    """Which report an order is for, with its module."""
    variant = str(arguments.get("variant"))
    words = str({**VARIANTS, **ELSEWHERE}.get(variant, variant))
    if not arguments.get("module"):
        return words
    stated = arguments["bundle"]["questionnaire"]
    edition = load_edition(stated["id"], stated["version"])
    title = edition.module(arguments["module"]).title[language]
    return str(_("%(kind)s: %(module)s", kind=words, module=title))
