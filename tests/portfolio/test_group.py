"""A group of firms: who stands below whom, and what may not."""

from uuid import UUID

import pytest
from sqlalchemy import Engine

from compliance.identity import (
    CircularGroupError,
    TrainingStandsAloneError,
    family_of,
    firm_of,
    set_parent,
)
from tests.support.portfolios import FirmToMake, make_firms


@pytest.fixture
def firms(each_engine: Engine) -> list[UUID]:
    made = [FirmToMake(name, ()) for name in ("Top", "Middle", "Bottom")]
    make_firms(each_engine, made)
    set_parent(each_engine, made[1].id, made[0].id)
    set_parent(each_engine, made[2].id, made[1].id)
    return [firm.id for firm in made]


def test_a_firm_has_one_parent_and_its_subsidiaries(each_engine: Engine, firms: list[UUID]) -> None:
    parent, children = family_of(each_engine, firms[1])

    assert parent is not None
    assert parent.name == "Top"
    assert [child.name for child in children] == ["Bottom"]


@pytest.mark.parametrize(("child", "parent"), [(0, 0), (0, 1), (0, 2)])
def test_nobody_stands_below_themselves(
    each_engine: Engine, firms: list[UUID], child: int, parent: int
) -> None:
    with pytest.raises(CircularGroupError):
        set_parent(each_engine, firms[child], firms[parent])


def test_a_training_firm_belongs_to_no_group(each_engine: Engine, firms: list[UUID]) -> None:
    sandbox = FirmToMake("Sandbox", (), kind="training")
    make_firms(each_engine, [sandbox])

    with pytest.raises(TrainingStandsAloneError):
        set_parent(each_engine, firms[0], sandbox.id)
    with pytest.raises(TrainingStandsAloneError):
        set_parent(each_engine, sandbox.id, firms[0])


def test_a_firm_leaves_its_group(each_engine: Engine, firms: list[UUID]) -> None:
    set_parent(each_engine, firms[1], None)

    assert firm_of(each_engine, firms[1]).parent_id is None
