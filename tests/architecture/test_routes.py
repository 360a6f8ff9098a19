"""Every address of the application: guarded, and written one way."""

import re

from flask import Flask

from compliance.web.guards import unguarded_views

# Addresses that others prescribe, or that name a file.
PRESCRIBED = re.compile(r"^/(?:\.well-known/|static/|api/)")
PART = re.compile(r"^(?:[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)?|[a-z]*<[^>]+>(?:\.[a-z]+)?)$")
CONVERTERS = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")


def rules(app: Flask) -> list[str]:
    return sorted({rule.rule for rule in app.url_map.iter_rules()})


def test_every_view_is_guarded(app: Flask) -> None:
    assert unguarded_views(app) == []


def test_a_view_without_a_guard_is_noticed(app: Flask) -> None:
    app.add_url_rule("/left-open", "left_open", lambda: "anybody")

    assert unguarded_views(app) == ["left_open"]


def test_addresses_are_kebab_case(app: Flask) -> None:
    odd = [
        rule
        for rule in rules(app)
        if not PRESCRIBED.match(rule)
        for part in rule.strip("/").split("/")
        if part and not PART.match(part)
    ]

    assert odd == []


def test_addresses_end_without_a_slash(app: Flask) -> None:
    assert [rule for rule in rules(app) if rule != "/" and rule.endswith("/")] == []


def test_numbers_of_rows_are_not_in_addresses(app: Flask) -> None:
    """A counted id tells how many there are and invites to try the next one."""
    counted = [rule for rule in rules(app) for kind in CONVERTERS.findall(rule) if kind == "int"]
    allowed = re.compile(r"step|page|level|number|position|seq")

    assert [rule for rule in counted if not allowed.search(rule)] == []


def test_reading_changes_nothing(app: Flask) -> None:
    """A view that answers both GET and POST is a form; any other verb of change has no GET."""
    mixed = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and rule.methods & {"PUT", "PATCH", "DELETE"}
    ]

    assert mixed == []
