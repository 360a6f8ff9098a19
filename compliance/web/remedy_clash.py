"""Two people at one action: what each of them says, field by field, before one of them decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from compliance.remediation import ActionState, RemediationAction, Wanted
from compliance.web.layout import day


@dataclass(frozen=True, slots=True)
class Clash:
    """One field on which what was typed and what stands differ, both in words."""

    label: str
    mine: str
    theirs: str


def clashes(
    action: RemediationAction,
    wanted: Wanted,
    states: Mapping[ActionState, str],
    titles: Mapping[UUID, str],
) -> list[Clash]:
    """What differs; empty where both say the same, as after a double click.

    `states`: state -> its words; `titles`: id of an action -> what it is called.
    """
    pairs = (
        (_("Owner"), wanted.owner_name or _("nobody yet"), action.owner_name or _("nobody yet")),
        (_("Due"), day(wanted.due_on), day(action.due_on)),
        (_("State"), states[wanted.state], states[ActionState(action.state)]),
        (_("Note"), wanted.note or "—", action.note or "—"),
        (_("Proof"), wanted.proof or "—", action.proof or "—"),
        (
            _("Waits for"),
            _awaited(wanted.depends_on_id, titles),
            _awaited(action.depends_on_id, titles),
        ),
    )
    return [Clash(*map(str, pair)) for pair in pairs if str(pair[1]) != str(pair[2])]


def _awaited(action_id: UUID | None, titles: Mapping[UUID, str]) -> str:
    return titles.get(action_id, "—") if action_id is not None else str(_("nothing"))
