"""The answers of a firm: read strictly, written back the same, and its way through the edition.

In: an answer bundle as bytes, or the plain value of one answer; an edition. Out: typed answers,
every fault of bad input with its path, the questions that are shown and the traits of the firm.
Knows nothing of scores, storage or pages.
"""

from compliance.answers.answer import UNKNOWN, Answer, Bundle, EvidenceRef, NotApplicable, Value
from compliance.answers.bundle import bundle_json, parse_bundle
from compliance.answers.characters import is_keepable, unkeepable_in_json
from compliance.answers.errors import BundleError, Fault, shown, shown_key
from compliance.answers.reading import allowed_values, answer_json, parse_answer, value_json
from compliance.answers.strict_json import MAX_BYTES, JsonObject, read_json
from compliance.answers.survey import NOT_IN_FORCE, Because, Survey, contradictions, survey

__all__ = [
    "MAX_BYTES",
    "NOT_IN_FORCE",
    "UNKNOWN",
    "Answer",
    "Because",
    "Bundle",
    "BundleError",
    "EvidenceRef",
    "Fault",
    "JsonObject",
    "NotApplicable",
    "Survey",
    "Value",
    "allowed_values",
    "answer_json",
    "bundle_json",
    "contradictions",
    "is_keepable",
    "parse_answer",
    "parse_bundle",
    "read_json",
    "shown",
    "shown_key",
    "survey",
    "unkeepable_in_json",
    "value_json",
]
