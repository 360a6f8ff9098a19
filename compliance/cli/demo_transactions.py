"""What the demo firm has checked already, so that the registers show life."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from compliance.clock import now, today
from compliance.database import FirmSession, firm_session
from compliance.determination import (
    ORDER,
    Party,
    WorksheetContent,
    load_rules,
    new_facts,
    open_transaction,
    open_worksheet,
    read_parameters,
    save_transaction,
    state_facts,
)
from compliance.identity import Actor
from compliance.screening import register_party, screen_party, standing_of

PARTIES = (
    ("Halden Cycle Parts", "XX", "end_user"),
    ("Quill & Tern Trading", "XX", "intermediary"),
    ("Tarrow Bay Commodity Ltd.", "XX", "buyer"),
)
PARAMETERS = (
    {"name": "axes", "value": "5", "comparison": "at_least", "threshold": "5", "unit": ""},
    {
        "name": "positioning",
        "value": "4.2",
        "comparison": "at_most",
        "threshold": "6",
        "unit": "µm",
    },
)
ANSWERS = {
    "registration_case": "none",
    "item.family": "dual_use",
    "item.listed": "yes",
    "licence.kind": "individual",
    "licence.covers_this_export": "yes",
    "end_use_documents": "complete",
}


def seed_transactions(engine: Engine, actor: Actor) -> None:
    """Screened parties, one classification and one saved transaction."""
    with firm_session(engine, actor.firm_id) as session:
        parties = []
        for name, country, role in PARTIES:
            party = register_party(session, actor, name, country=country, now=now())
            screen_party(session, actor, party.id, now=now(), today=today())
            hit = standing_of(session, party.id, today()).list_hit
            parties.append((str(party.id), Party(role, name, hit)))
        _classify(session, actor)
        facts = new_facts(today(), "export", "XX", "Five-axis machining centre, two sets")
        for path in set(ORDER) & set(facts.values):
            facts = facts.changed(path, ANSWERS.get(path, "no"))
        facts = replace(facts, parties=tuple(p for _, p in parties[:2]), list_code="2B901")
        transaction = open_transaction(session, actor, "LB-2207", facts, now=now())
        ids = [id_ for id_, _ in parties[:2]]
        state_facts(session, transaction.id, facts, ORDER, party_ids=ids)
        save_transaction(session, actor, transaction.id, load_rules(), now=now())


def _classify(session: FirmSession, actor: Actor) -> None:
    content = WorksheetContent(
        item="Five-axis machining centre LB-5X",
        description="Simultaneous contouring in five axes; for hubs, housings and moulds.",
        hs_code="8457.10",
        list_code="2B901",
        reason="Five coordinated axes; positioning by laser measurement, report M-118.",
        review_on=today() + timedelta(days=180),
        steps={
            "military": "no",
            "nuclear": "no",
            "monitored-chemical": "no",
            "dual-use-list": "yes",
        },
        parameters=read_parameters(PARAMETERS),
    )
    open_worksheet(session, actor, content, now=now())
