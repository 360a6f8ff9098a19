"""Reports made once for all tests that read them."""

import logging
from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pytest

from compliance.reports import Extras, Order, ReportLanguage, render_pdf
from tests.reports import samples


class Complaints(logging.Handler):
    """What the renderer complains of: a missing alternative text, a broken anchor."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@pytest.fixture(scope="session")
def complaints() -> Iterator[Complaints]:
    handler = Complaints()
    logging.getLogger("weasyprint").addHandler(handler)
    yield handler
    logging.getLogger("weasyprint").removeHandler(handler)


def made(language: str, complaints: Complaints, extras: Extras | None = None) -> bytes:
    bundle = samples.typical()
    order = Order(ReportLanguage(language), extras=extras or samples.extras(bundle))
    pdf = render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)
    assert complaints.said == []
    return pdf


@pytest.fixture(scope="session")
def english_pdf(complaints: Complaints) -> bytes:
    """The typical report in English."""
    return made("en", complaints)


@pytest.fixture(scope="session")
def chinese_pdf(complaints: Complaints) -> bytes:
    """The typical report in Chinese."""
    return made("zh", complaints)


@pytest.fixture(scope="session")
def executive_pdf() -> bytes:
    """A small report, quick to make again."""
    from compliance.reports import Variant

    bundle = samples.typical()
    order = Order(variant=Variant.EXECUTIVE)
    return render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)


@pytest.fixture(params=["english_pdf", "chinese_pdf"])
def each_pdf(request: pytest.FixtureRequest) -> bytes:
    pdf: bytes = request.getfixturevalue(request.param)
    return pdf


@pytest.fixture
def each_document(each_pdf: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(each_pdf)) as document:
        yield document
