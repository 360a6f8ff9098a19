"""From the plain data of the register to provisions, penalties and dates in force."""

from datetime import date

from compliance.catalogue.fields import Faults, Fields
from compliance.catalogue.law import Confidence, FineRange, Pause, Penalty, Provision, Status


def provisions(raw: object, faults: Faults) -> tuple[Provision, ...]:
    fields = Fields({"provisions": raw}, faults)
    return tuple(_provision(child) for child in fields.children("provisions", True))


def _provision(fields: Fields) -> Provision:
    entry = fields.string("id", r"[a-z][a-z0-9-]*", "an id in small letters")
    fields.entry, fields.path = entry, ""
    read = Provision(
        id=entry,
        instrument=fields.string("instrument"),
        instrument_name=fields.text("instrument_name"),
        article=fields.string("article", words="a text, in quotes"),
        citation=fields.text("citation"),
        heading=fields.text("heading"),
        summary=fields.text("summary"),
        in_force_from=fields.day("in_force_from"),
        in_force_until=fields.day("in_force_until"),
        status=fields.required_member("status", Status),
        confidence=fields.required_member("confidence", Confidence),
        change=fields.optional_text("change"),
        caution=fields.optional_text("caution"),
        date_precision=fields.optional_text("date_precision"),
        pauses=tuple(_pause(child) for child in fields.children("pauses")),
        icp_elements=tuple(fields.take("icp_elements") or ()),
        numbers=fields.take("numbers") or {},
    )
    start, end = read.in_force_from, read.in_force_until
    if start and end and end <= start:
        fields.fault("in_force_until", f"{end} is not after in_force_from {start}")
    fields.finish()
    return read


def _pause(fields: Fields) -> Pause:
    read = Pause(
        fields.day("from"), fields.day("until"), fields.boolean("whole"), fields.text("note")
    )
    fields.finish()
    return read


def law_dates(raw: object, faults: Faults) -> dict[str, tuple[date | None, date | None]]:
    """Provision id -> from, until."""
    fields = Fields(raw, faults)
    read = {}
    for name in fields.raw:
        inner = fields.inner(name)
        read[name] = (inner.day("from"), inner.day("until"))
        inner.finish()
    return read


def penalties(raw: object, faults: Faults) -> tuple[Penalty, ...]:
    fields = Fields(raw, faults)
    fields.steps("notes")
    read = tuple(_penalty(child) for child in fields.children("penalties", True))
    fields.finish()
    return read


def _penalty(fields: Fields) -> Penalty:
    entry = fields.string("id", r"pen-[a-z-]*", "an id as pen-unlicensed")
    fields.entry, fields.path = entry, ""
    read = Penalty(
        id=entry,
        violation=fields.text("violation"),
        provisions=fields.strings("provisions"),
        fine_base=fields.string("fine_base", "illegal_turnover|illegal_gains|goods_value|none"),
        threshold_cny=fields.optional_integer("threshold_cny"),
        multiples=_fine(fields, "multiples"),
        percentages=_fine(fields, "percentages"),
        fixed=_fine(fields, "fixed_cny"),
        serious=_fine(fields, "serious_cny"),
        consequences=fields.steps("consequences"),
        gate=fields.optional_text("gate"),
        note=fields.optional_text("note"),
        confidence=fields.required_member("confidence", Confidence),
    )
    fields.finish()
    return read


def _fine(fields: Fields, name: str) -> FineRange | None:
    if not fields.has(name):
        fields.take(name)
        return None
    inner = fields.inner(name)
    read = FineRange(inner.optional_integer("lowest"), inner.integer("highest"))
    if read.lowest is not None and read.lowest > read.highest:
        inner.fault("lowest", f"{read.lowest} is above highest {read.highest}")
    inner.finish()
    return read
