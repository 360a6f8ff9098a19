"""The frame of every page: navigation by role, languages, banner, weight of a first visit."""

import gzip
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.database import shared_session
from compliance.identity import Firm
from compliance.settings import ROOT
from compliance.web.charts import Axis, radar, trend
from tests.support import cast
from tests.web.conftest import Filled

Clients = Callable[[str], FlaskClient]
FIRST_VISIT = 150 * 1024  # bytes over the wire


def navigation(page: str) -> list[str]:
    bar = page.split('<ul class="top-nav">')[1].split("</ul>", maxsplit=1)[0]
    return re.findall(r"<a [^>]+>([^<]+)</a>", bar)


@pytest.mark.parametrize(
    ("role", "has", "has_not"),
    [
        ("exporter", {"Home", "Assessments"}, {"People", "Audit trail", "Training"}),
        ("officer", {"Home", "Assessments", "People", "Audit trail"}, {"Training"}),
        ("reader", {"Home", "Assessments"}, {"Audit trail", "People"}),
        ("administrator", {"Home", "People", "Audit trail"}, {"Review", "Training"}),
    ],
)
def test_the_navigation_shows_what_the_role_may_use(
    client_of: Clients, role: str, has: set[str], has_not: set[str]
) -> None:
    shown = set(navigation(client_of(f"{role}@amber.example").get("/").text))

    assert has <= shown
    assert not has_not & shown


def test_every_entry_of_the_navigation_opens(client_of: Clients) -> None:
    for role in ("exporter", "officer", "reader", "trainer", "administrator"):
        client = client_of(f"{role}@amber.example")
        page = client.get("/", follow_redirects=True).text
        for address in re.findall(
            r'href="([^"]+)"', page.split('class="top-nav"')[1].split("</ul>")[0]
        ):
            assert client.get(address, follow_redirects=True).status_code == 200, (role, address)


def test_the_present_page_is_marked(exporter: FlaskClient) -> None:
    page = exporter.get("/assessments").text

    assert re.search(r'<a href="/assessments" aria-current="true">', page)


def test_the_language_switch_keeps_the_place(exporter: FlaskClient, filled: Filled) -> None:
    page = exporter.get(f"{filled.url}/results?priority=1&lang=zh").text

    assert f'href="{filled.url}/results?priority=1&amp;lang=en"' in page
    assert '<html lang="zh-Hans">' in page
    assert '<html lang="zh-Hans">' in exporter.get("/assessments").text  # remembered


def test_a_training_firm_says_so_on_every_page(exporter: FlaskClient, engine: Engine) -> None:
    assert "TRAINING" not in exporter.get("/").text
    with shared_session(engine) as session:
        firm = session.scalars(select(Firm).where(Firm.id == cast.firm_id("amber"))).one()
        firm.kind = "training"

    assert "TRAINING" in exporter.get("/").text


def test_the_disclaimer_stands_on_every_page(client: FlaskClient) -> None:
    assert "not legal advice" in client.get("/login").text
    assert "不构成法律意见" in client.get("/login?lang=zh").text


def test_an_error_is_a_page_in_the_reader_s_language(exporter: FlaskClient) -> None:
    page = exporter.get("/nowhere?lang=zh")

    assert page.status_code == 404
    assert "返回首页" in page.text


def test_a_first_visit_is_light(exporter: FlaskClient, filled: Filled) -> None:
    page = exporter.get(filled.section())
    weight = len(page.data)
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)

    for address in set(addresses):
        file = exporter.get(address, headers={"Accept-Encoding": "gzip"})
        assert file.status_code == 200
        weight += len(file.data)

    assert len(set(addresses)) >= 5
    assert weight <= FIRST_VISIT


def test_static_files_are_squeezed_kept_and_not_sent_twice(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/app\.css\?v=[^"]+)"', client.get("/login").text)
    assert address

    file = client.get(address[1], headers={"Accept-Encoding": "gzip"})
    plain = client.get(address[1])
    again = client.get(address[1], headers={"If-None-Match": plain.headers["ETag"]})

    assert gzip.decompress(file.data) == plain.data
    assert "immutable" in file.headers["Cache-Control"]
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "nothing.css", "fonts"])
def test_nothing_outside_the_static_folder_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_a_radar_is_filled_only_when_every_module_has_a_score() -> None:
    axes = [Axis(str(i), "", 50.0, 40.0) for i in range(4)]

    whole = radar(axes, 75)
    open_one = radar([*axes[:3], Axis("4", "", None)], 75)

    assert whole.closed
    assert not open_one.closed
    assert open_one.second == ""
    assert [spoke.dot is None for spoke in open_one.spokes] == [False, False, False, True]


def test_a_trend_runs_from_left_to_right_and_up_for_better() -> None:
    points, last = trend([20, 60])

    (x1, y1), (x2, y2) = (tuple(map(float, p.split(","))) for p in points.split())
    assert x1 < x2
    assert y1 > y2
    assert last == (x2, y2)


@pytest.mark.parametrize("script", sorted(p.name for p in (ROOT / "static").glob("*.js")))
def test_scripts_write_text_never_markup(script: str) -> None:
    source = (ROOT / "static" / script).read_text(encoding="utf-8")

    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in source
    assert not re.search(r"new Function|\.style\b|https?://", source)
