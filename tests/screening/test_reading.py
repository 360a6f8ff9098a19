"""Lists are read as people send them, and refused as a whole with every fault by row."""

import io

import pytest
from openpyxl import Workbook

from compliance.screening import (
    ListFileError,
    read_control_entries,
    read_parties,
    read_queries,
)

HEADER = "name,name_zh,aliases,country,reference,listed_on,delisted_on\n"
UN = """<?xml version="1.0"?>
<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><FIRST_NAME>Arvid</FIRST_NAME>
<SECOND_NAME>Tallow</SECOND_NAME><REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER>
<LISTED_ON>2020-01-31</LISTED_ON><NATIONALITY><VALUE>Marenia</VALUE></NATIONALITY>
<INDIVIDUAL_ALIAS><ALIAS_NAME>A. Tallow</ALIAS_NAME></INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><FIRST_NAME>Quorvane Works</FIRST_NAME>
<ENTITY_ALIAS><ALIAS_NAME/></ENTITY_ALIAS></ENTITY></ENTITIES></CONSOLIDATED_LIST>"""


def faults(content: bytes, read=read_parties) -> list[str]:
    with pytest.raises(ListFileError) as caught:
        read(content)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_recognised(encoding):
    content = f"{HEADER}Kestrel GmbH,星河远航科技有限公司,A;B；C,XX,R1,2024-01-01,\n".encode(
        encoding
    )

    (row,) = read_parties(content)

    assert row.labels == ("Kestrel GmbH", "星河远航科技有限公司", "A", "B", "C")
    assert row.listed_on.isoformat() == "2024-01-01"


def test_a_wrong_date_in_the_middle_refuses_all_with_its_row():
    rows = "".join(f"Firm {n},,,XX,,2024-01-01,\n" for n in range(1000))
    content = f"{HEADER}{rows}Bad,,,XX,,2024-02-30,\n{rows}".encode()

    (fault,) = faults(content)

    assert fault.startswith('row 1002.listed_on: found "2024-02-30"')


def test_all_faults_are_listed_by_row():
    content = (
        HEADER
        + "A,,,XX,,31.12.2024,\n"
        + ",,alias,XX,,,\n"
        + "B,,,XX,,2024-05-01,2024-04-01\n"
        + "C,,\n"
        + f"{'x' * 5000},,,,,,\n"
    ).encode()

    places = [fault.split(":")[0] for fault in faults(content)]

    assert places == [
        *("row 2.listed_on", "row 3.name", "row 4.delisted_on", "row 5", "row 6.name"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column name"),
        (HEADER.encode(), "no rows"),
        (b"name,name,country\nA,B,C\n", '"name" twice'),
        (b"name,colour\nA,red\n", '"colour"'),
        (b"country\nXX\n", "no column name"),
        (b"\xff\xfe\x00\x01\x81", "no text"),
        (b"PK\x03\x04broken", "broken workbook"),
        (b"<list><broken", "XML that can't be read"),
        (b'name\n"open', "row 2"),
    ],
)
def test_what_is_no_list_is_refused(content, said):
    assert said in "\n".join(faults(content))


def test_xml_that_expands_entities_is_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'

    assert "XML that can't be read" in faults(bomb)[0]


def test_a_workbook_is_read_like_a_table():
    book, stream = Workbook(), io.BytesIO()
    book.active.append(["code", "heading", "hs_codes", "in_force_from"])
    book.active.append(["1C902", "Graphite", 2504.1, "2024-12-01"])
    book.save(stream)

    (row,) = read_control_entries(stream.getvalue())

    assert (row.code, row.hs_codes) == ("1C902", ("2504.1",))


def test_the_united_nations_list_is_read():
    person, entity = read_parties(UN.encode())

    assert person.labels == ("Arvid Tallow", "A. Tallow")
    assert (person.reference, person.listed_on.isoformat()) == ("XXi.001", "2020-01-31")
    assert entity.name == "Quorvane Works"


def test_control_entries_are_checked():
    header = "code,heading,heading_zh,parameters,hs_codes,in_force_from,in_force_until\n"
    content = (header + ",Pump,,,8413,,\n1A,,,,84x,2024-12-01,2024-12-01\n").encode()

    places = [fault.split(":")[0] for fault in faults(content, read_control_entries)]

    assert places == ["row 2.code", "row 3.heading", "row 3.in_force_until", "row 3.hs_codes"]


def test_queries_may_stand_among_other_columns():
    assert read_queries(b"id,query\n1,Kestrel GmbH\n2,Siemens AG\n") == (
        "Kestrel GmbH",
        "Siemens AG",
    )


def test_an_empty_query_keeps_its_row():
    assert read_queries(b'query\nA Co\n""\nB Co\n\n') == ("A Co", "", "B Co")


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read():
    content = HEADER + "".join(f"Firm {n},,,XX,R{n},2024-01-01,\n" for n in range(200_000))

    assert len(read_parties(content.encode())) == 200_000
