"""Everything that can be said against a catalogue: what `flask catalogue check` prints."""

from collections.abc import Iterator
from pathlib import Path

from compliance.catalogue.editorial import reach_faults, text_faults, wording_faults
from compliance.catalogue.errors import CatalogueError, Fault
from compliance.catalogue.loader import (
    ROOT,
    EditionName,
    build,
    edition_files,
    editions,
    parse,
    published_digests,
)
from compliance.catalogue.references import Places
from compliance.catalogue.source import read_yaml


def check_catalogue(root: Path, only: EditionName | None = None) -> tuple[Fault, ...]:
    """Every fault of the editions below a root, or of one of them, sorted."""
    chosen = [only] if only else editions(root=root)
    faults: set[Fault] = set()
    for name in chosen:
        faults.update(edition_faults(name, root))
    if not only:
        faults.update(_other_files(root))
        faults.update(_lost(root))
    if not chosen:
        faults.add(Fault("", 0, "", "", "no edition: <questionnaire>/<version>/questionnaire.yaml"))
    return tuple(sorted(faults))


def edition_faults(name: EditionName, root: Path) -> Iterator[Fault]:
    """The faults of one edition and of the files it shares."""
    folder = f"{name.questionnaire_id}/{name.version}"
    sources = {f: path.read_bytes() for f, path in edition_files(*_key(name), root).items()}
    try:
        plain = parse(sources)
    except CatalogueError as error:
        yield from error.faults
        return
    yield from text_faults(plain)
    try:
        edition = build(plain, *_key(name))
    except CatalogueError as error:
        yield from error.faults
        return
    places = Places(plain)
    yield from wording_faults(edition, folder, places)
    yield from reach_faults(edition, folder, places)
    frozen = published_digests(root).get(folder)
    if frozen and frozen != edition.digest:
        yield Fault(
            f"{folder}/questionnaire.yaml",
            0,
            folder,
            "digest",
            f"published as {frozen} and changed since, now {edition.digest};"
            " undo the change and make a new edition",
        )


def _key(name: EditionName) -> tuple[str, str]:
    return name.questionnaire_id, name.version


def _other_files(root: Path) -> Iterator[Fault]:
    """Files that no edition reads must still be readable and bilingual."""
    read = {file for name in editions(root=root) for file in edition_files(*_key(name), root)}
    for path in sorted(root.rglob("*.yaml")):
        file = path.relative_to(root).as_posix()
        if file in read:
            continue
        try:
            content = read_yaml(path.read_bytes(), file)
        except CatalogueError as error:
            yield from error.faults
        else:
            yield from text_faults({file: content})
            yield from _citations(content, file, "", _register(root))


def _register(root: Path) -> frozenset[str]:
    """Ids of the register, as far as it can be read; its faults are told elsewhere."""
    path = root / "law" / "provisions.yaml"
    if not path.exists():
        path = ROOT / "law" / "provisions.yaml"
    try:
        content = read_yaml(path.read_bytes(), path.name)
    except CatalogueError:
        return frozenset()
    entries = content if isinstance(content, list) else []
    return frozenset(str(entry.get("id")) for entry in entries if isinstance(entry, dict))


def _citations(raw: object, file: str, entry: str, known: frozenset[str]) -> Iterator[Fault]:
    """Provisions that are cited anywhere below and stand in no register."""
    if isinstance(raw, list):
        for value in raw:
            yield from _citations(value, file, entry, known)
    elif isinstance(raw, dict):
        entry = str(raw.get("id", entry))
        lines: dict[str, int] = getattr(raw, "lines", {})
        for name, value in raw.items():
            if name == "provisions" and isinstance(value, list) and known:
                for cited in value:
                    if isinstance(cited, str) and cited not in known:
                        message = f"unknown provision {cited}"
                        yield Fault(file, lines.get(name, 0), entry, name, message)
            yield from _citations(value, file, entry, known)


def _lost(root: Path) -> Iterator[Fault]:
    known = {f"{name.questionnaire_id}/{name.version}" for name in editions(root=root)}
    for published in published_digests(root):
        if published not in known:
            yield Fault("PUBLISHED", 0, published, "", "published, but its files are gone")
