"""All blueprints, in the order of the rooms. A new room adds its line here."""

from flask import Blueprint

from compliance.web import (
    assessments,
    evidence,
    home,
    questions,
    reports,
    results,
    sections,
    verification,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.blueprint,
    assessments.blueprint,
    sections.blueprint,
    questions.blueprint,
    evidence.blueprint,
    results.blueprint,
    reports.blueprint,
    verification.blueprint,
)
