"""An assessment in work moves to a newer edition: nothing is lost, and one step leads back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from compliance.answers import parse_answer
from compliance.assessments import (
    Assessment,
    ChangedSinceMoveError,
    ClosedAssessmentError,
    Colleague,
    NothingToMoveError,
    State,
    WrongStateError,
    assessments_in_use,
    assign,
    content_of,
    evidence_of,
    find_assessment,
    history_of,
    load_standing,
    move_to_newer_edition,
    movement_of,
    newer_edition,
    open_assessment,
    post_message,
    preview_move,
    responses_of,
    save_answer,
    seal,
    set_flag,
    start_review,
    submit,
    thread_of,
    undo_move,
    unseen_mentions,
)
from compliance.assessments.discussion import assignments_of, flagged_questions
from compliance.catalogue import Edition, Fate, Kind, Question, load_edition
from compliance.database import FirmSession, firm_reading, firm_session, make_engine
from compliance.evidence import EvidenceLink
from compliance.identity import firm_of
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")
OFFICER = cast.actor("officer@amber.example")
OLD = load_edition("ecl-icp", "2026.1")
NEW = load_edition("ecl-icp", "2026.2")
REASON = "We export no services to anybody."


@contextmanager
def writing(engine: Engine) -> Iterator[FirmSession]:
    with firm_session(engine, EXPORTER.firm_id) as session:
        yield session


def moved(engine: Engine, assessment_id: UUID, now: datetime) -> UUID:
    with writing(engine) as session:
        return move_to_newer_edition(session, EXPORTER, assessment_id, now=now).id


def said(engine: Engine, assessment_id: UUID) -> dict[str, Any]:
    """Question id -> what its answer says."""
    with firm_reading(engine, EXPORTER.firm_id) as session:
        return {i: content_of(r) for i, r in responses_of(session, assessment_id).items()}


def keep(engine: Engine, assessment_id: UUID, now: datetime, **raw: Any) -> None:
    """Answers of the exporter on top of what stands."""
    with writing(engine) as session:
        assessment = find_assessment(session, assessment_id)
        stored = responses_of(session, assessment_id)
        edition = load_edition("ecl-icp", assessment.version)
        for name, answer in raw.items():
            question = edition.question(name.replace("_", "-"))
            version = stored[question.id].version if question.id in stored else 0
            save_answer(
                session,
                EXPORTER,
                assessment,
                question.id,
                parse_answer(question, answer),
                base_version=version,
                now=now,
            )


@pytest.mark.parametrize("first", ["the move", "the save"])
def test_a_save_and_a_move_at_one_moment_follow_each_other(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime, first: str
) -> None:
    """Whichever comes second waits: an answer is carried, or refused, never left behind."""
    old = filled(each_engine)
    outcome: list[object] = []

    def save() -> None:
        try:
            keep(each_engine, old, now, CA_01={"value": 1, "comment": "just in time"})
            outcome.append("saved")
        except ClosedAssessmentError as refused:
            outcome.append(refused.state)

    def move_on() -> None:
        outcome.append(moved(each_engine, old, now))

    second = threading.Thread(target=save if first == "the move" else move_on)
    with writing(each_engine) as session:
        if first == "the move":
            move_to_newer_edition(session, EXPORTER, old, now=now)
        else:
            assessment = find_assessment(session, old)
            question = OLD.question("CA-01")
            answer = parse_answer(question, {"value": 1, "comment": "just in time"})
            version = responses_of(session, old)["CA-01"].version
            save_answer(
                session, EXPORTER, assessment, "CA-01", answer, base_version=version, now=now
            )
        second.start()
        second.join(timeout=0.5)
        assert outcome == []  # it waits
    second.join(timeout=60)

    if first == "the move":
        assert outcome == [State.SUPERSEDED]
        assert said(each_engine, old)["CA-01"]["comment"] != "just in time"
    else:
        (fresh,) = outcome
        assert isinstance(fresh, UUID)
        assert said(each_engine, fresh)["CA-01"]["comment"] == "just in time"


def test_each_fate_is_told_before_the_move(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    old = filled(each_engine)
    keep(
        each_engine,
        old,
        now,
        CA_04={"value": 3},
        EU_07={"value": "next-order"},
        CL_15={"value": "partial"},
        CA_01={"value": 2},
        CA_11={"value": 1},
    )

    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        preview = preview_move(load_standing(session, old, EXPORTER, whole=True), NEW)

    fates = {one.before.id: one for one in preview.answers}
    assert fates["CL-01"].fate is Fate.KEPT
    assert (fates["CA-04"].fate, fates["CA-04"].after) == (Fate.MOVED, NEW.question("ICP-O9"))
    becomes = {name: fates[name].becomes for name in ("EU-07", "CL-15")}
    assert {name: r.value for name, r in becomes.items() if r} == {"EU-07": "later", "CL-15": 2}
    assert fates["EU-07"].fate is Fate.CONVERTED
    assert fates["CL-15"].fate is Fate.TO_CONFIRM  # the kind of the question changed
    assert fates["CA-01"].fate is Fate.TO_CONFIRM
    assert (fates["CA-11"].fate, fates["CA-11"].after) == (Fate.NO_LONGER_ASKED, None)
    assert all(not OLD.has_question(question.id) for question in preview.new)
    assert preview.new


def test_the_new_revision_holds_the_answers_and_the_old_one_stays(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    old = filled(each_engine)
    keep(each_engine, old, now, CA_04={"value": 3, "comment": "Stop order 7"})
    before = said(each_engine, old)

    new = moved(each_engine, old, now)

    after = said(each_engine, new)
    assert said(each_engine, old) == before
    assert after["ICP-O9"] == before["CA-04"]
    assert after["CL-01"] == before["CL-01"]
    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        assert find_assessment(session, old).state == State.SUPERSEDED
        fresh = find_assessment(session, new)
        assert (fresh.version, fresh.state, fresh.title) == ("2026.2", State.DRAFT, "Annual")
        assert [a.id for a in assessments_in_use(session)] == [new]
        (entry,) = history_of(session, new, "ICP-O9")
        assert (entry.cause, entry.after["value"]) == ("migration", 3)
        assert entry.before is not None
        assert (entry.before["question"], entry.before["edition"]) == ("CA-04", "2026.1")
        assert history_of(session, old, "CA-04")
        assert responses_of(session, new)["CA-01"].to_confirm
        assert not responses_of(session, new)["CL-01"].to_confirm
        left, came = (
            movement_of(session, find_assessment(session, old)),
            movement_of(session, fresh),
        )
        assert (left.went and left.went.after_id, left.newer) == (new, None)
        assert (came.came and came.came.before_id, came.may_undo) == (old, True)


def test_evidence_threads_assignments_and_flags_go_along(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    old = filled(each_engine)
    officer = Colleague(OFFICER.person_id, OFFICER.name)
    with writing(each_engine) as session:
        assessment = find_assessment(session, old)
        post_message(
            session,
            EXPORTER,
            assessment,
            "CA-04",
            f"@{OFFICER.name} is this right?",
            colleagues=[officer],
            now=now,
        )
        assign(session, EXPORTER, assessment, "CA-04", officer, now=now)
        set_flag(session, EXPORTER, assessment, "CA-04", raised=True, now=now)
        item = next(iter(evidence_of(session, old).values()))[0]
        session.add(
            EvidenceLink(
                evidence_id=item.id, assessment_id=old, question_id="CA-04", created_at=now
            )
        )

    new = moved(each_engine, old, now + timedelta(days=1))

    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        assert item.id in {i.id for i in evidence_of(session, new)["ICP-O9"]}
        assert len(thread_of(session, new, "ICP-O9")) == 1
        assert len(thread_of(session, old, "CA-04")) == 1
        assert assignments_of(session, new)["ICP-O9"].person_id == OFFICER.person_id
        assert flagged_questions(session, new) == {"ICP-O9"}
        (told,) = unseen_mentions(session, OFFICER.person_id)
        assert told.assessment_id == new


def test_an_accepted_claim_stays_accepted(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    old = filled(each_engine)
    claimed = next(q.id for q in OLD.questions if q.not_applicable_allowed and q.id != "CA-01")
    raw = {"not_applicable": {"reason": REASON}}
    keep(each_engine, old, now, **{claimed.replace("-", "_"): raw})
    with writing(each_engine) as session:
        responses_of(session, old)[claimed].na_accepted = True

    new = moved(each_engine, old, now)

    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        response = responses_of(session, new)[claimed]
        assert (response.na_reason, response.na_accepted) == (REASON, True)


def test_the_old_revision_takes_no_more_answers(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    old = filled(each_engine)
    moved(each_engine, old, now)

    with pytest.raises(ClosedAssessmentError):
        keep(each_engine, old, now, CL_01={"value": 1})
    with pytest.raises(WrongStateError):
        moved(each_engine, old, now)


def test_undo_brings_the_old_revision_back_and_keeps_the_new_one(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    old = filled(each_engine)
    before = said(each_engine, old)
    new = moved(each_engine, old, now)

    with writing(each_engine) as session:
        assert undo_move(session, EXPORTER, new, now=now).id == old

    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        assert find_assessment(session, old).state == State.DRAFT
        assert find_assessment(session, new).state == State.SUPERSEDED
    assert said(each_engine, old) == before
    with writing(each_engine) as session, pytest.raises(NothingToMoveError):
        undo_move(session, EXPORTER, new, now=now)
    again = moved(each_engine, old, now)
    assert again not in {old, new}


def test_undo_is_refused_once_the_new_revision_was_changed(
    each_engine: Engine, filled: Callable[[Engine], UUID], now: datetime
) -> None:
    new = moved(each_engine, filled(each_engine), now)
    keep(each_engine, new, now, CL_01={"value": 1})

    with writing(each_engine) as session, pytest.raises(ChangedSinceMoveError):
        undo_move(session, EXPORTER, new, now=now)

    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        assert find_assessment(session, new).state == State.DRAFT


def test_a_sealed_assessment_stays_with_its_edition(
    each_engine: Engine, now: datetime, filled: Callable[[Engine], UUID]
) -> None:
    old = filled(each_engine)
    firm = firm_of(each_engine, EXPORTER.firm_id)
    with writing(each_engine) as session:
        assessment = find_assessment(session, old)
        assessment.state = State.SUBMITTED
        start_review(session, OFFICER, assessment, now=now)
        seal(session, OFFICER, assessment, firm, now=now)

    with pytest.raises(WrongStateError):
        moved(each_engine, old, now)
    with firm_reading(each_engine, EXPORTER.firm_id) as session:
        assert newer_edition(find_assessment(session, old)) is None
        assert find_assessment(session, old).version == "2026.1"


def test_nothing_to_move_on_the_newest_edition(each_engine: Engine, now: datetime) -> None:
    with writing(each_engine) as session:
        newest = open_assessment(session, EXPORTER, NEW, title="New", as_of=now.date(), now=now)
        assert newer_edition(newest) is None
    with pytest.raises(NothingToMoveError):
        moved(each_engine, newest.id, now)


def test_a_submitted_assessment_does_not_move(each_engine: Engine, now: datetime) -> None:
    with writing(each_engine) as session:
        draft = open_assessment(session, EXPORTER, OLD, title="Old", as_of=now.date(), now=now)
        submit(session, EXPORTER, draft, now=now)

    with pytest.raises(WrongStateError):
        moved(each_engine, draft.id, now)


def value_of(question: Question) -> st.SearchStrategy[Any]:
    values = [option.value for option in question.options if not option.exclusive]
    by_kind: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.MATURITY: st.integers(0, 4),
        Kind.YES_PARTIAL_NO: st.sampled_from(["yes", "partial", "no"]),
        Kind.NUMBER: st.integers(0, 1000),
        Kind.DATE: st.dates().map(str),
        Kind.TEXT: st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5),
    }
    if question.kind is Kind.SINGLE_CHOICE:
        return st.sampled_from(values)
    if question.kind is Kind.MULTIPLE_CHOICE:
        return st.lists(st.sampled_from(values), unique=True, min_size=1, max_size=4)
    return by_kind[question.kind]


def answers_to(edition: Edition) -> st.SearchStrategy[dict[str, Any]]:
    """Question id -> answer as in a bundle: a value, a claim, or a comment alone."""

    def answer(question: Question) -> st.SearchStrategy[dict[str, Any]]:
        comment = st.sampled_from(["", "See the register", "见登记簿"])
        forms = [st.builds(lambda v, c: {"value": v, "comment": c}, value_of(question), comment)]
        if question.not_applicable_allowed:
            forms.append(st.just({"not_applicable": {"reason": REASON}}))
        forms.append(st.just({"comment": "To be asked"}))
        return st.one_of(forms)

    chosen = st.lists(st.sampled_from(edition.questions), unique=True, min_size=1, max_size=20)
    always = [edition.question(i) for i in ("CA-04", "CA-01", "CA-11", "EU-07", "CL-15")]
    return chosen.flatmap(
        lambda questions: st.fixed_dictionaries({q.id: answer(q) for q in {*questions, *always}})
    )


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(raw=answers_to(OLD))
def test_no_answer_is_ever_lost(sqlite_url: str, now: datetime, raw: dict[str, Any]) -> None:
    engine = make_engine(sqlite_url)
    with writing(engine) as session:
        old = open_assessment(session, EXPORTER, OLD, title="Any", as_of=now.date(), now=now).id
    keep(engine, old, now, **{name.replace("-", "_"): answer for name, answer in raw.items()})
    before = said(engine, old)

    new = moved(engine, old, now)

    assert said(engine, old) == before
    with firm_reading(engine, EXPORTER.firm_id) as session:
        came_from = {}
        for question_id, response in responses_of(session, new).items():
            (entry,) = history_of(session, new, question_id)
            assert entry.after == content_of(response)
            assert entry.before is not None
            told = {key: entry.before[key] for key in ("value", "na_reason", "comment")}
            came_from[entry.before["question"]] = told
            if response.value != told["value"] or response.na_reason != told["na_reason"]:
                assert response.to_confirm or question_id in {"EU-07", "CL-15"}
            assert response.comment == told["comment"]
        stayed = {i for i in before if not NEW.successor(i)}
        assert came_from == {i: content for i, content in before.items() if i not in stayed}
        assert len(session.scalars(select(Assessment)).all()) >= 2
    engine.dispose()
