"""From the files of a catalogue to an edition: every fault at once, or the whole edition.

Files, below one root: `<questionnaire>/<version>/questionnaire.yaml` and beside it each module,
`contradictions.yaml` and `general_licence.yaml`; `law/provisions.yaml`, `law/penalties.yaml`,
`red_flags.yaml`, `terms.yaml` and `crosswalk.yaml` are shared by all editions. A published
edition also has `law_dates.yaml`: the dates of the provisions it cites, as they stood when it
was published.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from compliance.catalogue import reading, reading_frame, reading_law, reading_tables
from compliance.catalogue.cache import Cache
from compliance.catalogue.digest import edition_digest
from compliance.catalogue.edition import Edition, Module
from compliance.catalogue.errors import CatalogueError, Fault, UnknownEditionError
from compliance.catalogue.fields import Faults
from compliance.catalogue.law import Provision
from compliance.catalogue.references import reference_faults
from compliance.catalogue.source import read_yaml

ROOT = Path(__file__).parents[2] / "questionnaires"
SHARED = (
    "law/provisions.yaml",
    "law/penalties.yaml",
    "red_flags.yaml",
    "terms.yaml",
    "crosswalk.yaml",
)
LAW_DATES = "law_dates.yaml"
BESIDE = ("questionnaire.yaml", "contradictions.yaml", "general_licence.yaml", LAW_DATES)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EditionName:
    """Which edition: a questionnaire and one of its versions."""

    questionnaire_id: str
    version: str
    published: bool

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))


def editions(questionnaire_id: str | None = None, root: Path = ROOT) -> tuple[EditionName, ...]:
    """The editions on disk, the oldest first."""
    published = published_digests(root)
    found = []
    for frame in sorted(root.glob("*/*/questionnaire.yaml")):
        name, version = frame.parts[-3:-1]
        if questionnaire_id in {None, name} and version.replace(".", "").isdigit():
            found.append(EditionName(name, version, f"{name}/{version}" in published))
    return tuple(sorted(found, key=lambda edition: (edition.questionnaire_id, edition.order)))


def published_digests(root: Path = ROOT) -> dict[str, str]:
    """`<questionnaire>/<version>` -> digest, from the file PUBLISHED."""
    path = root / "PUBLISHED"
    if not path.exists():
        return {}
    lines = (line.split("#")[0].split() for line in path.read_text("utf-8").splitlines())
    return {parts[0]: parts[1] for parts in lines if len(parts) >= 2}


def latest_version(questionnaire_id: str, root: Path = ROOT) -> str:
    """The newest published version; where none is published yet, the first."""
    found = editions(questionnaire_id, root)
    if not found:
        known = ", ".join(sorted({e.questionnaire_id for e in editions(root=root)}))
        raise UnknownEditionError(f"unknown questionnaire {questionnaire_id}; known: {known}")
    published = [edition for edition in found if edition.published]
    return (published or [found[0]])[-1].version


def load_edition(
    questionnaire_id: str = "ecl-icp", version: str | None = None, root: Path = ROOT
) -> Edition:
    """The edition; without a version the latest published. Kept for the life of the process.

    Raises UnknownEditionError, or CatalogueError with every fault.
    """
    return _found(questionnaire_id, version, root)


@lru_cache(maxsize=64)
def _found(questionnaire_id: str, version: str | None, root: Path) -> Edition:
    known = {(e.questionnaire_id, e.version) for e in editions(questionnaire_id, root)}
    wanted = latest_version(questionnaire_id, root) if version is None else version
    if (questionnaire_id, wanted) not in known:
        versions = ", ".join(v for _, v in sorted(known)) or "none"
        raise UnknownEditionError(
            f"unknown edition {questionnaire_id} {wanted}; versions known: {versions}"
        )
    return _load(questionnaire_id, wanted, root)


@lru_cache(maxsize=32)
def _load(questionnaire_id: str, version: str, root: Path) -> Edition:
    files = edition_files(questionnaire_id, version, root)
    sources = {file: path.read_bytes() for file, path in files.items()}
    cache = Cache.of(sources) if root == ROOT else None
    plain = cache.read() if cache else None
    if plain is not None:
        return build(plain, questionnaire_id, version)
    plain = parse(sources)
    edition = build(plain, questionnaire_id, version)
    if cache:
        cache.write(plain)
    return edition


def edition_files(questionnaire_id: str, version: str, root: Path = ROOT) -> dict[str, Path]:
    """Name below the root -> path, of every file an edition is read from."""
    folder = root / questionnaire_id / version
    own = sorted(path for path in folder.glob("*.yaml"))
    found = {path.relative_to(root).as_posix(): path for path in own}
    for name in SHARED:  # a folder of editions alone rests on the law of this project
        found[name] = root / name if (root / name).exists() else ROOT / name
    return {file: path for file, path in found.items() if path.exists()}


def parse(sources: Mapping[str, bytes]) -> dict[str, Any]:
    """File -> plain data with lines. Raises CatalogueError with the faults of all files."""
    plain: dict[str, Any] = {}
    faults: list[Fault] = []
    for file, content in sources.items():
        try:
            plain[file] = read_yaml(content, file)
        except CatalogueError as error:
            faults.extend(error.faults)
    if faults:
        raise CatalogueError(faults)
    return plain


def build(plain: Mapping[str, Any], questionnaire_id: str, version: str) -> Edition:
    """The edition from the plain data of its files. Raises CatalogueError with every fault."""
    return _Builder(plain, f"{questionnaire_id}/{version}").edition()


class _Builder:
    """Reads file after file and gathers the faults of all."""

    def __init__(self, plain: Mapping[str, Any], folder: str) -> None:
        self.plain, self.folder = plain, folder
        self.found: list[Fault] = []

    def read(self, file: str, reader: Callable[[object, Faults], T]) -> T:
        faults = Faults(file)
        if file not in self.plain:
            faults.note(0, "", "", "the file is missing")
            raise CatalogueError([*self.found, *faults.found])
        value = reader(self.plain[file], faults)
        self.found.extend(faults.found)
        return value

    def table(self, file: str, reader: Callable[[object, Faults], Iterable[Any]]) -> Any:
        """Values by id, an id that stands twice being a fault."""
        values = tuple(self.read(file, reader))
        by_id: dict[str, Any] = {}
        for value in values:
            if value.id in by_id:
                self.found.append(Fault(file, 0, value.id, "id", "stands twice"))
            by_id[value.id] = value
        return MappingProxyType(by_id)

    def edition(self) -> Edition:
        frame = self.read(f"{self.folder}/questionnaire.yaml", reading_frame.frame)
        if f"{frame.questionnaire_id}/{frame.version}" != self.folder:
            self.found.append(
                Fault(
                    f"{self.folder}/questionnaire.yaml",
                    0,
                    "",
                    "version",
                    f"id and version must be those of the folder {self.folder}",
                )
            )
        contradictions, notes = self.read(
            f"{self.folder}/contradictions.yaml", reading_frame.contradictions
        )
        self._strays(frame.module_ids)
        law = self.table("law/provisions.yaml", reading_law.provisions)
        edition = Edition(
            questionnaire_id=frame.questionnaire_id,
            version=frame.version,
            title=frame.title,
            published_on=frame.published_on,
            digest="",
            modules=tuple(self._module(name) for name in frame.module_ids),
            provisions=self._as_published(law),
            law=law,
            penalties=self.table("law/penalties.yaml", reading_law.penalties),
            red_flags=self.table("red_flags.yaml", reading_tables.red_flags),
            contradictions=contradictions,
            contradiction_notes=MappingProxyType(notes),
            terms=self.table("terms.yaml", reading_tables.terms),
            general_licence=self.read(
                f"{self.folder}/general_licence.yaml", reading_tables.general_licence
            ),
            frameworks=self.table("crosswalk.yaml", reading_tables.frameworks),
            grades=frame.grades,
            severities=MappingProxyType(frame.severities),
            limits=frame.limits,
            unsupported_cap=frame.unsupported_cap,
            not_applicable=frame.not_applicable,
            changes_from=frame.changes_from,
            moves=frame.moves,
            note=frame.note,
        )
        self.found.extend(reference_faults(edition, self.folder, self.plain))
        if self.found:
            raise CatalogueError(self.found)
        return replace(edition, digest=edition_digest(edition))

    def _module(self, name: str) -> Module:
        file = f"{self.folder}/{name}.yaml"
        module = self.read(file, reading.module)
        if module.id != name:
            self.found.append(Fault(file, 0, "", "module", f"must be {name}, is {module.id}"))
        return module

    def _strays(self, module_ids: tuple[str, ...]) -> None:
        known = {f"{self.folder}/{name}" for name in BESIDE}
        known |= {f"{self.folder}/{module_id}.yaml" for module_id in module_ids}
        for file in self.plain:
            if file.startswith(f"{self.folder}/") and file not in known:
                self.found.append(Fault(file, 0, "", "", "not among the modules of the edition"))

    def _as_published(self, law: Mapping[str, Provision]) -> Mapping[str, Provision]:
        """The register with the dates that the edition was published with."""
        file = f"{self.folder}/{LAW_DATES}"
        if file not in self.plain:
            return law
        frozen = self.read(file, reading_law.law_dates)
        for name in frozen.keys() - law.keys():
            self.found.append(Fault(file, 0, name, "", "the register lost a published provision"))
        return MappingProxyType(
            {
                name: replace(
                    provision,
                    in_force_from=frozen[name][0],
                    in_force_until=frozen[name][1],
                )
                if name in frozen
                else provision
                for name, provision in law.items()
            }
        )


def forget() -> None:
    """Drop the editions kept by this process; for tests and for a catalogue that changed."""
    _found.cache_clear()
    _load.cache_clear()
