"""The words of what can be ordered."""

from flask_babel import lazy_gettext as _l

VARIANTS = {
    "full": _l("Full gap report"),
    "executive": _l("Executive summary (four pages)"),
    "plan": _l("Remediation plan"),
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
