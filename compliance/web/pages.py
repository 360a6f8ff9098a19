"""All blueprints, in the order of the rooms. A new room adds its line here."""

from flask import Blueprint

from compliance.web import assessments, evidence, home, questions, results, sections

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.blueprint,
    assessments.blueprint,
    sections.blueprint,
    questions.blueprint,
    evidence.blueprint,
    results.blueprint,
)
