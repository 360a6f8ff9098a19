"""The matcher on pairs that people wrote, and what must hold for any name."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.screening import ALERT, compare, names_in, split_cell, too_short

HERE = Path(__file__).parent
PAIRS = list(csv.DictReader((HERE / "pairs.csv").read_text("utf-8").splitlines()))
MORE = list(csv.DictReader((HERE / "more_pairs.csv").read_text("utf-8").splitlines()))
SURE_KINDS = {"exact", "case", "order", "legal form", "simplified/traditional", "bilingual cell"}
TRAPS = {"near-but-different", "common-surname trap"}
texts = st.text(max_size=30) | st.text(
    st.sampled_from("王李张伟强星河科技有限公司（）北京 abekrstz.-,/;ÜüéК0123'&\u200b"), max_size=30
)


def alerts(pairs: list[dict[str, str]]) -> Counter[tuple[bool, bool]]:
    return Counter(
        (compare(pair["query"], pair["list_name"]).score >= ALERT, pair["match"] == "yes")
        for pair in pairs
    )


@pytest.mark.parametrize("pairs", [PAIRS, MORE], ids=["agreed", "our own"])
def test_pairs_reach_the_aims(pairs):
    found = alerts(pairs)

    precision = found[True, True] / (found[True, True] + found[True, False])
    recall = found[True, True] / (found[True, True] + found[False, True])
    assert precision >= 0.95
    assert recall >= 0.97


@pytest.mark.parametrize("kind", sorted(SURE_KINDS))
def test_no_pair_of_a_sure_kind_is_missed(kind):
    found = alerts([pair for pair in PAIRS if pair["kind"] == kind])

    assert found[False, True] == 0


@pytest.mark.parametrize("kind", sorted(TRAPS))
def test_near_names_and_namesakes_stay_quiet(kind):
    found = alerts([pair for pair in PAIRS if pair["kind"] == kind])

    assert found[False, False] / found.total() >= 0.88


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("Lü Buyi", "吕步亿"),
        ("Lv Buyi", "吕步亿"),
        ("Lyu Buyi", "吕步亿"),
        ("Chan Tai Man", "陈大文"),
        ("Hsu Chih-hao", "许志豪"),
        ("Tsai Ying-chieh", "蔡英杰"),
        ("Shan Tianyu", "单天宇"),
        ("Xie Wei", "解伟"),
        ("Ouyang Mingrui", "欧阳明瑞"),
        ("Gree Electric", "珠海格力电器股份有限公司"),
        ("TSMC", "台湾积体电路制造股份有限公司"),
        ("Kunmingdefeng Energy Co., Ltd.", "昆明德风能源股份有限公司"),
        ("Xing Da Kang Rui Zi Dong Hua You Xian Ze Ren Gong Si", "星达康瑞自动化有限责任公司"),
    ],
)
def test_other_spellings_of_chinese_are_found(query, listed):
    assert compare(query, listed).score >= ALERT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第112研究所", "第211研究所"),
        ("张伟", "张玮"),
        ("华北机械有限公司", "华中机械有限公司"),
        ("Siemens AG", "Simmons AG"),
        ("Lee Semiconductor Ltd", "Lau Semiconductor Ltd"),
        ("Northgate Orbital Dynamics LLC", "Southgate Orbital Dynamics LLC"),
        ("北京星河科技有限公司", "上海星河科技有限公司"),
        ("Anna Petrova", "Anna Petrov"),
    ],
)
def test_another_number_character_place_or_word_is_another_name(one, other):
    assert compare(one, other).score < ALERT


@pytest.mark.parametrize(
    "name",
    ["", " ", "...", "Wang", "王", "有限公司", "Co., Ltd.", "Technology", "科技有限公司", "\u200b"],
)
def test_what_says_too_little_is_never_taken_for_a_name(name):
    assert too_short(names_in(name))


@pytest.mark.parametrize("name", ["王伟", "Siemens AG", "Li Jun", "星河远航科技有限公司", "凌云"])
def test_short_but_whole_names_are_enough(name):
    assert not too_short(names_in(name))


def test_a_cell_with_several_names_is_parted():
    cell = "1. 泽菲尔·马洛航空航天公司 (Zephyr Marlowe Aerospace Inc.) a.k.a. ZMA 又名 泽马航空"

    assert split_cell(cell) == (
        "zephyr marlowe aerospace inc.",
        "泽菲尔·马洛航空航天公司",
        "zma",
        "泽马航空",
    )


def test_a_place_in_brackets_stays_part_of_the_name():
    assert split_cell("中科星远（北京）航天科技有限公司") == ("中科星远(北京)航天科技有限公司",)


@settings(max_examples=300, deadline=None)
@given(texts, texts)
def test_any_two_texts_can_be_compared_and_order_is_irrelevant(one, other):
    likeness = compare(one, other)

    assert 0 <= likeness.score <= 1
    assert likeness.score == pytest.approx(compare(other, one).score)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_name_is_like_itself_or_says_nothing(name):
    assert compare(name, name).score >= ALERT or too_short(names_in(name))
