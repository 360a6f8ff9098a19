"""Two snapshots of one firm, side by side: what was closed, what opened, what was answered anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance.answers import Bundle
from compliance.catalogue import Edition
from compliance.reports.compose import compose
from compliance.reports.extras import Extras
from compliance.reports.gap_report import Change, Comparison, GapReport, Variant


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One side of a comparison."""

    edition: Edition
    bundle: Bundle
    result: Mapping[str, object]


def compare(earlier: Snapshot, later: Snapshot, extras: Extras | None = None) -> Comparison:
    """Compare two snapshots; questions are matched by their ids."""
    before = compose(earlier.edition, earlier.bundle, earlier.result)
    after = compose(later.edition, later.bundle, later.result, extras, variant=Variant.COMPARISON)
    then = {line.gap.question.id for line in before.gaps}
    now = {line.gap.question.id for line in after.gaps}
    return Comparison(
        earlier=before,
        later=after,
        closed=tuple(line for line in before.gaps if line.gap.question.id not in now),
        opened=tuple(line for line in after.gaps if line.gap.question.id not in then),
        changes=tuple(_changes(before, after)),
        other_edition=earlier.edition.digest != later.edition.digest,
    )


def _changes(before: GapReport, after: GapReport) -> Iterator[Change]:
    ids = dict.fromkeys([*after.line_by_id, *before.line_by_id])
    for question_id in ids:
        old, new = before.line_by_id.get(question_id), after.line_by_id.get(question_id)
        if old is None or new is None or (old.told, old.standing) != (new.told, new.standing):
            yield Change(old, new)
