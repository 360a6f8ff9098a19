"""Publishing: freeze an edition by its digest and by the dates of the law it cites."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from compliance.catalogue.checking import check_catalogue
from compliance.catalogue.digest import cited_provisions
from compliance.catalogue.edition import Edition
from compliance.catalogue.errors import CatalogueError, Fault
from compliance.catalogue.loader import (
    LAW_DATES,
    EditionName,
    forget,
    load_edition,
    published_digests,
)

HEADER = "# Published editions: frozen. A line is never changed; corrections are a new edition.\n"
DATES_HEADER = "# Dates of the cited provisions on the day of publication; written by publishing.\n"


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did."""

    name: str  # ecl-icp/2026.1
    digest: str
    already: bool  # it was published before, unchanged


def publish(questionnaire_id: str, version: str, root: Path) -> Publication:
    """Freeze an edition. Raises CatalogueError where it has faults or changed since."""
    name = f"{questionnaire_id}/{version}"
    forget()
    edition = load_edition(questionnaire_id, version, root)
    faults = check_catalogue(root, EditionName(questionnaire_id, version, published=False))
    if faults:
        raise CatalogueError(faults)
    before = published_digests(root).get(name)
    if before is None:
        _write(edition, name, root)
        forget()
    return Publication(name, edition.digest, already=before is not None)


def _write(edition: Edition, name: str, root: Path) -> None:
    (root / name / LAW_DATES).write_text(_law_dates(edition), "utf-8")
    register = root / "PUBLISHED"
    written = register.read_text("utf-8") if register.exists() else HEADER
    register.write_text(f"{written}{name} {edition.digest}\n", "utf-8")


def _law_dates(edition: Edition) -> str:
    lines = [DATES_HEADER]
    for provision_id in cited_provisions(edition):
        provision = edition.provisions[provision_id]
        start, end = _written(provision.in_force_from), _written(provision.in_force_until)
        lines.append(f"{provision_id}: {{from: {start}, until: {end}}}\n")
    return "".join(lines)


def _written(day: date | None) -> str:
    return f"'{day.isoformat()}'" if day else "null"


def unpublished(questionnaire_id: str, version: str, root: Path) -> bool:
    """Whether an edition may still be changed."""
    return f"{questionnaire_id}/{version}" not in published_digests(root)


def frozen_fault(questionnaire_id: str, version: str) -> Fault:
    """The refusal to change a published edition."""
    folder = f"{questionnaire_id}/{version}"
    return Fault(folder, 0, "", "", "published and therefore frozen; make a new edition")
