"""Terms are found where they occur, the longest first, once each."""

from compliance.catalogue import Edition, terms_in, terms_in_all


def found(edition: Edition, words: str, language: str) -> list[tuple[str, str]]:
    return [(words[o.start : o.end], o.term.id) for o in terms_in(edition, words, language)]


def test_longest_term_wins(edition: Edition) -> None:
    assert found(edition, "Only a general licence covers the export.", "en") == [
        ("general licence", "general-licence"),
        ("export", "export"),
    ]
    assert [text for text, _ in found(edition, "两用物项出口管制清单", "zh")] == [
        "两用物项出口管制清单"
    ]


def test_plural_and_capitals_are_the_same_term(edition: Edition) -> None:
    assert found(edition, "End users differ.", "en") == [("End users", "end-user")]


def test_part_of_a_word_is_no_term(edition: Edition) -> None:
    assert found(edition, "exportable threshold", "en") == []


def test_each_term_is_told_once(edition: Edition) -> None:
    assert found(edition, "Export, then export again.", "en") == [("Export", "export")]
    assert [t.id for t in terms_in_all(edition, ["export", "exports"], "en")] == ["export"]


def test_terms_of_the_law_are_found_in_chinese(edition: Edition) -> None:
    words = "通用许可不适用于关注名单上的最终用户。"

    assert [text for text, _ in found(edition, words, "zh")] == [
        "通用许可",
        "关注名单",
        "最终用户",
    ]
