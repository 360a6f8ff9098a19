"""The index finds what the full comparison finds."""

import csv
from pathlib import Path

from compliance.screening import ALERT, NameIndex, compare

HERE = Path(__file__).parent
PAIRS = [
    pair
    for file in ("pairs.csv", "more_pairs.csv")
    for pair in csv.DictReader((HERE / file).read_text("utf-8").splitlines())
]


def test_every_pair_that_alerts_is_found_among_all_names():
    index = NameIndex([pair["list_name"]] for pair in PAIRS)

    for pair in PAIRS:
        if compare(pair["query"], pair["list_name"]).score >= ALERT:
            labels = {match.label for match in index.search(pair["query"], most=500)}
            assert pair["list_name"] in labels, pair


def test_an_entry_is_found_by_its_alias_once():
    index = NameIndex(
        [["星河远航科技有限公司", "Xinghe Yuanhang Technology", "SRT Group"], ["他人"]]
    )

    (match,) = index.search("Xinghe Yuanhang Tech Co Ltd")

    assert (match.entry, match.label) == (0, "Xinghe Yuanhang Technology")
    assert match.likeness.reasons


def test_an_empty_index_finds_nothing():
    assert NameIndex([]).search("Siemens AG") == ()
