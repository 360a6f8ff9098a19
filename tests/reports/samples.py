"""Assessments to print: nearly empty, typical, perfect, and as full as can be."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from compliance.answers import Answer, Bundle, EvidenceRef, NotApplicable, Value, parse_bundle
from compliance.catalogue import Edition, Kind, Question, load_edition
from compliance.reports import Action, Earlier, Extras, Review
from compliance.scoring import result_json, score

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 24)
SEALED = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
LONG = (
    "The register is kept by the export desk and was last compared with the list on 3 March; "
    "登记表由出口部门保管，最近一次与清单比对是在3月3日。"
)


@lru_cache
def edition() -> Edition:
    return load_edition("ecl-icp", "2026.1")


def typical() -> Bundle:
    """The demo firm."""
    return parse_bundle((ROOT / "questionnaires" / "demo" / "current.json").read_bytes())


def bundle_of(answers: Mapping[str, Answer], name: str = "Example Precision Co., Ltd.") -> Bundle:
    return Bundle("ecl-icp", "2026.1", DAY, name, "EX-1", dict(answers))


def nearly_empty() -> Bundle:
    return bundle_of({"SCP-01": Answer(value=("manufacturer",))})


def perfect() -> Bundle:
    return bundle_of({q.id: Answer(value=_best(q), evidence=(PROOF,)) for q in edition().questions})


PROOF = EvidenceRef("Licence register 2026", "DMS 4711", "0123456789abcdef" * 4)


def full(comment: str = LONG * 4, pieces: int = 4) -> Bundle:
    """Every question answered as badly as can be, with everything said that can be said."""
    answers: dict[str, Answer] = {}
    for number, question in enumerate(edition().questions):
        evidence = tuple(
            EvidenceRef(f"{LONG[:90]} {piece}", f"DMS {number}-{piece}", f"{number:064x}")
            for piece in range(pieces)
        )
        if question.not_applicable_allowed and question.module_id != "scope" and number % 9 == 0:
            claim = NotApplicable("We neither sell nor lease anything of that kind. " * 3, False)
            answers[question.id] = Answer(not_applicable=claim, comment=comment, evidence=evidence)
        else:
            value = _widest(question) if question.module_id == "scope" else _worst(question)
            answers[question.id] = Answer(value=value, comment=comment, evidence=evidence)
    name = "The Most Northern Precision Machinery Works of Heilongjiang 黑龙江西北精密机械厂"
    return bundle_of(answers, name)


def extras(bundle: Bundle) -> Extras:
    """Everything that may stand beside answers."""
    card = score(edition(), bundle.answers, bundle.as_of)
    modules = {module.id: 41.5 for module in card.modules}
    return Extras(
        sealed_at=SEALED,
        prepared_by="Li Na 李娜",
        reviewed_by="Wang Wei 王伟",
        reviews={
            key: Review(
                "accepted" if number % 2 else "returned",
                comment="The file shows something else. 卷宗所见不符。",
                by="Wang Wei",
            )
            for number, key in enumerate(bundle.answers)
        },
        actions=tuple(
            Action(
                gap.question.id,
                owner="Export control office 出口管制办公室",
                due_on=date(2027, 1 + number % 12, 15),
                state=("open", "in_progress", "done", "accepted_risk")[number % 4],
                note="Budget approved",
            )
            for number, gap in enumerate(card.gaps)
        ),
        history=(
            Earlier(date(2024, 11, 20), 38.2, 30.1, "E", modules),
            Earlier(date(2025, 11, 20), 52.4, 44.0, "D", modules),
        ),
        explanations={rule.id: "Seen and explained. 已说明。" for rule in card.contradictions},
        audit_head="ab" * 32,
    )


def result_of(bundle: Bundle) -> dict[str, object]:
    """The result as it comes back from a store: plain JSON."""
    card = score(edition(), bundle.answers, bundle.as_of)
    found: dict[str, object] = json.loads(json.dumps(result_json(edition(), bundle, card)))
    return found


def _best(question: Question) -> Value:  # noqa: PLR0911 - one a kind
    match question.kind:
        case Kind.MATURITY:
            return 4
        case Kind.YES_PARTIAL_NO:
            credit = {"yes": 1, "no": 0, **question.credits}
            return "yes" if credit["yes"] >= credit["no"] else "no"
        case Kind.SINGLE_CHOICE:
            return max(question.options, key=lambda option: option.credit).value
        case Kind.MULTIPLE_CHOICE:
            return tuple(option.value for option in question.options if not option.exclusive)
        case Kind.NUMBER:
            return 1_000
        case Kind.DATE:
            return DAY
    return "Germany and Brazil. 德国和巴西。"


def _worst(question: Question) -> Value:  # noqa: PLR0911 - one a kind
    match question.kind:
        case Kind.MATURITY:
            return 0
        case Kind.YES_PARTIAL_NO:
            return "no" if _best(question) == "yes" else "yes"
        case Kind.SINGLE_CHOICE:
            return min(question.options, key=lambda option: option.credit).value
        case Kind.MULTIPLE_CHOICE:
            alone = [option.value for option in question.options if option.exclusive]
            return tuple((alone or [question.options[0].value])[:1])
        case Kind.NUMBER:
            return 0
        case Kind.DATE:
            return date(2019, 1, 1)
    return LONG * 3


def _widest(question: Question) -> Value:
    """The scope answer that sets the most traits, so that most questions are asked."""
    if question.kind is Kind.SINGLE_CHOICE:
        return max(question.options, key=lambda option: len(option.sets)).value
    return "yes" if question.kind is Kind.YES_PARTIAL_NO else _best(question)
