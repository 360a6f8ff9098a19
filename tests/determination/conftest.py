"""Rules once for all tests, and facts built from the plain case."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from compliance.determination import Facts, Rules, facts_from_json, load_rules

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "cases.yaml").read_text("utf-8"))
SCENARIOS = yaml.safe_load((HERE / "scenario_facts.yaml").read_text("utf-8"))
Build = Callable[..., Facts]


def changed(document: Mapping[str, object], changes: Mapping[str, object]) -> dict:
    """The document with values at dotted paths replaced."""
    copied = copy.deepcopy(dict(document))
    for path, value in changes.items():
        *groups, name = path.split(".")
        target = copied
        for group in groups:
            target = target[group]
        target[name] = value
    return copied


def plain_facts(**changes: object) -> dict:
    """Facts that need no licence; keywords change dotted paths, dots written as two underscores."""
    return changed(CASES["base"], {key.replace("__", "."): v for key, v in changes.items()})


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(scope="session")
def facts(rules: Rules) -> Build:
    return lambda **changes: facts_from_json(plain_facts(**changes), rules.severities)
