"""A second scorer, written from docs/scoring alone: plain JSON in, fractions out, nothing shared.

It reads the exported catalogue and a bundle's JSON, as a stranger would.
"""
# ruff: noqa: C901, PLR0911, PLR0912 (one long plain text is easier to hold against the contract)

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
WEIGHT = {"legal_requirement": 3, "expected_practice": 2, "leading_practice": 1}
TARGET = {
    "legal_requirement": Fraction(3, 4),
    "expected_practice": Fraction(3, 4),
    "leading_practice": Fraction(1, 2),
}
GRADES = [("A", 85), ("B", 70), ("C", 55), ("D", 40)]
HALF = Fraction(1, 2)


def holds(condition: Json | None, traits: set[str], values: Json) -> bool:
    if not condition:
        return True
    if "all" in condition:
        return all(holds(part, traits, values) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, traits, values) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], traits, values)
    if "trait" in condition:
        return condition["trait"] in traits
    value = values.get(condition["question"])
    if "equals" in condition:
        return type(value) is type(condition["equals"]) and value == condition["equals"]
    if "includes" in condition:
        return isinstance(value, list) and condition["includes"] in value
    return isinstance(value, int | float) and value >= condition["at_least"]


def in_force(provision: Json, day: str) -> bool:
    starts, ends = provision["in_force_from"], provision["in_force_until"]
    return (starts is None or starts <= day) and (ends is None or day < ends)


def months_between(earlier: date, later: date) -> float:
    """Whole months, and a little more where days are left over."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months + (later.day - earlier.day) / 100


def attainment(question: Json, value: Any, day: str) -> Fraction:
    if value == "unknown":
        return Fraction(0)
    match question["kind"]:
        case "maturity":
            return Fraction(value, 4)
        case "yes_partial_no":
            given = question["credits"] or {"yes": 1, "partial": 0.5, "no": 0}
            return Fraction(str(given[value]))
        case "single_choice" | "multiple_choice":
            chosen = [value] if isinstance(value, str) else value
            credit_of = {o["value"]: Fraction(str(o["credit"])) for o in question["options"]}
            return min(Fraction(1), sum((credit_of[one] for one in chosen), Fraction(0)))
        case "number":
            for band in question["bands"]:
                if value >= band["at_least"]:
                    return Fraction(str(band["credit"]))
        case "date":
            then, today = date.fromisoformat(value), date.fromisoformat(day)
            for band in question["bands"]:
                if then <= today and months_between(then, today) <= band["within_months"]:
                    return Fraction(str(band["credit"]))
    return Fraction(0)


def lift(question: Json, target: Fraction) -> Fraction:
    match question["kind"]:
        case "maturity":
            return Fraction(3, 4) if target > HALF else HALF
        case "yes_partial_no":
            given = question["credits"] or {"yes": 1, "partial": 0.5, "no": 0}
            enough = [Fraction(str(c)) for c in given.values() if c >= target]
        case "single_choice":
            enough = [
                Fraction(str(o["credit"])) for o in question["options"] if o["credit"] >= target
            ]
        case "multiple_choice":
            enough = [Fraction(1)]
        case _:
            enough = [
                Fraction(str(b["credit"])) for b in question["bands"] if b["credit"] >= target
            ]
    return min(enough)


def mean(parts: list[tuple[int, Fraction]]) -> Fraction | None:
    total = sum(weight for weight, _ in parts)
    return sum((w * a for w, a in parts), Fraction(0)) / total if total else None


def printed(score: Fraction) -> Fraction:
    return Fraction((score * 10 + HALF).__floor__(), 10)


def score(catalogue: Json, bundle: Json) -> Json:
    """Everything the contract defines, unrounded."""
    day, answers = bundle["as_of"], bundle["answers"]
    laws = {p["id"]: p for p in catalogue["provisions"]}
    traits: set[str] = set()
    values: Json = {}
    marks: list[Json] = []
    not_shown, claims = [], defaultdict(int)
    for module in catalogue["modules"]:
        for section in module["sections"]:
            for question in section["questions"]:
                if not holds(question["shown_when"], traits, values):
                    not_shown.append(question["id"])
                    continue
                cited = question["provisions"]
                if cited and not any(in_force(laws[p], day) for p in cited):
                    not_shown.append(question["id"])
                    continue
                answer = answers.get(question["id"], {})
                severity = question["severity"]
                for raised, condition in (question["severity_when"] or {}).items():
                    if holds(condition, traits, values):
                        severity = raised
                value = answer.get("value")
                if value is not None:
                    values[question["id"]] = value
                    chosen = value if isinstance(value, list) else [value]
                    for option in question.get("options", []):
                        traits |= set(option["sets"]) if option["value"] in chosen else set()
                    if isinstance(value, str):
                        traits |= set(question["sets"].get(value, []))
                if not question["scored"]:
                    continue
                claim = answer.get("not_applicable")
                if (
                    claim
                    and question["not_applicable_allowed"]
                    and len(claim["reason"].strip()) >= 20
                    and (severity != "legal_requirement" or claim.get("accepted"))
                ):
                    claims[module["id"]] += 1
                    continue
                answered = value is not None
                a = attainment(question, value, day) if answered else Fraction(0)
                bare = question["evidence"] and not answer.get("evidence")
                marks.append(
                    {
                        "id": question["id"],
                        "question": question,
                        "module": module["id"],
                        "section": section["id"],
                        "severity": severity,
                        "w": WEIGHT[severity],
                        "a": a,
                        "supported": min(a, HALF) if bare else a,
                        "best": a if answered else Fraction(1),
                        "answered": answered,
                        "unknown": value == "unknown",
                    }
                )
    modules = []
    for module in catalogue["modules"]:
        own = [m for m in marks if m["module"] == module["id"]]
        if module["id"] == "scope":
            continue
        row: Json = {"id": module["id"], "weight": module["weight"], "applicable": len(own)}
        row["answered"] = sum(m["answered"] for m in own)
        row["not_applicable"] = claims[module["id"]]
        for name, key in (("score", "a"), ("supported_score", "supported"), ("best_score", "best")):
            share = mean([(m["w"], m[key]) for m in own])
            row[name] = None if share is None else 100 * share
        modules.append(row)
    result: Json = {"modules": modules, "traits": sorted(traits), "not_shown": not_shown}
    scored = [m for m in modules if m["score"] is not None]
    for name in ("score", "supported_score", "best_score"):
        result[name] = mean([(m["weight"], m[name]) for m in scored])
    result["unanswered"] = [m["id"] for m in marks if not m["answered"]]
    result["unknown"] = [m["id"] for m in marks if m["unknown"]]
    result["warnings"] = [
        m["id"] for m in modules if m["not_applicable"] * 5 > m["applicable"] + m["not_applicable"]
    ]
    sections = [s["id"] for m in catalogue["modules"] if m["id"] == "icp" for s in m["sections"]]
    result["elements"] = {
        f"icp.{s.replace('-', '_')}": mean(
            [(m["w"], m["a"]) for m in marks if (m["module"], m["section"]) == ("icp", s)]
        )
        for s in sections
    }
    result["completion"] = (
        Fraction(sum(m["answered"] for m in marks), len(marks)) if marks else None
    )
    grade(result, marks, modules)
    gaps(result, marks, scored)
    return result


def grade(result: Json, marks: list[Json], modules: list[Json]) -> None:
    if result["score"] is None:
        result["grade"] = result["grade_before_limits"] = None
        return
    shown = printed(result["score"])
    before = next((name for name, bound in GRADES if shown >= bound), "E")
    red = [m["id"] for m in marks if m["question"]["red_line"] and m["a"] < HALF]
    legal = [m["a"] for m in marks if m["severity"] == "legal_requirement"]
    caps = [before]
    if red:
        caps.append("E" if len(red) >= 3 else "D")
    if any(a < Fraction(3, 4) for a in legal):
        caps.append("C" if any(a < HALF for a in legal) else "B")
    if any(m["score"] is not None and m["score"] < 50 for m in modules):
        caps.append("C")
    result["red"] = red
    result["grade"], result["grade_before_limits"] = max(caps), before


def gaps(result: Json, marks: list[Json], scored: list[Json]) -> None:
    total = sum(m["weight"] for m in scored)
    found = []
    for position, m in enumerate(marks):
        a, target, severity = m["a"], TARGET[m["severity"]], m["severity"]
        if a >= target:
            continue
        weight = next(x["weight"] for x in scored if x["id"] == m["module"])
        of = sum(x["w"] for x in marks if x["module"] == m["module"])
        gain = (
            100 * Fraction(weight, total) * Fraction(m["w"], of) * (lift(m["question"], target) - a)
        )
        if m["question"]["red_line"] and a < HALF:
            priority = 1
        elif severity == "legal_requirement":
            priority = 2 if a < HALF else 3
        else:
            priority = 3 if severity == "expected_practice" and a < HALF else 4
        found.append((priority, -gain, position, m["id"], a))
    result["gaps"] = [(i, priority, -gain, a) for priority, gain, _, i, a in sorted(found)]
