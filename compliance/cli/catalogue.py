"""`flask catalogue`: check, export, publish, compare, preview and review the questionnaire."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app, render_template
from flask.cli import AppGroup

from compliance.catalogue import (
    ROOT,
    CatalogueError,
    Difference,
    Edition,
    EditionName,
    Fault,
    Question,
    UnknownEditionError,
    apply_wording,
    blank_document,
    blank_workbook,
    check_catalogue,
    difference,
    editions,
    export_bytes,
    forget,
    latest_version,
    load_edition,
    notation,
    publish,
    read_review,
    unpublished,
    wording_changes,
    wording_rows,
)
from compliance.catalogue import WordingChange as Wording
from compliance.determination import RulesError, build_rules

DEFAULT = "ecl-icp"
NO = 1
BAD_INPUT = 2

group = AppGroup("catalogue", help="The questionnaire: check, export, publish, compare.")

questionnaire_option = click.option(
    "--questionnaire", default=DEFAULT, show_default=True, help="The questionnaire's id."
)
version_option = click.option("--version", help="The edition; the latest published by default.")
root_option = click.option(
    "--catalogue",
    "root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=ROOT,
    help="Another folder of questionnaires.",
)


FILE = click.Path(path_type=Path, dir_okay=False)
output_option = click.option("-o", "output", type=FILE, help="The file to write.")
needed_output_option = click.option("-o", "output", type=FILE, required=True, help="The file.")


@group.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=ROOT)
def check(path: Path) -> None:
    """Say all that is wrong below PATH: a catalogue, one edition of it, or one of its files."""
    root, only = _located(path)
    faults = check_catalogue(root, only)
    if only is None:
        faults = tuple(sorted({*faults, *_rule_faults(root)}))
    if faults:
        _print_faults(faults, root)
        click.echo(f"catalogue: {len(faults)} faults", err=True)
        raise SystemExit(NO)
    names = [only] if only else list(editions(root=root))
    for name in names:
        edition = load_edition(name.questionnaire_id, name.version, root)
        click.echo(f"{name.questionnaire_id} {name.version}: {_count(edition)}, no fault")


def _rule_faults(root: Path) -> tuple[Fault, ...]:
    """What is wrong with the rules by which transactions are judged."""
    path, names = root / "determination.yaml", editions(root=root)
    if not path.exists() or not names:
        return ()
    try:
        edition = load_edition(names[0].questionnaire_id, root=root)
        build_rules(path.read_bytes(), edition, path.name)
    except RulesError as error:
        return (Fault(path.name, 0, "", "", str(error)),)
    except CatalogueError as error:
        return error.faults
    return ()


def _count(edition: Edition) -> str:
    scored = sum(question.scored for question in edition.questions)
    return f"{len(edition.questions)} questions, {scored} scored"


def _located(path: Path) -> tuple[Path, EditionName | None]:
    """The catalogue's root, and the one edition that is meant, if one is."""
    path = path.resolve()
    folder = path if path.is_dir() else path.parent
    if (folder / "questionnaire.yaml").exists():
        root = folder.parents[1]
        return root, EditionName(folder.parent.name, folder.name, published=False)
    if any(folder.glob("*/questionnaire.yaml")):
        return folder.parent, None
    return folder if path.is_dir() else ROOT, None


@group.command("export")
@questionnaire_option
@version_option
@output_option
@root_option
def export(questionnaire: str, version: str | None, output: Path | None, root: Path) -> None:
    """Write an edition as JSON."""
    content = export_bytes(_edition(questionnaire, version, root))
    if output:
        _write(output, content)
    else:
        click.echo(content, nl=False)


@group.command("publish")
@click.argument("version")
@questionnaire_option
@root_option
def publish_edition(version: str, questionnaire: str, root: Path) -> None:
    """Freeze VERSION: from now on it may not change."""
    _edition(questionnaire, version, root)
    try:
        publication = publish(questionnaire, version, root)
    except CatalogueError as error:
        _print_faults(error.faults, root)
        raise SystemExit(NO) from None
    state = "was published before, unchanged" if publication.already else "published"
    click.echo(f"{publication.name}: {state}, {publication.digest}")


@group.command("diff")
@click.argument("before")
@click.argument("after")
@questionnaire_option
@root_option
@click.option("--json", "as_json", is_flag=True, help="The changes as JSON.")
def diff(before: str, after: str, questionnaire: str, root: Path, as_json: bool) -> None:
    """Say what changed from version BEFORE to AFTER, and what it means for answers."""
    found = difference(_edition(questionnaire, before, root), _edition(questionnaire, after, root))
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    else:
        _print_difference(found)


def _print_difference(found: Difference) -> None:
    if found.effect is None:
        click.echo(f"{found.before} → {found.after}: no change")
        return
    click.echo(f"{found.before} → {found.after}: {found.effect}, {len(found.changes)} changes")
    for effect in ("breaking", "compatible", "cosmetic"):
        changes = [change for change in found.changes if change.effect == effect]
        if changes:
            click.echo(f"\n{effect} ({len(changes)})")
        for change in changes:
            place = f"{change.entry} {change.field}".strip()
            click.echo(f"  {place}: {change.reason}{_values(change.before, change.after)}")


def _values(before: object, after: object) -> str:
    if before is None and after is None:
        return ""
    return f" {_short(before)} → {_short(after)}"


def _short(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict) and "en" in value:
        value = value["en"]
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 80 else written[:79] + "…"


@group.command("preview")
@click.argument("name")
@questionnaire_option
@version_option
@needed_output_option
@root_option
def preview(name: str, questionnaire: str, version: str | None, output: Path, root: Path) -> None:
    """Show question or module NAME in both languages as an HTML page."""
    edition = _edition(questionnaire, version, root)
    questions, heading = _chosen(edition, name)
    css = Path(current_app.static_folder or "") / "catalogue-preview.css"
    encoded = base64.b64encode(css.read_bytes()).decode("ascii")
    page = render_template(
        "catalogue/preview.html",
        edition=edition,
        questions=questions,
        heading=heading,
        notation=notation,
        stylesheet=f"data:text/css;base64,{encoded}",
    )
    _write(output, page.encode("utf-8"))


def _chosen(edition: Edition, name: str) -> tuple[tuple[Question, ...], str]:
    if edition.has_question(name):
        return (edition.question(name),), name
    modules = {module.id: module for module in edition.modules}
    if name not in modules:
        _refuse(f"unknown question or module {name}; modules: {', '.join(modules)}")
    module = modules[name]
    return tuple(module.questions), f"{module.title.en} · {module.title.zh}"


@group.command("blank")
@questionnaire_option
@version_option
@needed_output_option
@root_option
def blank(questionnaire: str, version: str | None, output: Path, root: Path) -> None:
    """Write the blank questionnaire for review, as .xlsx (to edit) or .docx (to read)."""
    if output.suffix not in {".xlsx", ".docx"}:
        _refuse(f"{output}: must end with .xlsx or .docx")
    edition = _edition(questionnaire, version, root)
    if output.suffix == ".docx":
        content = blank_document(edition)
    else:
        rows = wording_rows(edition.questionnaire_id, edition.version, root)
        content = blank_workbook(edition, rows)
    _write(output, content)


@group.command("wording")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--apply", "apply_them", is_flag=True, help="Write the changes into the edition.")
@questionnaire_option
@version_option
@root_option
def wording(
    file: Path, apply_them: bool, questionnaire: str, version: str | None, root: Path
) -> None:
    """Show the wording changes of a reviewed workbook FILE; write them with --apply."""
    try:
        proposed, given = read_review(file)
        version = version or _reviewed_version(proposed, questionnaire, root)
        edition = _edition(questionnaire, version, root)
        now = wording_rows(edition.questionnaire_id, edition.version, root)
        changes = wording_changes(now, proposed, given)
    except CatalogueError as error:
        _print_faults(error.faults, Path())
        raise SystemExit(BAD_INPUT) from None
    for change in changes:
        _print_wording(change)
    click.echo(f"{len(changes)} changes, {sum(c.conflicts for c in changes)} in conflict")
    if apply_them and changes:
        _apply(changes, edition, root)


def _reviewed_version(rows: Iterable[Any], questionnaire: str, root: Path) -> str:
    """The version that the first row of a review names."""
    for row in rows:
        parts = row.file.split("/")
        if len(parts) == 3 and parts[0] == questionnaire:
            return str(parts[1])
    return latest_version(questionnaire, root)


def _print_wording(change: Wording) -> None:
    row = change.row
    mark = "  (changed here since)" if change.conflicts else ""
    click.echo(f"{row.file}: {row.entry}: {row.path}.{change.language}{mark}")
    click.echo(f"  - {change.now}\n  + {change.proposed}")


def _apply(changes: tuple[Wording, ...], edition: Edition, root: Path) -> None:
    """Write the changes, unless the edition is frozen, they conflict or they make faults."""
    if not unpublished(edition.questionnaire_id, edition.version, root):
        _refuse(f"{edition.questionnaire_id} {edition.version}: published and frozen")
    conflicts = [change for change in changes if change.conflicts]
    if conflicts:
        _refuse(f"{len(conflicts)} texts changed here since the review was sent; settle them first")
    name = EditionName(edition.questionnaire_id, edition.version, published=False)
    before = {file: (root / file).read_bytes() for file in {c.row.file for c in changes}}
    standing = set(check_catalogue(root, name))
    written = apply_wording(changes, root)
    faults = [fault for fault in check_catalogue(root, name) if fault not in standing]
    if faults:
        for file, content in before.items():
            (root / file).write_bytes(content)
        _print_faults(faults, root)
        _refuse("nothing was written")
    forget()
    for file in written:
        click.echo(f"written: {file}")


# --- shared


def _edition(questionnaire: str, version: str | None, root: Path) -> Edition:
    try:
        return load_edition(questionnaire, version, root)
    except UnknownEditionError as error:
        _refuse(str(error))
    except CatalogueError as error:
        _print_faults(error.faults, root)
        raise SystemExit(BAD_INPUT) from None


def _print_faults(faults: Iterable[Fault], root: Path) -> None:
    shown = root.relative_to(Path.cwd()) if root.is_relative_to(Path.cwd()) else root
    for fault in faults:
        click.echo(f"{shown.as_posix()}/{fault}" if shown != Path() else str(fault), err=True)


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        _refuse(f"{output}: {error.strerror}")


def _refuse(message: str) -> NoReturn:
    click.echo(f"catalogue: {message}", err=True)
    raise SystemExit(BAD_INPUT)
