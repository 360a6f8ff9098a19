"""May this go? One pure function over rules and facts.

Unknown facts are taken at their word: every combination of values that they could have is
judged. If the strictest outcome among them is mild, it is the finding; otherwise the finding is
the stricter of holding and the mildest outcome. Nothing is assumed about the rules being
monotone, so the finding stays exact when rules change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from compliance.determination.conditions import Flags, Situation
from compliance.determination.errors import RulesError
from compliance.determination.facts import ALLOWED, OPEN_HITS, UNKNOWN, Facts
from compliance.determination.rules import PARTY_HIT, Outcome, Requirement, Rule, Rules
from compliance.language import Text

HOLD = Outcome.HOLD_AND_ENQUIRE.mildness
OUTCOMES = tuple(Outcome)
BY_COMPLIANCE_FIRST = frozenset({Outcome.PROHIBITED, Outcome.STOP_AND_REPORT})
STOP, ASK, NOTE = 3, 2, 1  # severities of red flags


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that spoke, with the provisions in force on the day."""

    rule: str
    finding: Outcome | None  # None: a note
    provisions: tuple[str, ...]
    text: Text
    assumed: bool = False  # it speaks only if an unknown fact turns out worse


@dataclass(frozen=True, slots=True)
class Due:
    """A paper to have or a clock that runs."""

    id: str
    text: Text
    length: Text | None
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Determination:
    """What was found, why, and what to do."""

    as_of: date
    outcome: Outcome
    title: Text
    meaning: Text
    steps: tuple[Step, ...]  # in the order of the rules
    actions: tuple[Text, ...]
    missing: tuple[str, ...]  # dotted paths, in the order of the form
    documents: tuple[Due, ...]
    clocks: tuple[Due, ...]
    programme: tuple[str, ...]  # ids of questions that should have caught it
    rules_digest: str


def determine(rules: Rules, facts: Facts) -> Determination:
    """The finding for a transaction."""
    verdicts = _judge_all(rules, facts)
    outcome = verdicts.finding
    missing = verdicts.missing()
    shown = verdicts.strictest_case if outcome.mild else verdicts.mildest_case
    best = verdicts.best_case
    spoken = [rule for rule in rules.rules if rule.when(shown)]
    steps = [
        *(_step(rules, rule, facts.as_of, assumed=not rule.when(best)) for rule in spoken),
        *_open_steps(rules, facts, missing, outcome),
    ]
    by_id = {rule.id: rule for rule in (*rules.rules, *(u.rule for u in rules.unknown_rules))}
    return Determination(
        as_of=facts.as_of,
        outcome=outcome,
        title=rules.titles[outcome],
        meaning=rules.meanings[outcome],
        steps=tuple(steps),
        actions=_actions(steps, by_id, outcome),
        missing=_in_form_order({*missing, *(r.missing for r in spoken if r.missing)}),
        documents=_due(rules, rules.documents, outcome, shown),
        clocks=_due(rules, rules.clocks, outcome, shown),
        programme=_programme(rules, steps, outcome),
        rules_digest=rules.digest,
    )


@dataclass(slots=True)
class _Span:
    """Strictest and mildest outcome seen."""

    strictest: int = len(OUTCOMES)
    mildest: int = -1

    def take(self, mildness: int) -> None:
        self.strictest = min(self.strictest, mildness)
        self.mildest = max(self.mildest, mildness)

    @property
    def finding(self) -> Outcome:
        strictest = OUTCOMES[self.strictest]
        return strictest if strictest.mild else OUTCOMES[min(HOLD, self.mildest)]


@dataclass(slots=True)
class _Verdicts:
    """The outcomes of all combinations, summed up as far as they are needed."""

    unknown: tuple[str, ...]  # dotted paths; parties.<n>.list_hit for open hits
    best_case: Situation
    mildest_case: Situation
    strictest_case: Situation
    whole: _Span = field(default_factory=_Span)
    by_value: dict[tuple[str, str], _Span] = field(default_factory=dict)
    by_hits: dict[frozenset[str], _Span] = field(default_factory=dict)
    swayed: set[str] = field(default_factory=set)  # decide in some combination of the others

    @property
    def finding(self) -> Outcome:
        return self.whole.finding

    def missing(self) -> frozenset[str]:
        """The unknowns whose answer, alone, can change the finding.

        Where no answer alone can, yet together they do, all that take part.
        """
        alone = {path for path in self.unknown if self._changes(path)}
        if alone or self.whole.strictest == self.whole.mildest:
            return frozenset(alone)
        return frozenset(self.swayed) if self._open_only_by_unknowns() else frozenset()

    def _changes(self, path: str) -> bool:
        if path.startswith("parties."):
            return any(span.finding != self.finding for span in self._party_spans())
        spans = (span for (name, _), span in self.by_value.items() if name == path)
        return any(span.finding != self.finding for span in spans)

    def _party_spans(self) -> Iterator[_Span]:
        """The outcomes left when one open party is settled, for each way to settle it."""
        others = sum(path.startswith("parties.") for path in self.unknown) - 1
        for own in _settled_hits():
            span = _Span()
            for rest in _hit_sets(others):
                known = self.by_hits[frozenset(own | rest)]
                span.take(known.strictest)
                span.take(known.mildest)
            yield span

    def _open_only_by_unknowns(self) -> bool:
        return self.whole.mildest > HOLD


def _judge_all(rules: Rules, facts: Facts) -> _Verdicts:
    paths = tuple(path for path in ALLOWED if facts.values[path] == UNKNOWN)
    open_parties = [n for n, party in enumerate(facts.parties) if party.list_hit in OPEN_HITS]
    base = situation_of(rules, facts)
    hit_sets = _hit_sets(len(open_parties))
    options = [rules.facts[path].possible for path in paths]
    best = _with(base, dict(zip(paths, (o[0] for o in options), strict=True)), hit_sets[0])
    names = (*paths, *(f"parties.{n}.list_hit" for n in open_parties))
    verdicts = _Verdicts(names, best, best, best)
    table: dict[tuple[str, ...], int] = {}
    for hits in hit_sets:
        by_hits = verdicts.by_hits[hits] = _Span()
        for values in product(*options):
            case = _with(base, dict(zip(paths, values, strict=True)), hits)
            mildness = mildness_of(rules, case)
            if mildness > verdicts.whole.mildest:
                verdicts.mildest_case = case
            if mildness <= verdicts.whole.strictest:
                verdicts.strictest_case = case
            verdicts.whole.take(mildness)
            by_hits.take(mildness)
            for pair in zip(paths, values, strict=True):
                verdicts.by_value.setdefault(pair, _Span()).take(mildness)
            table[(*values, "+".join(sorted(hits)))] = mildness
    verdicts.swayed = set(_swaying(names, len(paths), table))
    return verdicts


def _swaying(
    names: tuple[str, ...], closed: int, table: Mapping[tuple[str, ...], int]
) -> Iterator[str]:
    """The unknowns that decide in some combination of the others."""
    for place in range(closed + 1 if len(names) > closed else closed):
        seen: dict[tuple[str, ...], int] = {}
        for values, mildness in table.items():
            rest = (*values[:place], *values[place + 1 :])
            if seen.setdefault(rest, mildness) != mildness:
                yield from names[closed:] if place == closed else (names[place],)
                break


def _settled_hits() -> tuple[frozenset[str], ...]:
    return (frozenset(), frozenset({"watch"}), frozenset({"controlled"}))


def _hit_sets(parties: int) -> tuple[frozenset[str], ...]:
    """Every set of list hits that so many open parties can add, none first.

    Conditions ask for hits only as "some party has it", so which party has it is all one.
    """
    sets = (*_settled_hits(), frozenset({"watch", "controlled"}))
    return (sets[:1], sets[:3], sets)[min(parties, 2)]


def situation_of(rules: Rules, facts: Facts) -> Situation:
    severities = [rules.severities[flag] for flag in facts.red_flags]
    notes = severities.count(NOTE)
    return Situation(
        as_of=facts.as_of,
        values=facts.values,
        hits=frozenset(p.list_hit for p in facts.parties) - OPEN_HITS,
        roles=frozenset(p.role for p in facts.parties),
        parties=len(facts.parties),
        destination=facts.destination,
        flags=Flags(severities.count(STOP), severities.count(ASK) + notes // 2, len(severities)),
    )


def _with(base: Situation, values: Mapping[str, str], hits: frozenset[str]) -> Situation:
    return Situation(
        base.as_of,
        {**base.values, **values},
        base.hits | hits,
        base.roles,
        base.parties,
        base.destination,
        base.flags,
    )


def mildness_of(rules: Rules, case: Situation) -> int:
    for mildness, holds in rules.strictest_first:
        if holds(case):
            return mildness
    raise RulesError("no rule decides this case")


def _step(rules: Rules, rule: Rule, day: date, *, assumed: bool) -> Step:
    return Step(
        rule.id, rule.finding, rules.in_force(rule.provisions(day), day), rule.text, assumed
    )


def _open_steps(
    rules: Rules, facts: Facts, missing: frozenset[str], outcome: Outcome
) -> Iterator[Step]:
    """A step for each kind of open fact that matters; a note where the outcome is mild."""
    named = {path: facts.values[path] for path in ALLOWED if path in missing}
    hits = {
        party.list_hit
        for n, party in enumerate(facts.parties)
        if f"parties.{n}.list_hit" in missing
    }
    for unknown in rules.unknown_rules:
        found = hits if unknown.fact == PARTY_HIT else {named.get(unknown.fact, "")}
        if found & unknown.values:
            rule, day = unknown.rule, facts.as_of
            provisions = rules.in_force(rule.provisions(day), day)
            finding = None if outcome.mild else rule.finding
            yield Step(rule.id, finding, provisions, rule.text)


def _actions(steps: list[Step], by_id: Mapping[str, Rule], outcome: Outcome) -> tuple[Text, ...]:
    """What to do: what the deciding steps ask first, then what still has to be cleared."""
    deciding = [step for step in steps if step.finding is outcome]
    others: list[Step] = []
    if outcome not in BY_COMPLIANCE_FIRST:
        clearing = {None, Outcome.HOLD_AND_ENQUIRE}
        others = [s for s in steps if s not in deciding and s.finding in clearing]
    texts = [
        Text(en, zh)
        for step in (*deciding, *others)
        for en, zh in zip(by_id[step.rule].actions.en, by_id[step.rule].actions.zh, strict=True)
    ]
    return tuple(dict.fromkeys(texts))


def _due(
    rules: Rules, requirements: tuple[Requirement, ...], outcome: Outcome, case: Situation
) -> tuple[Due, ...]:
    return tuple(
        Due(r.id, r.text, r.length, rules.in_force(r.provisions, case.as_of))
        for r in requirements
        if outcome in r.outcomes and r.when(case)
    )


def _programme(rules: Rules, steps: list[Step], outcome: Outcome) -> tuple[str, ...]:
    """Questions that should have caught a bad outcome; none where the goods may go."""
    if outcome.mild:
        return ()
    asked = (rules.programme.get(step.rule, ()) for step in steps)
    return tuple(dict.fromkeys(question for questions in asked for question in questions))


def _in_form_order(paths: set[str]) -> tuple[str, ...]:
    order = [*ALLOWED]
    after = order.index("end_use_documents")
    ranks = {path: (place if place < after else place + 1) for place, path in enumerate(order)}

    def place(path: str) -> tuple[int, int]:
        if path.startswith("parties"):
            number = path.split(".")[1] if "." in path else "-1"
            return after, int(number)
        return ranks[path], 0

    return tuple(sorted(paths, key=place))
