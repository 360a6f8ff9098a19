"""Lists as files: CSV in UTF-8 or GB18030, XLSX, and the consolidated list of the United Nations.

Every fault is reported with its row, and a list with one fault is refused as a whole: half a list
would let the other half pass.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from compliance.answers import Fault
from compliance.answers.errors import shown
from compliance.screening.errors import MOST_FAULTS, ListFileError

MAX_BYTES = 100_000_000
MAX_UNPACKED = 400_000_000
MAX_ROWS = 500_000
LONGEST_CELL = 4_000
MOST_COLUMNS = 64  # of a workbook; a sheet may claim to be endless
PARTY_COLUMNS = ("name", "name_zh", "aliases", "country", "reference", "listed_on", "delisted_on")
CONTROL_COLUMNS = (
    *("code", "heading", "heading_zh", "parameters", "hs_codes"),
    *("in_force_from", "in_force_until"),
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SPACES = re.compile(r"\s+")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party of a list."""

    name: str
    name_zh: str
    aliases: tuple[str, ...]
    country: str
    reference: str
    listed_on: date | None
    delisted_on: date | None

    @property
    def labels(self) -> tuple[str, ...]:
        """All names under which the party is found."""
        return tuple(dict.fromkeys(n for n in (self.name, self.name_zh, *self.aliases) if n))


@dataclass(frozen=True, slots=True)
class ControlRow:
    """One entry of a list of controlled goods."""

    code: str
    heading: str
    heading_zh: str
    parameters: str
    hs_codes: tuple[str, ...]
    in_force_from: date | None
    in_force_until: date | None


def read_parties(content: bytes) -> tuple[PartyRow, ...]:
    """The parties in a file. Raises ListFileError with every fault."""
    if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return _read(_un_rows(content), PARTY_COLUMNS, _party)
    return _read(_table(content), PARTY_COLUMNS, _party)


def read_control_entries(content: bytes) -> tuple[ControlRow, ...]:
    """The control-list entries in a file. Raises ListFileError with every fault."""
    return _read(_table(content), CONTROL_COLUMNS, _control)


def read_queries(content: bytes) -> tuple[str, ...]:
    """The column `query` of a file. Raises ListFileError."""
    return _read(_table(content), ("query",), lambda row: row.text("query"), strict=False)


@dataclass(slots=True)
class _Row:
    """One row while it is read: gives cells and collects faults."""

    number: int  # as a spreadsheet counts, the header is 1
    cells: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def text(self, column: str) -> str:
        value = SPACES.sub(" ", self.cells.get(column, "")).strip()
        if len(value) > LONGEST_CELL:
            self.fault(column, value, f"at most {LONGEST_CELL} characters")
        return value

    def parts(self, column: str) -> tuple[str, ...]:
        pieces = re.split(r"[;；]", self.cells.get(column, ""))
        return tuple(dict.fromkeys(filter(None, (SPACES.sub(" ", p).strip() for p in pieces))))

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if not value:
            return None
        try:
            if DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault(column, value, "empty, or a day that exists, as YYYY-MM-DD")
        return None

    def fault(self, column: str, found: str, allowed: str) -> None:
        self.faults.append(Fault(f"row {self.number}.{column}", shown(found), allowed))


def _party(row: _Row) -> PartyRow:
    name, name_zh = row.text("name"), row.text("name_zh")
    if not name and not name_zh:
        row.fault("name", "", "a name here or in name_zh")
    listed, delisted = row.day("listed_on"), row.day("delisted_on")
    if listed and delisted and delisted < listed:
        row.fault("delisted_on", delisted.isoformat(), "a day not before listed_on")
    return PartyRow(
        name,
        name_zh,
        row.parts("aliases"),
        row.text("country"),
        row.text("reference"),
        listed,
        delisted,
    )


def _control(row: _Row) -> ControlRow:
    code, heading, heading_zh = row.text("code"), row.text("heading"), row.text("heading_zh")
    if not code:
        row.fault("code", "", "the code of the entry")
    if not heading and not heading_zh:
        row.fault("heading", "", "a heading here or in heading_zh")
    first, until = row.day("in_force_from"), row.day("in_force_until")
    if first and until and until <= first:
        row.fault("in_force_until", until.isoformat(), "a day after in_force_from")
    hs_codes = row.parts("hs_codes")
    for hs in hs_codes:
        if not re.fullmatch(r"\d[\d.]{3,14}", hs):
            row.fault("hs_codes", hs, "digits and dots, several separated by ;")
    return ControlRow(code, heading, heading_zh, row.text("parameters"), hs_codes, first, until)


def _read(
    rows: Iterator[list[str]],
    columns: tuple[str, ...],
    build: Callable[[_Row], Row],
    *,
    strict: bool = True,
) -> tuple[Row, ...]:
    header = [cell.strip().lstrip("\ufeff").lower() for cell in next(rows, [])]
    _check_header(header, columns, strict=strict)
    built: list[Row] = []
    faults: list[Fault] = []
    for number, cells in enumerate(rows, start=2):
        blank = not any(cell.strip() for cell in cells)
        if blank and (strict or not cells):
            continue
        if len(cells) != len(header):
            extra = any(cell.strip() for cell in cells[len(header) :])
            if extra or len(cells) < len(header):
                found, wanted = f"{len(cells)} cells", f"{len(header)} as in the header"
                faults.append(Fault(f"row {number}", found, wanted))
                continue
        row = _Row(number, dict(zip(header, cells, strict=False)))
        built.append(build(row))
        faults.extend(row.faults)
        if len(faults) >= MOST_FAULTS or len(built) > MAX_ROWS:
            break
    if len(built) > MAX_ROWS:
        faults = [Fault("the file", f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS}")]
    if not built and not faults:
        faults = [Fault("the file", "a header and no rows", "at least one row")]
    if faults:
        raise ListFileError(faults)
    return tuple(built)


def _check_header(header: list[str], columns: tuple[str, ...], *, strict: bool) -> None:
    allowed = ", ".join(columns)
    faults = [
        Fault("row 1", f"the column {shown(name)} twice", "each column once")
        for name in dict.fromkeys(header)
        if header.count(name) > 1 and (name or strict)
    ]
    if strict:
        faults += [
            Fault("row 1", f"the column {shown(name)}", allowed)
            for name in header
            if name not in columns
        ]
    needed = columns[0]
    if needed not in header and not (needed == "name" and "name_zh" in header):
        faults.append(Fault("row 1", f"no column {needed}", allowed))
    if faults:
        raise ListFileError(dict.fromkeys(faults))


def _table(content: bytes) -> Iterator[list[str]]:
    if len(content) > MAX_BYTES:
        raise _whole(f"{len(content)} bytes", f"at most {MAX_BYTES}")
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content)
    return _csv(_decoded(content))


def _decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8, or the Chinese national encoding."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _whole("bytes that are no text", "CSV in UTF-8 or GB18030, or XLSX")


def _csv(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = Fault(f"row {reader.line_num}", str(error), "a row of CSV")
            raise ListFileError([fault]) from error


def _workbook(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED:
                raise _whole("a workbook that unpacks too large", f"at most {MAX_UNPACKED} bytes")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise _whole("a broken workbook", "XLSX") from error
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MOST_COLUMNS, values_only=True):
        cells = [_cell(value) for value in row]
        while cells and not cells[-1] and len(cells) > 1:
            cells.pop()
        yield cells


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _un_rows(content: bytes) -> Iterator[list[str]]:
    """The consolidated list of the Security Council as rows of our columns."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(content) > MAX_BYTES:
        raise _whole(f"{len(content)} bytes", f"at most {MAX_BYTES}")
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise _whole("XML that can't be read", "the consolidated list as XML") from error
    yield list(PARTY_COLUMNS)
    for element in (*root.iter("INDIVIDUAL"), *root.iter("ENTITY")):

        def said(tags: Iterable[str], of: object = element) -> list[str]:
            found = (of.findtext(tag) for tag in tags)  # type: ignore[attr-defined]
            return [" ".join(text.split()) for text in found if text and text.strip()]

        names = said(("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"))
        aliases = [
            name
            for tag in ("INDIVIDUAL_ALIAS", "ENTITY_ALIAS")
            for alias in element.iter(tag)
            for name in said(("ALIAS_NAME",), alias)
        ]
        aliases += said(("NAME_ORIGINAL_SCRIPT",))
        yield [
            " ".join(names),
            "",
            ";".join(alias.replace(";", ",") for alias in aliases),
            ";".join(said(("NATIONALITY/VALUE",))),
            "".join(said(("REFERENCE_NUMBER",))),
            "".join(said(("LISTED_ON",)))[:10],
            "",
        ]


def _whole(found: str, allowed: str) -> ListFileError:
    return ListFileError([Fault("the file", found, allowed)])
