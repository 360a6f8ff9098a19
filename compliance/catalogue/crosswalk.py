"""The same questions seen through other compliance frameworks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.language import Text

if TYPE_CHECKING:
    from compliance.catalogue.edition import Edition


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework and its elements in their own order."""

    id: str
    title: Text
    about: Text
    elements: Mapping[str, Text]

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class ElementView:
    """One element and the questions that speak to it."""

    id: str
    title: Text
    questions: tuple[str, ...]  # ids in catalogue order; empty: nothing here speaks to it


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """One framework, filled with the questions of an edition."""

    id: str
    title: Text
    about: Text
    elements: tuple[ElementView, ...]


def crosswalk(edition: "Edition") -> tuple[FrameworkView, ...]:
    """Each framework with its elements and the questions of the edition that speak to them."""
    return tuple(_view(framework, edition) for framework in edition.frameworks.values())


def _view(framework: Framework, edition: "Edition") -> FrameworkView:
    elements = tuple(
        ElementView(
            element,
            title,
            tuple(q.id for q in edition.questions if element in q.crosswalk.get(framework.id, ())),
        )
        for element, title in framework.elements.items()
    )
    return FrameworkView(framework.id, framework.title, framework.about, elements)
