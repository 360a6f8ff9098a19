"""What a reader gets out of a PDF."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf


def pages_of(pdf: bytes, folder: Path, *, in_order_of_tags: bool = False) -> list[str]:
    """The text of each page, as copied from a viewer, or in the order in which it was written."""
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", *(["-raw"] if in_order_of_tags else []), "-enc", "UTF-8", str(path), "-"],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split("\f")[:-1]


def text_of(pdf: bytes, folder: Path, *, in_order_of_tags: bool = False) -> str:
    """All text on one line: line breaks of the layout say nothing."""
    return " ".join("\n".join(pages_of(pdf, folder, in_order_of_tags=in_order_of_tags)).split())


def squeezed(text: str) -> str:
    """Text without any white space, for comparing across line breaks in Chinese."""
    return "".join(text.split()).replace("\u200b", "")


def bookmarks_of(document: pikepdf.Pdf) -> list[str]:
    with document.open_outline() as outline:
        return [item.title for item in outline.root]


def fonts_of(document: pikepdf.Pdf) -> set[str]:
    """The families embedded, without the prefix of the subset."""
    return {
        str(found.FontName).lstrip("/").split("+")[-1]
        for found in document.objects
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/FontDescriptor"
    }


def tags_of(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every element of the tag tree."""
    for found in document.objects:
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/StructElem":
            yield found
