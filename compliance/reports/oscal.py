"""The result as OSCAL assessment results, for compliance tools of other makers.

OSCAL 1.2.1 (NIST). The questions are the controls; each answer is an observation, each scored
question a finding, each gap a risk with its remedy. Ids are derived from the digest, so that the
same result gives the same file.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from compliance.answers import Answer, Bundle, value_json
from compliance.reports.gap_report import AnswerLine, GapLine, GapReport, Standing
from compliance.reports.tables import plain_text
from compliance.reports.wordings import Wording

VERSION = "1.2.1"
NAMESPACE = UUID("6f1c7f0a-5f43-5a0e-9a0c-7d0f4e3b9b11")  # of this program's OSCAL files
PROPERTIES = "https://export-control-self-assessment.example/ns/oscal"
LONGEST_VALUE = 1_000
LONGEST = 32_000  # characters of one text; a longer one ends with a mark


def assessment_results(
    report: GapReport, bundle: Bundle, w: Wording, when: datetime
) -> dict[str, Any]:
    """The assessment-results document as plain JSON values."""
    return _Results(report, bundle, w, when).document()


class _Results:
    def __init__(self, report: GapReport, bundle: Bundle, w: Wording, when: datetime) -> None:
        self.report, self.bundle, self.w = report, bundle, w
        self.at = when.strftime("%Y-%m-%dT%H:%M:%SZ")

    def document(self) -> dict[str, Any]:
        report, w = self.report, self.w
        return {
            "assessment-results": {
                "uuid": self._uuid("document"),
                "metadata": {
                    "title": f"{self._training()}{w(report.name)}: {self._words(report.firm.text)}",
                    "last-modified": self.at,
                    "version": f"{report.edition.version}.{report.as_of.isoformat()}",
                    "oscal-version": VERSION,
                    "roles": [{"id": "assessor", "title": w._("Prepared by")}],
                    "parties": [
                        {
                            "uuid": self._uuid("firm"),
                            "type": "organization",
                            "name": self._words(report.firm.text),
                        }
                    ],
                    "responsible-parties": [
                        {"role-id": "assessor", "party-uuids": [self._uuid("firm")]}
                    ],
                    "remarks": w._(
                        "This report is no legal advice, no certificate and no finding of an "
                        "authority. It neither proves nor excludes a breach of law. Take advice "
                        "before you act on it, and before you disclose it."
                    ),
                },
                "import-ap": {"href": f"#{self._uuid('questionnaire')}"},
                "results": [self._result()],
                "back-matter": {"resources": list(self._resources())},
            }
        }

    def _result(self) -> dict[str, Any]:
        report, w, overall = self.report, self.w, self.report.scorecard.overall
        lines = [*report.line_by_id.values(), *report.kept]
        result: dict[str, Any] = {
            "uuid": self._uuid("result"),
            "title": w(report.edition.title),
            "description": f"{w._('Law as of')} {w.day(report.as_of)}",
            "start": self.at,
            "end": self.at,
            "props": [
                self._property("digest", report.digest),
                self._property("grade", overall.grade or "none"),
                self._property("score", w.figure(overall.score)),
                self._property("supported-score", w.figure(overall.supported_score)),
                self._property("best-score", w.figure(overall.best_score)),
                self._property("grade-before-limits", overall.grade_before_limits or "none"),
                self._property("provisional", "yes" if overall.provisional else "no"),
                self._property("training", "yes" if report.training else "no"),
                self._property("path", "core" if report.edition.is_core else "full"),
                self._property("questionnaire-digest", report.edition.digest),
                *(
                    self._property("limit", f"{one.why.value} {one.grade}: {', '.join(named)}")
                    for one in overall.limits
                    for named in [(*one.questions, *one.modules)]
                ),
            ],
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": [{"control-id": one.question.id} for one in lines]}
                ]
            },
            "observations": [self._observation(line) for line in lines],
        }
        findings = [self._finding(one) for one in lines if one.mark and one.mark.is_applicable]
        risks = [self._risk(one) for one in report.gaps]
        if risks:
            result["risks"] = risks
        if findings:
            result["findings"] = findings
        return result

    def _observation(self, line: AnswerLine) -> dict[str, Any]:
        answer = self.bundle.answers.get(line.question.id, Answer())
        properties = [
            self._property("question", line.question.id),
            self._property("state", line.standing.value.replace("_", "-")),
        ]
        if answer.value is not None:
            properties.append(self._property("value", str(value_json(answer.value))))
        if line.mark:
            properties.append(self._property("attainment", f"{float(line.mark.attainment):.4f}"))
            properties.append(self._property("severity", line.mark.severity.value))
        if line.question.red_line:
            properties.append(self._property("red-line", "yes"))
        if line.review and line.review.decision:
            properties.append(self._property("review", line.review.decision))
        observation: dict[str, Any] = {
            "uuid": self._uuid(f"observation {line.question.id}"),
            "title": line.question.id,
            "description": self.w(line.question.prompt),
            "props": properties,
            "methods": ["INTERVIEW"],
            "types": ["control-objective"],
            "collected": self.at,
        }
        evidence = [
            {
                "description": self._words(one.title) or "–",
                **({"props": [self._property("sha256", one.sha256)]} if one.sha256 else {}),
                **({"remarks": words} if (words := self._words(one.reference)) else {}),
            }
            for one in answer.evidence
        ]
        if evidence:
            observation["relevant-evidence"] = evidence
        words = "\n\n".join(part for part in self._said(line, answer) if part)
        if words:
            observation["remarks"] = words
        return observation

    def _said(self, line: AnswerLine, answer: Answer) -> Iterator[str]:
        """The answer in words, and all that firm and reviewer say to it, in full."""
        w = self.w
        yield w.told(line.told, line.question)
        if line.told and line.told.words is not None:
            yield self._words(str(answer.value))
        if answer.not_applicable:
            yield f"{w._('Reason')}{w.colon}{self._words(answer.not_applicable.reason)}"
        yield self._words(answer.comment)
        review = line.review
        if review:
            told = review.told
            value = (told.words.text if told.words else w.told(told, line.question)) if told else ""
            parts = [review.by.text, value, review.comment.text]
            said = self._words(" · ".join(part for part in parts if part))
            yield f"{w._('Review')}{w.colon}{said}"

    def _finding(self, line: AnswerLine) -> dict[str, Any]:
        question = line.question
        reason = "other" if line.standing is Standing.UNANSWERED else "fail"
        status = (
            {"state": "not-satisfied", "reason": reason} if line.gap else {"state": "satisfied"}
        )
        finding: dict[str, Any] = {
            "uuid": self._uuid(f"finding {question.id}"),
            "title": question.id,
            "description": self.w(question.prompt),
            "target": {"type": "objective-id", "target-id": question.id, "status": status},
            "related-observations": [
                {"observation-uuid": self._uuid(f"observation {question.id}")}
            ],
        }
        if line.gap:
            finding["related-risks"] = [{"risk-uuid": self._uuid(f"risk {question.id}")}]
        return finding

    def _risk(self, line: GapLine) -> dict[str, Any]:
        question, w = line.gap.question, self.w
        cited = w.listed([w(one.short) for one in line.line.citations]) or w._("not scored")
        exposures = "; ".join(dict.fromkeys(w.exposure(one) for one in line.penalties))
        risk: dict[str, Any] = {
            "uuid": self._uuid(f"risk {question.id}"),
            "title": f"{question.id}: {w._('Priority {number}', number=line.gap.priority)}",
            "description": w(question.why),
            "statement": f"{cited}. {exposures}".strip(),
            "status": "open" if line.state != "done" else "closed",
            "props": [
                self._property("priority", str(line.gap.priority)),
                self._property("gain", self.w.gain(line.gap.gain)),
            ],
        }
        if question.remedy:
            risk["remediations"] = [
                {
                    "uuid": self._uuid(f"remedy {question.id}"),
                    "lifecycle": "planned" if line.owner else "recommendation",
                    "title": w._("Remedy"),
                    "description": w.steps(question.remedy),
                    **({"remarks": agreed} if (agreed := self._agreed(line)) else {}),
                }
            ]
        if line.due_on:
            risk["deadline"] = f"{line.due_on.isoformat()}T00:00:00Z"
        return risk

    def _agreed(self, line: GapLine) -> str:
        """Owner, state and note of the remedy."""
        w = self.w
        parts = [
            f"{w._('Owner')}{w.colon}{line.owner.text}" if line.owner else "",
            w.state(line.state),
            line.note.text,
        ]
        return self._words(" · ".join(part for part in parts if part))

    def _training(self) -> str:
        return f"{self.w._('Training')} – " if self.report.training else ""

    def _words(self, text: str) -> str:
        return plain_text(text, LONGEST)

    def _resources(self) -> Iterator[dict[str, Any]]:
        edition = self.report.edition
        yield {
            "uuid": self._uuid("questionnaire"),
            "title": f"{edition.questionnaire_id} {edition.version}",
            "description": edition.digest,
        }

    def _property(self, name: str, value: str) -> dict[str, str]:
        words = " ".join(plain_text(value).split())[:LONGEST_VALUE].strip() or "–"
        return {"name": name, "ns": PROPERTIES, "value": words}

    def _uuid(self, what: str) -> str:
        return str(uuid5(NAMESPACE, f"{self.report.digest} {what}"))
