"""What changed between two editions, and what each change means for answers given before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from compliance.catalogue.digest import semantic_content
from compliance.catalogue.edition import Edition, Module, Move, Question
from compliance.catalogue.export import question_json

VALUES = frozenset({"levels", "options"})


class Effect(StrEnum):
    """What a change means for answers that were given to the earlier edition."""

    COSMETIC = "cosmetic"  # words only: answers and scores stay
    COMPATIBLE = "compatible"  # every answer stays valid as it is; scores may move
    BREAKING = "breaking"  # some answers must be moved, converted, confirmed or dropped


MILDEST_FIRST = tuple(Effect)


class Reason(StrEnum):
    """The reasons, in words that a table of the interface can translate."""

    WORDING = "The wording changed."
    REMOVED = "The question is no longer asked."
    ADDED = "The question is new."
    RENAMED = "The question has a new id."
    KIND = "The kind of answer changed."
    OPTION_REMOVED = "A choice is gone."
    OPTION_ADDED = "A choice is new."
    CONFIRM = "The meaning moved, so that answers need to be confirmed."
    CONVERTED = "Answers are converted to new values."
    PLACE = "It stands elsewhere."
    CONDITION = "It is shown to other firms than before."
    WEIGHT = "It counts differently."
    TRAITS = "Answers set other traits."
    LAW = "It rests on other law."
    ADVICE = "Remedy, evidence or references changed."
    DATES = "The provision applies on other days."
    RULE = "A rule of the edition changed."
    MODULE_REMOVED = "The module is gone."
    MODULE_ADDED = "The module is new."


REASONS = {
    "shown_when": (Effect.COMPATIBLE, Reason.CONDITION),
    "sets": (Effect.COMPATIBLE, Reason.TRAITS),
    "provisions": (Effect.COMPATIBLE, Reason.LAW),
    "penalties": (Effect.COSMETIC, Reason.LAW),
    "red_flags": (Effect.COSMETIC, Reason.ADVICE),
    "crosswalk": (Effect.COSMETIC, Reason.ADVICE),
    "core": (Effect.COMPATIBLE, Reason.CONDITION),
    "kind": (Effect.BREAKING, Reason.KIND),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where, in which field, from what to what."""

    effect: Effect
    reason: Reason
    entry: str  # question, module, provision or other entry
    field: str  # dotted; "" for the entry itself
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one edition to another."""

    before: str  # version
    after: str
    changes: tuple[Change, ...]

    @property
    def effect(self) -> Effect | None:
        """The gravest effect, or None where nothing changed."""
        effects = [change.effect for change in self.changes]
        return max(effects, key=MILDEST_FIRST.index, default=None)

    def as_json(self) -> dict[str, Any]:
        return {
            "before": self.before,
            "after": self.after,
            "effect": self.effect and str(self.effect),
            "changes": [
                {
                    "effect": str(change.effect),
                    "reason": str(change.reason),
                    "entry": change.entry,
                    "field": change.field,
                    "before": change.before,
                    "after": change.after,
                }
                for change in self.changes
            ],
        }


def difference(before: Edition, after: Edition) -> Difference:
    """What changed; questions are matched by id, or by the moves that the newer edition states."""
    moves = moves_between(before, after)
    changes = [
        *_modules(before, after),
        *_questions(before, after, moves),
        *_frame(before, after),
    ]
    return Difference(before.version, after.version, tuple(changes))


def moves_between(before: Edition, after: Edition) -> dict[str, Move]:
    """New id -> move, where `after` says how answers of `before` reach it."""
    if after.questionnaire_id != before.questionnaire_id or after.changes_from != before.version:
        return {}
    return {move.question: move for move in after.moves}


def _modules(before: Edition, after: Edition) -> Iterator[Change]:
    olds = {module.id: module for module in before.modules}
    news = {module.id: module for module in after.modules}
    for name in olds.keys() - news.keys():
        yield Change(Effect.BREAKING, Reason.MODULE_REMOVED, name, "", name, None)
    for name, new in news.items():
        if name not in olds:
            yield Change(Effect.COMPATIBLE, Reason.MODULE_ADDED, name, "", None, name)
            continue
        yield from _module(olds[name], new)


def _module(old: Module, new: Module) -> Iterator[Change]:
    for field in ("title", "intro"):
        one, two = getattr(old, field).as_json(), getattr(new, field).as_json()
        yield from _words(new.id, field, one, two)
    titles = {section.id: section.title.as_json() for section in old.sections}
    for section in new.sections:
        if section.id in titles:
            now = section.title.as_json()
            yield from _words(f"{new.id}/{section.id}", "title", titles[section.id], now)
    if old.weight != new.weight:
        yield Change(Effect.COMPATIBLE, Reason.WEIGHT, new.id, "weight", old.weight, new.weight)


def _words(entry: str, field: str, one: Any, two: Any) -> Iterator[Change]:
    for language in ("en", "zh"):
        if one[language] != two[language]:
            yield Change(
                Effect.COSMETIC,
                Reason.WORDING,
                entry,
                f"{field}.{language}",
                one[language],
                two[language],
            )


def _questions(before: Edition, after: Edition, moves: Mapping[str, Move]) -> Iterator[Change]:
    reached = set()
    for new in after.questions:
        move = moves.get(new.id)
        old_id = move.was if move else new.id
        if not before.has_question(old_id):
            yield Change(Effect.COMPATIBLE, Reason.ADDED, new.id, "", None, new.prompt.as_json())
            continue
        reached.add(old_id)
        yield from _question(before.question(old_id), new, move)
    for old in before.questions:
        if old.id not in reached:
            yield Change(Effect.BREAKING, Reason.REMOVED, old.id, "", old.prompt.as_json(), None)


def _question(old: Question, new: Question, move: Move | None) -> Iterator[Change]:
    if old.id != new.id:
        yield Change(Effect.BREAKING, Reason.RENAMED, new.id, "id", old.id, new.id)
    if move and move.values:
        yield Change(Effect.BREAKING, Reason.CONVERTED, new.id, "", None, dict(move.values))
    if move and move.confirm:
        yield Change(Effect.BREAKING, Reason.CONFIRM, new.id, "", None, None)
    for field in ("module_id", "section_id"):
        one, two = getattr(old, field), getattr(new, field)
        if one != two:
            yield Change(Effect.COMPATIBLE, Reason.PLACE, new.id, field, one, two)
    one_json, two_json = question_json(old), question_json(new)
    moved_values = {str(value) for value in move.values} if move else set()
    for field in sorted((one_json.keys() | two_json.keys()) - {"id"}):
        one, two = one_json.get(field), two_json.get(field)
        if field in VALUES:
            yield from _choices(new.id, field, one or [], two or [], moved_values)
        elif one != two:
            yield from _field(new.id, field, one, two)


def _field(entry: str, field: str, one: Any, two: Any) -> Iterator[Change]:
    if field == "remedy" and one and two:
        yield from _field(entry, "remedy.action", one["action"], two["action"])
        if one["effort_days"] != two["effort_days"]:
            yield Change(
                Effect.COMPATIBLE, Reason.ADVICE, entry, "remedy.effort_days",
                one["effort_days"], two["effort_days"],
            )  # fmt: skip
        return
    if field == "evidence" and one and two:
        one, two, field = one["expected"], two["expected"], "evidence.expected"
    if isinstance(one, dict) and isinstance(two, dict) and set(one) == set(two) == {"en", "zh"}:
        yield from _words(entry, field, one, two)
    elif one != two:
        effect, reason = REASONS.get(field, (Effect.COMPATIBLE, Reason.WEIGHT))
        yield Change(effect, reason, entry, field, one, two)


def _choices(
    entry: str, field: str, ones: list[Any], twos: list[Any], moved: set[str]
) -> Iterator[Change]:
    """Levels or options, matched by value."""
    olds = {choice["value"]: choice for choice in ones}
    news = {choice["value"]: choice for choice in twos}
    for value, old in olds.items():
        if value not in news and str(value) not in moved:
            path = f"{field}.{value}"
            yield Change(Effect.BREAKING, Reason.OPTION_REMOVED, entry, path, old["text"], None)
    for value, new in news.items():
        path = f"{field}.{value}"
        if value not in olds:
            yield Change(Effect.COMPATIBLE, Reason.OPTION_ADDED, entry, path, None, new["text"])
            continue
        old = olds[value]
        yield from _words(entry, f"{path}.text", old["text"], new["text"])
        for part in ("credit", "exclusive", "sets"):
            if old.get(part) != new.get(part):
                reason = Reason.TRAITS if part == "sets" else Reason.WEIGHT
                yield Change(
                    _option_effect(part), reason, entry, f"{path}.{part}",
                    old.get(part), new.get(part),
                )  # fmt: skip


def _option_effect(part: str) -> Effect:
    # an answer may have chosen it together with others
    return Effect.BREAKING if part == "exclusive" else Effect.COMPATIBLE


def _frame(before: Edition, after: Edition) -> Iterator[Change]:
    """The numbers of the edition, contradictions, the general licence and the dates of law."""
    ones, twos = semantic_content(before), semantic_content(after)
    for field in ("grades", "severities", "limits", "unsupported_cap", "not_applicable"):
        if ones[field] != twos[field]:
            yield Change(
                Effect.COMPATIBLE, Reason.RULE, "questionnaire", field, ones[field], twos[field]
            )
    for field in ("contradictions", "general_licence"):
        yield from _rules(field, _by_id(ones[field]), _by_id(twos[field]))
    dates = ones["law_dates"], twos["law_dates"]
    for name in sorted(dates[0].keys() & dates[1].keys()):
        if dates[0][name] != dates[1][name]:
            yield Change(
                Effect.COMPATIBLE, Reason.DATES, name, "in_force", dates[0][name], dates[1][name]
            )


def _by_id(rules: Any) -> dict[str, Any]:
    return {rule["id"]: rule for rule in (rules["checks"] if isinstance(rules, dict) else rules)}


def _rules(field: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(olds.keys() | news.keys()):
        old, new = olds.get(name), news.get(name)
        if old == new:
            continue
        words_only = old and new and _without_words(old) == _without_words(new)
        effect = Effect.COSMETIC if words_only else Effect.COMPATIBLE
        reason = Reason.WORDING if words_only else Reason.RULE
        yield Change(effect, reason, name, field, old, new)


def _without_words(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in {"message", "text"}}
