"""The questionnaire as data: editions, questions, the law they rest on, conditions.

In: YAML files below `questionnaires/`, checked as they are read. Out: frozen `Edition` values,
their export, their differences and how answers move between them. Knows nothing of firms,
answers in storage, Flask or the day it is.
"""

from compliance.catalogue.checking import check_catalogue
from compliance.catalogue.condition import Condition, notation, tests_of
from compliance.catalogue.crosswalk import ElementView, Framework, FrameworkView, crosswalk
from compliance.catalogue.diff import Change, Difference, Effect, Reason, difference
from compliance.catalogue.edition import (
    Band,
    CheckKind,
    Contradiction,
    Edition,
    GeneralLicence,
    Grade,
    Gravity,
    Kind,
    Level,
    LicenceCheck,
    Limits,
    Module,
    Move,
    Option,
    Question,
    RedFlag,
    Remedy,
    Section,
    Severity,
    Term,
)
from compliance.catalogue.errors import CatalogueError, Fault, UnknownEditionError
from compliance.catalogue.export import export_bytes, export_json, question_json
from compliance.catalogue.glossary import Occurrence, terms_in, terms_in_all
from compliance.catalogue.law import Confidence, FineRange, Pause, Penalty, Provision, Status
from compliance.catalogue.loader import (
    ROOT,
    EditionName,
    editions,
    forget,
    latest_version,
    load_edition,
)
from compliance.catalogue.migration import Carried, Fate, Migration, Step, carry, migration
from compliance.catalogue.publishing import Publication, publish, unpublished
from compliance.catalogue.review import blank_document, blank_workbook, read_review
from compliance.catalogue.signs import SignLibrary, sign_library
from compliance.catalogue.watch import Turn, WatchEntry, law_watch
from compliance.catalogue.wording import (
    Row,
    WordingChange,
    apply_wording,
    wording_changes,
    wording_rows,
)

__all__ = [
    "ROOT",
    "Band",
    "Carried",
    "CatalogueError",
    "Change",
    "CheckKind",
    "Condition",
    "Confidence",
    "Contradiction",
    "Difference",
    "Edition",
    "EditionName",
    "Effect",
    "ElementView",
    "Fate",
    "Fault",
    "FineRange",
    "Framework",
    "FrameworkView",
    "GeneralLicence",
    "Grade",
    "Gravity",
    "Kind",
    "Level",
    "LicenceCheck",
    "Limits",
    "Migration",
    "Module",
    "Move",
    "Occurrence",
    "Option",
    "Pause",
    "Penalty",
    "Provision",
    "Publication",
    "Question",
    "Reason",
    "RedFlag",
    "Remedy",
    "Row",
    "Section",
    "Severity",
    "SignLibrary",
    "Status",
    "Step",
    "Term",
    "Turn",
    "UnknownEditionError",
    "WatchEntry",
    "WordingChange",
    "apply_wording",
    "blank_document",
    "blank_workbook",
    "carry",
    "check_catalogue",
    "crosswalk",
    "difference",
    "editions",
    "export_bytes",
    "export_json",
    "forget",
    "latest_version",
    "law_watch",
    "load_edition",
    "migration",
    "notation",
    "publish",
    "question_json",
    "read_review",
    "sign_library",
    "terms_in",
    "terms_in_all",
    "tests_of",
    "unpublished",
    "wording_changes",
    "wording_rows",
]
