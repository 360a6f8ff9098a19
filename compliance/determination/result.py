"""The determination as JSON, in the form of section 5 of the interfaces."""

from compliance.determination.engine import Determination, Due
from compliance.determination.facts import Facts, facts_json

FORMAT = "ecl-self-assessment/determination"
FORMAT_VERSION = 1
NOTE = "note"  # the finding of a step that explains and never decides


def determination_json(facts: Facts, found: Determination) -> dict[str, object]:
    """The result: outcome, steps, actions and missing facts, then what the page adds."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "as_of": found.as_of.isoformat(),
        "outcome": found.outcome.value,
        "title": found.title.as_json(),
        "meaning": found.meaning.as_json(),
        "steps": [
            {
                "rule": step.rule,
                "finding": step.finding.value if step.finding else NOTE,
                "provisions": list(step.provisions),
                "text": step.text.as_json(),
                "assumed": step.assumed,
            }
            for step in found.steps
        ],
        "actions": [action.as_json() for action in found.actions],
        "missing": list(found.missing),
        "documents": [_due_json(due) for due in found.documents],
        "clocks": [_due_json(due) for due in found.clocks],
        "programme": list(found.programme),
        "rules_digest": found.rules_digest,
        "facts": facts_json(facts),
    }


def _due_json(due: Due) -> dict[str, object]:
    length = {"length": due.length.as_json()} if due.length else {}
    return {
        "id": due.id,
        "text": due.text.as_json(),
        **length,
        "provisions": list(due.provisions),
    }
