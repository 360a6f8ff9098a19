"""Each kind of bad input is refused with file, entry and field."""

from pathlib import Path

import pytest
import yaml

from compliance.catalogue import CatalogueError
from tests.catalogue.conftest import Catalogue

CASES = yaml.safe_load(Path(__file__).with_name("bad_input.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_fault_names_file_entry_and_field(catalogue: Catalogue, case: dict[str, str]) -> None:
    catalogue.edit(case["file"], case["old"], case["new"])

    faults = catalogue.faults()

    of_edition = case["field"] in {"modules", "limits", "grades"}
    file = "questionnaire.yaml" if of_edition else case["file"]
    found = [f for f in faults if (f.entry, f.field) == (case["entry"], case["field"])]
    assert any(case["message"] in fault.message for fault in found), "\n".join(map(str, faults))
    assert found[0].file.endswith(file)
    assert "\n" not in str(found[0])


STRUCTURE: dict[str, tuple[str, str, str]] = {
    "alias bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "1", "anchor &a"),
    "alias": ("a: *b\n", "1", "alias *b"),
    "merge key": ("a: {<<: *b}\n", "1", "alias *b"),
    "object tag": ("a: !!python/object/apply:os.system [ls]\n", "1", "tag"),
    "key twice": ("module: scope\nmodule: scope\n", "2", "stands twice"),
    "key that is no text": ("1: scope\n", "1", "must be a text"),
    "unquoted yes": ("module: yes\n", "1", "put it in quotes"),
    "second document": ("module: scope\n---\nmodule: scope\n", "2", "second document"),
    "empty": ("", "1", "empty"),
    "deep": ("[" * 60 + "]" * 60, "1", "nested deeper"),
    "not YAML": ("module: [scope\n", "2", "not readable as YAML"),
    "control character": ("module: sc\x07ope\n", "0", "does not allow"),
}


@pytest.mark.parametrize("case", STRUCTURE.values(), ids=STRUCTURE.keys())
def test_structure_is_refused_at_its_line(catalogue: Catalogue, case: tuple[str, str, str]) -> None:
    source, line, words = case
    catalogue.path("scope.yaml").write_text(source, "utf-8")

    (fault,) = catalogue.refusal()

    assert fault.file == "tiny/2026.1/scope.yaml"
    assert str(fault.line) == line
    assert words in fault.message


def test_text_that_is_not_utf8_is_refused(catalogue: Catalogue) -> None:
    catalogue.path("scope.yaml").write_bytes(b"module: scope\ntitle: \xff\xfe\n")

    (fault,) = catalogue.refusal()

    assert (fault.line, fault.message) == (2, "not UTF-8 text")


def test_huge_file_is_refused(catalogue: Catalogue) -> None:
    catalogue.path("scope.yaml").write_text("# " + "x" * 2_000_000, "utf-8")

    assert "larger than" in catalogue.refusal()[0].message


def test_missing_file_is_named(catalogue: Catalogue) -> None:
    catalogue.path("licensing.yaml").unlink()

    assert [str(f) for f in catalogue.refusal()] == [
        "tiny/2026.1/licensing.yaml: the file is missing"
    ]


def test_file_that_no_module_names_is_a_fault(catalogue: Catalogue) -> None:
    stray = catalogue.path("scope.yaml").with_name("extra.yaml")
    stray.write_text("module: extra\n", "utf-8")

    assert "not among the modules" in catalogue.refusal()[0].message


def test_all_faults_come_at_once_and_with_lines(catalogue: Catalogue) -> None:
    catalogue.edit("licensing.yaml", "kind: number", "kind: slider")
    catalogue.edit("licensing.yaml", "penalties: [pen-unlicensed]", "penalties: [pen-none]")
    catalogue.edit("scope.yaml", "kind: yes_partial_no", "kind: perhaps")

    faults = catalogue.refusal()

    assert {(f.entry, f.field) for f in faults} >= {
        ("LIC-03", "kind"),
        ("LIC-01", "penalties"),
        ("SCP-02", "kind"),
    }
    assert all(fault.line for fault in faults)


def test_line_is_that_of_the_field(catalogue: Catalogue) -> None:
    lines = catalogue.path("licensing.yaml").read_text("utf-8").splitlines()
    expected = next(n for n, line in enumerate(lines, 1) if "pen-unlicensed" in line)
    catalogue.edit("licensing.yaml", "[pen-unlicensed]", "[pen-none]")

    assert [f.line for f in catalogue.refusal()] == [expected]


def test_error_reads_as_one_line_a_fault(catalogue: Catalogue) -> None:
    catalogue.edit("licensing.yaml", "[pen-unlicensed]", "[pen-none]")

    with pytest.raises(CatalogueError) as caught:
        catalogue.load()

    assert str(caught.value).count("\n") == len(caught.value.faults) - 1
    assert "licensing.yaml:" in str(caught.value)
    assert "LIC-01: penalties: unknown penalty pen-none" in str(caught.value)


def test_tiny_catalogue_itself_has_no_fault(catalogue: Catalogue) -> None:
    assert catalogue.faults() == ()
