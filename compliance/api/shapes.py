"""The shapes of what the API takes and gives, for its OpenAPI description."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str


class Fault(BaseModel):
    """One fault of the content: where it stands, what stands there, what may stand there."""

    path: str
    found: str
    allowed: str


class FaultyContent(ProblemDetails):
    """A problem with every fault, up to fifty."""

    faults: list[Fault]


class NewAssessment(BaseModel):
    """What an assessment begins with."""

    title: str = Field(min_length=1, max_length=200)
    as_of: date | None = None
    version: str | None = None
    path: Literal["full", "core"] = "full"


class AssessmentRecord(BaseModel):
    """An assessment without its answers."""

    id: UUID
    title: str
    questionnaire: dict[str, str]
    as_of: date
    path: str
    state: str
    created_at: datetime
    submitted_at: datetime | None
    sealed_at: datetime | None


class AssessmentList(BaseModel):
    """The assessments of the firm, newest first."""

    assessments: list[AssessmentRecord]


class AnswerBody(BaseModel):
    """One answer, as in a bundle; value and not_applicable exclude each other."""

    value: Any | None = None
    not_applicable: dict[str, Any] | None = None
    comment: str = ""


class SeenVersion(BaseModel):
    """The version of the answer that the writer saw, as its ETag."""

    if_match: str = Field(alias="If-Match")


class AnswerRecord(BaseModel):
    """One stored answer with the version that guards it."""

    question: str
    version: int
    answer: AnswerBody
    updated_at: datetime | None
    updated_by: str | None


class AnswerList(BaseModel):
    """All stored answers of an assessment."""

    answers: list[AnswerRecord]


class Conflict(ProblemDetails):
    """The answer that stands now, to be looked at before it is overwritten."""

    current: AnswerRecord


class ReportWish(BaseModel):
    """Which report shall be made."""

    variant: Literal["full", "executive", "plan", "module"] = "full"
    module: str | None = None  # id of the module of a module report
    language: Literal["en", "zh", "both"] = "en"
    format: Literal["pdf", "xlsx", "docx", "csv", "json", "oscal", "zip"] = "pdf"


class ReportRecord(BaseModel):
    """A report's job."""

    id: UUID
    state: str
    done: int
    total: int
    fault: str | None
    file: str | None


class Document(BaseModel):
    """A document whose form the project's interface description defines."""

    format: str
    format_version: int


class NamesToScreen(BaseModel):
    """Names, and the day whose lists count (today where it is left out)."""

    names: list[str] = Field(min_length=1, max_length=100)
    as_of: date | None = None


class Screening(BaseModel):
    """What the lists say of one name."""

    query: str
    verdict: Literal["hit", "possible", "clear"]
    too_short: bool
    matches: list[dict[str, Any]]


class Screenings(BaseModel):
    """The answer for all names, with the lists and the matcher that gave it."""

    as_of: date
    matcher: str
    lists: list[dict[str, Any]]
    results: list[Screening]
