"""HTML to PDF/A-3a and PDF/UA-1 in one file, byte for byte the same each time.

In: HTML of our own templates, attached files, a fixed moment. Out: bytes. The renderer reaches no
network and no file but our typefaces. Only this file knows the library that sets the type.
"""

import gc
import logging
import threading
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import fromstring

from compliance.reports.errors import RendererMissingError
from compliance.reports.hastening import hastened, suits
from compliance.reports.typefaces import DIRECTORY

Progress = Callable[[int], None]  # pages laid out so far

_ONE_AT_A_TIME = threading.Lock()  # the layout library is not made for threads
_COMPRESSION = 6  # of 9; the last steps cost twice the time for a hundredth of the size
_PAGE_STEP = "Step 5 - Creating layout - Page %d"

# The renderer claims PDF/A for itself, but knows no second claim; this adds PDF/UA to the same
# block, with the description of the property that PDF/A asks for.
_CLAIMS_PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description><rdf:Description rdf:about="" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema\
</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/\
</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property>\
<rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal\
</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description></rdf:li>\
</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>\
</rdf:RDF>"""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that travels inside the PDF."""

    name: str
    content: bytes
    description: str


def typeset(
    html: str,
    files: Sequence[AttachedFile],
    when: datetime,
    progress: Progress | None = None,
) -> bytes:
    """Set the pages. Raises RendererMissingError where the system libraries are missing."""
    weasyprint = renderer()
    moment = when.astimezone(UTC).replace(tzinfo=None)  # the library prints Z and does not convert
    attachments = [
        weasyprint.Attachment(
            string=file.content,
            name=file.name,
            description=file.description,
            created=moment,
            modified=moment,
            relationship="Data",
        )
        for file in sorted(files, key=lambda file: file.name)
    ]
    faster = hastened() if suits(html) else nullcontext()
    with _ONE_AT_A_TIME, _without_collector(), _reported(progress), faster:
        document = _page(html).render(font_config=_font_configuration(), pdf_variant="pdf/a-3a")
        metadata = document.metadata
        plain = metadata.generate_rdf_metadata
        metadata.generate_rdf_metadata = lambda *claims: plain(*claims).replace(
            b"</rdf:RDF>", _CLAIMS_PDF_UA
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it leaves its colour profile open
            pdf: bytes = document.write_pdf(
                pdf_variant="pdf/a-3a", attachments=attachments, finisher=_finish
            )
    return pdf


@lru_cache
def renderer() -> Any:
    """The library, with our two additions. Raises RendererMissingError."""
    try:
        import pydyf
        import weasyprint
        from weasyprint.pdf import tags
    except (OSError, ImportError) as error:  # the library, or what the system lacks for it
        raise RendererMissingError(error) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").propagate = False
    _tag_languages(tags, pydyf)
    _remember_pages(pydyf)
    _compress_once(pydyf)
    return weasyprint


def _tag_languages(tags: Any, pydyf: Any) -> None:
    """Carry each `lang` attribute over to the tag tree, so that a screen reader changes voice."""
    build = tags._build_box_tree

    def build_with_language(box: Any, *rest: Any) -> Iterator[Any]:
        element: Any = getattr(box, "element", None)
        language = None if element is None else element.get("lang")
        for tag in build(box, *rest):
            if language and element.tag != "html" and "Lang" not in tag:
                tag["Lang"] = pydyf.String(language)
            yield tag

    tags._build_box_tree = build_with_language


def _remember_pages(pydyf: Any) -> None:
    """Keep the list of page references, which the tag tree asks for once a box."""

    def page_references(pdf: Any) -> tuple[bytes, ...]:
        kids = pdf.pages["Kids"]
        known: tuple[int, tuple[bytes, ...]] = pdf.__dict__.get("known_pages", (-1, ()))
        if known[0] != len(kids):
            known = (len(kids), tuple(f"{number} 0 R".encode() for number in kids[::3]))
            pdf.__dict__["known_pages"] = known
        return known[1]

    pydyf.PDF.page_references = property(page_references)


def _finish(document: Any, pdf: Any) -> None:  # noqa: ARG001
    """The last touch before the file is written.

    The renderer lists each attachment twice; and it asks each object for its bytes twice, once to
    write them and once for the file's identifier, which costs the compression twice.
    """
    associated = pdf.catalog.get("AF")
    if associated is not None:
        associated[:] = dict.fromkeys(associated)
    pdf.objects = [one if one.free == "f" else _Settled(one) for one in pdf.objects]


class _Settled:
    """An object of the file whose bytes are made once. The library writes it as any other."""

    __slots__ = ("compressible", "data", "free", "generation", "number", "offset")

    def __init__(self, found: Any) -> None:
        self.number, self.generation, self.free = found.number, found.generation, found.free
        self.compressible, self.data, self.offset = found.compressible, found.data, 0

    @property
    def indirect(self) -> bytes:
        return b"%d %d obj\n%b\nendobj" % (self.number, self.generation, self.data)


def _compress_once(pydyf: Any) -> None:
    """Streams are asked for their bytes only while the file is written, and then more than once."""

    def content(stream: Any) -> bytes:
        made: bytes | None = stream.__dict__.get("made")
        if made is None:
            raw = b"\n".join(map(pydyf._to_bytes, stream.stream))
            extra = pydyf.Dictionary(stream.extra)
            if stream.compress:
                raw = zlib.compress(raw, _COMPRESSION)
                extra["Filter"] = "/FlateDecode"
            extra["Length"] = len(raw)
            made = b"\n".join((extra.data, b"stream", raw, b"endstream"))
            stream.__dict__["made"] = made
        return made

    pydyf.Stream.data = property(content)


@lru_cache
def _font_configuration() -> Any:
    """One for the life of the process: reading the typefaces again costs a tenth of a report."""
    renderer()
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def _page(html: str) -> Any:
    """The page as the library knows it, read by the strict parser of XML.

    Our templates are well-formed, and the parser of wild HTML takes twenty times as long.
    """
    weasyprint = renderer()
    from cssselect2 import ElementWrapper

    page = weasyprint.HTML.__new__(weasyprint.HTML)
    page.base_url, page.url_fetcher, page.media_type = "app:", _fetcher(), "print"
    tree = fromstring(html)  # noqa: S314 - our own page; expat refuses entities it does not know
    page.wrapper_element = ElementWrapper.from_html_root(tree, content_language=None)
    page.etree_element = page.wrapper_element.etree_element
    return page


@lru_cache
def _fetcher() -> Any:
    renderer()
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnTypefacesOnly(URLFetcher):
        """Serves `app:NAME.ttf` from our directory and refuses everything else."""

        def __init__(self) -> None:
            super().__init__(  # type: ignore[no-untyped-call]
                timeout=1, allowed_protocols={"app"}, allow_redirects=False
            )

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            path = (DIRECTORY / url.removeprefix("app:").lstrip("/")).resolve()
            ours = path.parent == DIRECTORY.resolve() and path.suffix == ".ttf"
            if not url.startswith("app:") or not ours or not path.is_file():
                message = "a report loads nothing from outside"
                raise ValueError(message)
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})

    return OwnTypefacesOnly()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Layout makes millions of short-lived objects; looking for cycles meanwhile costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _PageCounter(logging.Handler):
    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == _PAGE_STEP and isinstance(record.args, tuple):
            page = record.args[0]
            if isinstance(page, int):
                self.progress(page)


@contextmanager
def _reported(progress: Progress | None) -> Iterator[None]:
    if progress is None:
        yield
        return
    logger = logging.getLogger("weasyprint.progress")
    handler, level = _PageCounter(progress), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
