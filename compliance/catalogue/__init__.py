"""The questionnaire as data: editions, questions, the law they rest on, conditions.

In: YAML files below `questionnaires/`, checked as they are read. Out: frozen `Edition` values,
their export, their differences and how answers move between them. Knows nothing of firms,
answers in storage, Flask or the day it is.
"""

from compliance.catalogue.condition import Condition, tests_of
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
from compliance.catalogue.law import Confidence, FineRange, Pause, Penalty, Provision, Status
from compliance.catalogue.loader import (
    ROOT,
    EditionName,
    editions,
    forget,
    latest_version,
    load_edition,
)

__all__ = [
    "ROOT",
    "Band",
    "CatalogueError",
    "CheckKind",
    "Condition",
    "Confidence",
    "Contradiction",
    "Edition",
    "EditionName",
    "Fault",
    "FineRange",
    "GeneralLicence",
    "Grade",
    "Gravity",
    "Kind",
    "Level",
    "LicenceCheck",
    "Limits",
    "Module",
    "Move",
    "Option",
    "Pause",
    "Penalty",
    "Provision",
    "Question",
    "RedFlag",
    "Remedy",
    "Section",
    "Severity",
    "Status",
    "Term",
    "UnknownEditionError",
    "editions",
    "export_bytes",
    "export_json",
    "forget",
    "latest_version",
    "load_edition",
    "question_json",
    "tests_of",
]
