"""Who may do what, in one table that a lawyer can read."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is in one firm."""

    EXPORTER = "exporter"
    OFFICER = "officer"
    READER = "reader"
    TRAINER = "trainer"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """A thing that can be allowed or refused."""

    SEE_MODULES = "see_modules"  # questions of one's modules with answers, evidence, talk
    FILL_MODULES = "fill_modules"  # answer, comment and attach evidence there
    READ = "read"  # assessments, results, registers of the firm
    ANSWER = "answer"  # start, import, move, explain, submit for review
    DECIDE = "decide"  # review, accept N/A, return, seal, accept remedies
    REMEDY = "remedy"  # plan and follow remedies
    DETERMINE = "determine"  # check transactions, screen parties, classify items
    SIGN = "sign"  # second signature, screening decisions
    IMPORT_LISTS = "import_lists"
    REPORT = "report"  # ask for reports and exports
    TRAIN = "train"  # scenarios, sandboxes, classrooms
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    OPERATE = "operate"  # settings, jobs, backups, deletion of the firm


GRANTS: dict[Role, frozenset[Action]] = {
    Role.EXPORTER: frozenset(
        {
            Action.SEE_MODULES,
            Action.FILL_MODULES,
            Action.READ,
            Action.ANSWER,
            Action.REMEDY,
            Action.DETERMINE,
            Action.REPORT,
        }
    ),
    Role.OFFICER: frozenset(
        {
            Action.SEE_MODULES,
            Action.FILL_MODULES,
            Action.READ,
            Action.ANSWER,
            Action.DECIDE,
            Action.REMEDY,
            Action.DETERMINE,
            Action.SIGN,
            Action.IMPORT_LISTS,
            Action.REPORT,
            Action.MANAGE_PEOPLE,
            Action.READ_AUDIT,
        }
    ),
    Role.READER: frozenset({Action.SEE_MODULES, Action.READ, Action.REPORT}),
    Role.TRAINER: frozenset({Action.TRAIN}),
    Role.ADMINISTRATOR: frozenset(
        {
            Action.SEE_MODULES,
            Action.READ,
            Action.IMPORT_LISTS,
            Action.REPORT,
            Action.MANAGE_PEOPLE,
            Action.READ_AUDIT,
            Action.OPERATE,
        }
    ),
}


# All that is left to somebody who is limited to some modules, whatever the role: what shows the
# whole firm (results, reports, exports, review, registers, transactions, people) is refused.
LIMITED_MAY = frozenset({Action.SEE_MODULES, Action.FILL_MODULES, Action.TRAIN})
NEVER_IN_TRAINING = frozenset({Action.MANAGE_PEOPLE, Action.IMPORT_LISTS, Action.OPERATE})


def may(role: Role, action: Action) -> bool:
    """Whether a role is granted an action; what is not granted is refused."""
    return action in GRANTS[role]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts for a firm in a role, now."""

    person_id: UUID
    name: str
    firm_id: UUID
    firm_name: str
    role: Role
    language: str
    firm_kind: str = "real"
    modules: frozenset[str] | None = None  # limited to these modules; None: all
    time_zone: str = "Asia/Shanghai"
    chosen_language: str | None = None  # None: the browser decides
    firm_name_zh: str | None = None
    firms: int = 1  # how many firms the person may act for
    second_factor_due: bool = False  # the firm demands one for this role, and none is set up

    def may(self, action: Action) -> bool:
        """Whether the actor may do it.

        Who is limited to modules may only what concerns these; from a sandbox nothing reaches
        people or shared lists.
        """
        if self.modules is not None and action not in LIMITED_MAY:
            return False
        if self.firm_kind == "training" and action in NEVER_IN_TRAINING:
            return False
        return may(self.role, action)

    def sees(self, module_id: str) -> bool:
        """Whether a module is one of those that the actor is asked about."""
        return self.modules is None or module_id in self.modules
