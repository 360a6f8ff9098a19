"""Words for what stands in scenarios and classrooms."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from compliance.training import Difficulty, DocumentKind, StopRole

LEVELS: Mapping[str, Any] = {
    Difficulty.INTRODUCTORY: _l("Introductory"),
    Difficulty.INTERMEDIATE: _l("Intermediate"),
    Difficulty.ADVANCED: _l("Advanced"),
}
KINDS: Mapping[str, Any] = {
    DocumentKind.ORDER_MAIL: _l("Order by e-mail"),
    DocumentKind.INTERNAL_MAIL: _l("Internal e-mail"),
    DocumentKind.MESSAGE: _l("Message"),
    DocumentKind.LICENCE: _l("Licence"),
    DocumentKind.END_USER_CERTIFICATE: _l("End-user certificate"),
    DocumentKind.DATA_SHEET: _l("Data sheet"),
    DocumentKind.TENDER: _l("Tender"),
    DocumentKind.SCREENING_LOG: _l("Screening log"),
    DocumentKind.ACCESS_LOG: _l("Access log"),
    DocumentKind.CALL_NOTE: _l("Note of a call"),
    DocumentKind.INTERNAL_NOTE: _l("Internal note"),
    DocumentKind.VISIT_NOTE: _l("Note of a visit"),
    DocumentKind.SERVICE_TICKET: _l("Service ticket"),
    DocumentKind.FOREIGN_REQUEST: _l("Letter from abroad"),
    DocumentKind.PAYMENT: _l("Payment advice"),
    DocumentKind.FREIGHT_INSTRUCTION: _l("Freight instruction"),
}
# How a document looks: as a mail, a chat, a certificate, a sheet, a log, a note, a letter.
LOOKS: Mapping[str, str] = {
    DocumentKind.ORDER_MAIL: "mail",
    DocumentKind.INTERNAL_MAIL: "mail",
    DocumentKind.MESSAGE: "chat",
    DocumentKind.LICENCE: "certificate",
    DocumentKind.END_USER_CERTIFICATE: "certificate",
    DocumentKind.DATA_SHEET: "sheet",
    DocumentKind.TENDER: "sheet",
    DocumentKind.SCREENING_LOG: "log",
    DocumentKind.ACCESS_LOG: "log",
    DocumentKind.CALL_NOTE: "note",
    DocumentKind.INTERNAL_NOTE: "note",
    DocumentKind.VISIT_NOTE: "note",
    DocumentKind.SERVICE_TICKET: "sheet",
    DocumentKind.FOREIGN_REQUEST: "letter",
    DocumentKind.PAYMENT: "sheet",
    DocumentKind.FREIGHT_INSTRUCTION: "sheet",
}
STOPS: Mapping[str, Any] = {
    StopRole.EXPORTER: _l("exporter"),
    StopRole.PORT: _l("port"),
    StopRole.WAYPOINT: _l("on the way"),
    StopRole.USER: _l("end user"),
    StopRole.UNKNOWN: _l("unknown"),
}
