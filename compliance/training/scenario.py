"""A training scenario and all that stands in it: frozen values, equal by value."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from compliance.language import Text, Texts

FORMAT = "ecl-self-assessment/scenario"
FORMAT_VERSION = 1


class Difficulty(StrEnum):
    """How much a class must know already."""

    INTRODUCTORY = "introductory"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class DocumentKind(StrEnum):
    """What a document is; decides how it looks."""

    ORDER_MAIL = "order_mail"
    INTERNAL_MAIL = "internal_mail"
    MESSAGE = "message"
    LICENCE = "licence"
    END_USER_CERTIFICATE = "end_user_certificate"
    DATA_SHEET = "data_sheet"
    TENDER = "tender"
    SCREENING_LOG = "screening_log"
    ACCESS_LOG = "access_log"
    CALL_NOTE = "call_note"
    INTERNAL_NOTE = "internal_note"
    VISIT_NOTE = "visit_note"
    SERVICE_TICKET = "service_ticket"
    FOREIGN_REQUEST = "foreign_request"
    PAYMENT = "payment"
    FREIGHT_INSTRUCTION = "freight_instruction"


class StopRole(StrEnum):
    """What a place on the route is."""

    EXPORTER = "exporter"
    PORT = "port"
    WAYPOINT = "waypoint"
    USER = "user"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Document:
    """One paper of the case. Mails carry sender, addressee and subject where they are known."""

    title: Text
    kind: DocumentKind
    body: Text
    sender: Text | None = None
    addressee: Text | None = None
    subject: Text | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the route."""

    id: str
    role: StopRole
    name: Text


@dataclass(frozen=True, slots=True)
class Route:
    """Where the goods should go and where somebody asks them to go."""

    declared: tuple[Stop, ...]
    asked: tuple[Stop, ...]  # empty where nobody asks for another way


@dataclass(frozen=True, slots=True)
class Twist:
    """The same case with other facts."""

    text: Text
    changes: Mapping[str, object]  # dotted path into the facts -> value; a list replaces the whole
    outcome: str


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the lesson."""

    step: Text
    minutes: int


@dataclass(frozen=True)
class Scenario:
    """One case: a fictional firm, its story and papers, and what a class should find."""

    id: str
    title: Text
    level: Difficulty
    sector: Text
    topics: tuple[str, ...]  # module ids of the questionnaire
    questionnaire_id: str
    version: str
    firm_name: Text
    firm_about: Text
    scope: Mapping[str, object]  # question id -> plain value
    answers: Mapping[str, object]  # question id -> plain value: where the programme is weak
    story: Text
    documents: tuple[Document, ...]
    route: Route | None
    facts: Mapping[str, object]  # in the form of section 5 of the interfaces
    red_flags: tuple[str, ...]
    outcome: str
    reasons: Text
    provisions: tuple[str, ...]
    teaching_points: Texts
    twist: Twist
    plan: tuple[PlanStep, ...]
    document: Mapping[str, object]  # the file's content, to be exported and copied

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def minutes(self) -> int:
        """Length of the lesson."""
        return sum(step.minutes for step in self.plan)
