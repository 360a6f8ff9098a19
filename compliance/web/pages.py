"""All blueprints, in the order of the rooms. A new room adds its line here."""

from flask import Blueprint

from compliance.web import (
    account,
    assessments,
    audit,
    classification,
    evidence,
    home,
    links,
    lists,
    oidc,
    passkeys,
    people,
    questions,
    reports,
    results,
    screening,
    second_factor,
    sections,
    transactions,
    verification,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.blueprint,
    assessments.blueprint,
    sections.blueprint,
    questions.blueprint,
    evidence.blueprint,
    results.blueprint,
    transactions.blueprint,
    classification.blueprint,
    screening.blueprint,
    lists.blueprint,
    reports.blueprint,
    verification.blueprint,
    second_factor.blueprint,
    passkeys.blueprint,
    oidc.blueprint,
    links.blueprint,
    account.blueprint,
    account.firms,
    people.blueprint,
    audit.blueprint,
)
