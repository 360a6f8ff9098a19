"""Lists flip in one transaction, keep their versions, and belong to whom they belong."""

from datetime import date

import pytest
from sqlalchemy import Engine

from compliance.database import (
    firm_reading,
    firm_session,
    make_engine,
    shared_reading,
    shared_session,
)
from compliance.screening import (
    KindError,
    ListKind,
    ShrinkError,
    Source,
    import_goods,
    import_parties,
    lists_in_use,
    preview_parties,
    read_control_entries,
    read_parties,
    search_goods,
    stock_on,
)
from tests.support import cast

HEADER = "name,name_zh,aliases,country,reference,listed_on,delisted_on\n"
GOODS = """code,heading,heading_zh,parameters,hs_codes,in_force_from,in_force_until
1C902,Spherical graphite powder,球形石墨粉,at most 30 µm,2504.10;3801.10,2024-12-01,
1C990,Graphite electrodes,石墨电极,100% natural,8545.11,2024-12-01,
2B901,Five-axis machining centre,五轴联动加工中心,graphite parts,8457.10,2024-12-01,
""".encode()
AMBER = cast.actor("officer@amber.example")
BOREALIS = cast.actor("officer@borealis.example")


@pytest.fixture
def engine(each_database_url: str):
    engine = make_engine(each_database_url)
    yield engine
    engine.dispose()


def source(names: list[str], kind=ListKind.WATCH, as_of=date(2026, 11, 1), code="W") -> Source:
    content = HEADER + "".join(f"{name},,,XX,,,\n" for name in names)
    return Source(code, kind, as_of, content.encode(), "tester")


def bring_in(engine: Engine, names: list[str], *, confirmed: bool = False, **of: object):
    chosen = source(names, **of)
    with shared_session(engine) as session:
        rows = read_parties(chosen.content)
        return import_parties(session, chosen, rows, now=cast.NOW, confirmed=confirmed)


def verdict(engine: Engine, name: str, day: date = date(2026, 11, 24), *, past=False) -> str:
    with shared_reading(engine) as session:
        return stock_on(session, day, past=past).screen((name,)).verdict


def test_a_new_version_replaces_the_old_which_stays(engine):
    bring_in(engine, ["Kestrel Photonics GmbH"])
    version, changed = bring_in(engine, ["Arden Metals Ltd"], as_of=date(2026, 11, 20))

    assert (version.number, changed) == (2, True)
    assert verdict(engine, "Arden Metals Ltd") == "hit"
    assert verdict(engine, "Kestrel Photonics GmbH") == "clear"
    assert verdict(engine, "Kestrel Photonics GmbH", date(2026, 11, 5), past=True) == "hit"


def test_the_same_file_changes_nothing(engine):
    bring_in(engine, ["Kestrel Photonics GmbH"])

    version, changed = bring_in(engine, ["Kestrel Photonics GmbH"])

    assert (version.number, changed) == (1, False)


def test_a_list_that_loses_a_fifth_needs_a_confirmation(engine):
    names = [f"Firm {n} Holding {n} Ltd" for n in range(10)]
    bring_in(engine, names)

    with pytest.raises(ShrinkError):
        bring_in(engine, names[:7])
    bring_in(engine, names[:8])
    version, _ = bring_in(engine, names[:2], confirmed=True)

    assert version.number == 3


def test_a_list_keeps_its_kind(engine):
    bring_in(engine, ["Kestrel Photonics GmbH"])

    with pytest.raises(KindError):
        bring_in(engine, ["Kestrel Photonics GmbH"], kind=ListKind.CONTROLLED)


def test_an_interrupted_import_leaves_the_old_version_in_use(engine, monkeypatch):
    bring_in(engine, ["Kestrel Photonics GmbH"])

    def interrupted(_rows):
        raise KeyboardInterrupt

    monkeypatch.setattr("compliance.screening.lists.batched_from", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bring_in(engine, ["Arden Metals Ltd"])

    with shared_reading(engine) as session:
        assert [(v.code, v.number) for v in lists_in_use(session)] == [("W", 1)]
    assert verdict(engine, "Kestrel Photonics GmbH") == "hit"


def test_a_preview_says_what_would_change(engine):
    bring_in(engine, ["Kestrel Photonics GmbH", "Arden Metals Ltd"])
    new = source(["Arden Metals Ltd", "Quorvane Works"])

    with shared_reading(engine) as session:
        preview = preview_parties(session, new, read_parties(new.content))

    assert (preview.before, preview.after, preview.added, preview.removed) == (2, 2, 1, 1)
    assert preview.some_removed == ("Kestrel Photonics GmbH",)
    assert not preview.shrinks


def test_a_firms_own_list_is_seen_by_no_other(engine):
    own = source(["Kestrel Photonics GmbH"], ListKind.OWN, code="OWN")
    with firm_session(engine, AMBER.firm_id) as session:
        import_parties(session, own, read_parties(own.content), now=cast.NOW)

    seen = []
    for actor in (AMBER, BOREALIS):
        with firm_reading(engine, actor.firm_id) as session:
            screened = stock_on(session, date(2026, 11, 24)).screen(("Kestrel Photonics",))
            seen.append(screened.verdict)

    assert seen == ["hit", "clear"]


def test_entries_count_from_listing_to_delisting(engine):
    content = f"{HEADER}Kestrel Photonics GmbH,,,XX,,2024-01-01,2025-01-01\n".encode()
    dated = Source("W", ListKind.WATCH, date(2026, 1, 1), content, "tester")
    with shared_session(engine) as session:
        import_parties(session, dated, read_parties(content), now=cast.NOW)

    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    verdicts = [verdict(engine, "Kestrel Photonics GmbH", day, past=True) for day in days]

    assert verdicts == ["clear", "hit", "hit", "clear"]


@pytest.mark.parametrize("name", ["", "Wang", "有限公司", "Co., Ltd."])
def test_a_name_too_short_is_never_clear(engine, name):
    bring_in(engine, ["Kestrel Photonics GmbH"])

    assert verdict(engine, name) == "possible"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1c902", ["1C902"]),
        ("1C", ["1C902", "1C990"]),
        ("graphite", ["1C990", "1C902", "2B901"]),
        ("石墨", ["1C990", "1C902"]),
        ("2504.10", ["1C902"]),
        ("250410", ["1C902"]),
        ("graphite powder", ["1C902"]),
        ("100%", ["1C990"]),
        ("%", ["1C990"]),
        ("_", []),
        ("", []),
    ],
)
def test_goods_are_found_by_code_words_and_customs_code(engine, text, codes):
    goods = Source("G", ListKind.GOODS, date(2026, 1, 1), GOODS, "tester")
    with shared_session(engine) as session:
        import_goods(session, goods, read_control_entries(GOODS), now=cast.NOW)

    with shared_reading(engine) as session:
        found = [item.code for item in search_goods(session, text)]

    assert found == codes
