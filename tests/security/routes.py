"""Route matrix: who may call each route. The test fails for a route that has no row here.

A row is `"endpoint": SIGNED_IN | PUBLIC | may(Action, …)`. `may(...)` lists the actions of which a
role needs one. Options of `may`:
  body   what a well-meant request sends (form fields; `json=` for JSON)
  own    statuses that are right for one's own objects beside success (e.g. 404 for "no file yet")
Every `<…_id>` in an address needs a maker in `tests/security/stage.py`; other parts need a value
in `PARTS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.identity import Action, Role
from compliance.identity import may as role_may


@dataclass(frozen=True)
class Row:
    """Who may call a route: everybody, everybody signed in, or who may do one of the actions."""

    actions: frozenset[Action] = frozenset()
    public: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    own: frozenset[int] = frozenset()

    def allows(self, role: Role) -> bool:
        return not self.actions or any(role_may(role, action) for action in self.actions)


def may(
    *actions: Action,
    body: Mapping[str, Any] | None = None,
    json: Any = None,
    own: tuple[int, ...] = (),
) -> Row:
    return Row(frozenset(actions), body=body or {}, json=json, own=frozenset(own))


PUBLIC = Row(public=True)
SIGNED_IN = Row()
A = Action

# Parts of addresses that name no row of a firm.
PARTS = {
    "question_id": "SCP-01",
    "module_id": "scope",
    "section_id": "organisation",
    "contradiction_id": "CON-01",
    "provision_id": "ecl-12",
    "token": "no-such-token",
    "filename": "app.css",
    "kind": "docx",
    "scenario_id": "SC-01",
    "code": "ABCDEF",
}

ROUTES: dict[str, Row] = {
    # --- sign-in, links, health
    "static": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,
    "login": PUBLIC,
    "logout": PUBLIC,
    "links.forgot": PUBLIC,
    "links.set_password": PUBLIC,
    "links.invitation": PUBLIC,
    "second_factor.code": PUBLIC,
    "passkeys.sign_in_options": PUBLIC,
    "passkeys.sign_in_with": PUBLIC,
    "oidc.begin": PUBLIC,
    "oidc.callback": PUBLIC,
    # --- one's own account
    "account.index": SIGNED_IN,
    "account.profile": may(body={"name": "x", "language": "", "time_zone": "Asia/Shanghai"}),
    "account.password": may(body={"password": "x", "new_password": "x"}),
    "account.end_login": SIGNED_IN,
    "account.end_others": SIGNED_IN,
    "firms.switch": SIGNED_IN,
    "firms.act_for": SIGNED_IN,
    "second_factor.set_up": SIGNED_IN,
    "second_factor.remove": SIGNED_IN,
    "second_factor.new_recovery_codes": SIGNED_IN,
    "passkeys.registration_options": may(json={"password": "x"}),
    "passkeys.register": may(json={"credential": {}}),
    "passkeys.remove": SIGNED_IN,
    # --- people, audit
    "people.index": may(A.MANAGE_PEOPLE),
    "people.invite": may(A.MANAGE_PEOPLE, body={"email": "a@b.example", "role": "reader"}),
    "people.withdraw": may(A.MANAGE_PEOPLE),
    "people.edit": may(A.MANAGE_PEOPLE),
    "people.change": may(A.MANAGE_PEOPLE, body={"role": "reader"}),
    "people.remove": may(A.MANAGE_PEOPLE),
    "audit.index": may(A.READ_AUDIT),
    "audit.verification": may(A.READ_AUDIT),
    "audit.export_csv": may(A.READ_AUDIT),
    "audit.export_json": may(A.READ_AUDIT),
    "administration.index": may(A.OPERATE),
    "administration.second_factor": may(A.OPERATE),
    "administration.test_mail": may(A.OPERATE),
    # --- assessments
    "home.index": SIGNED_IN,
    "assessments.index": may(A.SEE_MODULES),
    "assessments.start": may(A.ANSWER, body={"title": "x"}),
    "assessments.tasks": may(A.SEE_MODULES),
    "assessments.applies": may(A.READ),
    "assessments.next_open": may(A.SEE_MODULES),
    "assessments.find": may(A.SEE_MODULES),
    "assessments.check": may(A.SEE_MODULES),
    "assessments.explain": may(A.ANSWER, own=(404, 409)),
    "assessments.hand_in": may(A.ANSWER, own=(409,)),
    "assessments.reopen": may(A.ANSWER, own=(409,)),
    "assessments.bundle": may(A.REPORT),
    # --- law
    "law.watch": may(A.READ),
    "law.frameworks": may(A.READ),
    "law.register": SIGNED_IN,
    "law.provision": SIGNED_IN,
    # --- help
    "help.index": SIGNED_IN,
    "help.words": SIGNED_IN,
    "help.red_flags": SIGNED_IN,
    # --- moving to a newer edition
    "moving.preview": may(A.ANSWER),
    "moving.go": may(A.ANSWER),
    "moving.continue_full": may(A.ANSWER),
    "moving.undo": may(A.ANSWER, own=(409,)),
    # --- sections
    "sections.page": may(A.SEE_MODULES),
    "sections.save": may(A.FILL_MODULES),
    "sections.autosave": may(A.FILL_MODULES, json={"value": "yes", "version": 0}),
    "sections.consequence": may(A.FILL_MODULES, json={"value": "yes"}),
    "questions.page": may(A.SEE_MODULES),
    "questions.say": may(A.FILL_MODULES, A.DECIDE, body={"text": "x"}),
    "questions.seen": may(A.SEE_MODULES),
    "questions.flag": may(A.FILL_MODULES, A.DECIDE),
    "questions.ask_colleague": may(A.FILL_MODULES),
    "questions.bring_back": may(A.FILL_MODULES, own=(404,)),
    "questions.attach": may(A.FILL_MODULES),
    "questions.reuse": may(A.FILL_MODULES, own=(404,)),
    "results.page": may(A.READ),
    "evidence.index": may(A.SEE_MODULES),
    "evidence.download": may(A.SEE_MODULES, own=(404,)),
    # --- review
    "review.index": may(A.DECIDE),
    "review.show": may(A.DECIDE),
    "review.module": may(A.DECIDE),
    "review.judge": may(A.DECIDE, body={"verdict": "agree", "version": "0"}, own=(409,)),
    "review.settle_claim": may(A.DECIDE, own=(409,)),
    "review.agree_with_rest": may(A.DECIDE, own=(404,)),
    "review.accept_reason": may(A.DECIDE, own=(409,)),
    "review.start": may(A.DECIDE, own=(409,)),
    "review.give_back": may(A.DECIDE, body={"reason": "x"}, own=(409,)),
    "review.confirm_seal": may(A.DECIDE),
    "review.approve": may(A.DECIDE, own=(409,)),
    "review.notes": may(A.READ),
    "review.snapshot": may(A.READ, own=(404,)),
    "review.snapshot_file": may(A.REPORT, own=(404,)),
    # --- what if
    "plan.page": may(A.READ),
    "plan.outcome": may(A.READ),
    "exposure.page": may(A.READ),
    "licence_readiness.page": may(A.READ),
    "licence_readiness.statement": may(A.REPORT),
    # --- experts
    "consultation.index": may(A.DECIDE),
    "consultation.ask": may(A.DECIDE),
    "consultation.end": may(A.DECIDE),
    "consultation.page": PUBLIC,
    "consultation.say": PUBLIC,
    # --- over time
    "comparison.page": may(A.READ),
    # --- portfolio
    "portfolio.index": may(A.DECIDE),
    "portfolio.roles": SIGNED_IN,
    "portfolio.group": may(A.READ),
    # --- remedies
    "remediation.index": may(A.REMEDY),
    "remediation.pick": may(A.REMEDY),
    "remediation.add": may(A.REMEDY, body={"question": "LIC-01"}),
    "remediation.page": may(A.REMEDY),
    "remediation.save": may(A.REMEDY, body={"state": "open", "version": "1"}, own=(409,)),
    "remediation.approve": may(A.DECIDE, own=(409,)),
    "remediation.decline": may(A.DECIDE, body={"reason": "x"}, own=(409,)),
    "remediation.spreadsheet": may(A.REMEDY),
    "remediation.to_dos": may(A.REMEDY),
    # --- reports
    "reports.index": may(A.REPORT),
    "reports.ask": may(A.REPORT, own=(404,)),
    "reports.compare": may(A.REPORT, own=(400, 404)),
    "reports.portfolio": may(A.DECIDE, own=(404,)),
    "reports.show": may(A.REPORT),
    "reports.state": may(A.REPORT),
    "reports.download": may(A.REPORT, own=(404, 409)),
    "reports.call_off": may(A.REPORT, own=(409,)),
    "reports.ask_again": may(A.REPORT, own=(409,)),
    "verification.form": may(A.REPORT),
    "verification.check": may(A.REPORT),
    # --- trainings
    "training.index": may(A.TRAIN),
    "training.scenario": may(A.TRAIN),
    "training.start": may(A.TRAIN),
    "training.enter": may(A.TRAIN, own=(404,)),
    "sandbox.page": may(own=(404,)),
    "sandbox.reset": may(own=(404,)),
    "sandbox.role": may(own=(404,)),
    "sandbox.leave": may(own=(404,)),
    "sandbox.end": may(own=(404,)),
    "classroom.new": may(A.TRAIN),
    "classroom.create": may(A.TRAIN, body={"scenario": "SC-01", "teams": "2"}),
    "classroom.console": may(A.TRAIN),
    "classroom.board": may(A.TRAIN),
    "classroom.state": may(A.TRAIN),
    "classroom.step": may(A.TRAIN, body={"base": "0", "to": "1"}),
    "classroom.reopen": may(A.TRAIN),
    "classroom.names": may(A.TRAIN),
    "debrief.close": may(A.TRAIN),
    "debrief.as_pdf": may(A.TRAIN),
    "debrief.as_csv": may(A.TRAIN),
    "debrief.certificates": may(A.TRAIN, own=(404,)),
    "join.code": PUBLIC,
    "join.name": PUBLIC,
    "join.back": PUBLIC,
    "join.room": PUBLIC,
    "join.reply": PUBLIC,
    "join.state": PUBLIC,
    "join.certificate": PUBLIC,
    "programmes.index": may(A.TRAIN),
    "programmes.keep": may(A.TRAIN, body={"title": "x", "scenario": "SC-01"}),
    "programmes.delete": may(A.TRAIN),
    "scenarios.copy": may(A.TRAIN),
    "scenarios.edit": may(A.TRAIN),
    "scenarios.save": may(A.TRAIN, own=(409,)),
    "scenarios.make_public": may(A.TRAIN),
    "scenarios.delete": may(A.TRAIN),
    "scenarios.export": may(A.TRAIN),
    "scenarios.take_in": may(A.TRAIN),
    "replay.index": may(A.READ),
    "replay.run": may(A.READ),
    "quick_check.page": PUBLIC,
    "quick_check.result": PUBLIC,
    "quick_check.as_pdf": PUBLIC,
    # --- transactions, parties, lists
    "transactions.index": may(A.DETERMINE, A.READ),
    "transactions.begin": may(A.DETERMINE, body={"title": "x", "activity": "export"}),
    "transactions.show": may(A.DETERMINE, A.READ),
    "transactions.answer": may(A.DETERMINE, own=(409,)),
    "transactions.change_flags": may(A.DETERMINE),
    "transactions.change_parties": may(A.DETERMINE),
    "transactions.copy": may(A.DETERMINE),
    "transactions.note": may(A.DETERMINE, A.READ, own=(404, 409)),
    "transactions.result_json": may(A.DETERMINE, A.READ, own=(404, 409)),
    "transactions.save": may(A.DETERMINE, own=(409,)),
    "transactions.take_item": may(A.DETERMINE, own=(404,)),
    "transactions.withdraw": may(A.DETERMINE),
    "classification.index": may(A.DETERMINE, A.READ),
    "classification.begin": may(A.DETERMINE, body={"item": "x"}),
    "classification.show": may(A.DETERMINE, A.READ),
    "classification.change": may(A.DETERMINE, body={"item": "x"}),
    "classification.reopen": may(A.DETERMINE, own=(409,)),
    "classification.sign": may(A.DETERMINE, A.SIGN, own=(409,)),
    "screening.index": may(A.DETERMINE, A.READ),
    "screening.screen": may(A.DETERMINE, body={"name": "x"}),
    "screening.screen_all": may(A.DETERMINE),
    "screening.screen_again": may(A.DETERMINE),
    "screening.party": may(A.DETERMINE, A.READ),
    "screening.change_state": may(A.DETERMINE, body={"state": "closed"}),
    "screening.decide": may(A.SIGN, own=(404, 409)),
    "lists.index": may(A.IMPORT_LISTS, A.DETERMINE, A.READ),
    "lists.preview": may(A.IMPORT_LISTS),
    "lists.bring_in": may(A.IMPORT_LISTS, own=(404,)),
    "offline.questionnaire": may(A.REPORT),
    "offline.choose": may(A.ANSWER),
    "offline.confirm": may(A.ANSWER, own=(404, 409)),
    # --- programs
    "api_tokens.index": SIGNED_IN,
    "api_tokens.make": SIGNED_IN,
    "api_tokens.revoke": SIGNED_IN,
    "api.openapi": PUBLIC,
    "api.assessments": may(A.SEE_MODULES),
    "api.assessments_new": may(A.ANSWER, json={}),
    "api.assessments_import": may(A.ANSWER, json={}),
    "api.assessment": may(A.SEE_MODULES),
    "api.assessment_bundle": may(A.READ),
    "api.assessment_result": may(A.READ),
    "api.answers": may(A.SEE_MODULES),
    "api.answer": may(A.SEE_MODULES),
    "api.answer_write": may(A.FILL_MODULES, json={"value": "yes"}),
    "api.reports_order": may(A.REPORT, json={}),
    "api.report": may(A.REPORT),
    "api.report_file": may(A.REPORT, own=(404, 409, 410)),
    "api.screenings": may(A.DETERMINE, json={}),
    "api.determinations": may(A.DETERMINE, json={}),
    "api.catalogue": may(A.SEE_MODULES),
}
