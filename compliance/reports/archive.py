"""ZIP files, and office files that are ZIP files, with nothing in them that varies."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_EARLIEST = 1980


def zipped(files: Mapping[str, bytes], when: datetime) -> bytes:
    """An archive of files, in the order given, all of one date."""
    stream = io.BytesIO()
    moment = when.astimezone(UTC)
    date = (max(_EARLIEST, moment.year), *moment.timetuple()[1:6])
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return stream.getvalue()


def steadied(office_file: bytes, when: datetime) -> bytes:
    """The same office file with one fixed date wherever its library wrote the present moment."""
    stamp = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    files = {}
    with zipfile.ZipFile(io.BytesIO(office_file)) as archive:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\2", content)
            files[entry.filename] = content
    return zipped(files, when)
