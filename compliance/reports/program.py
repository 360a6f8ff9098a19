"""Which program made a report: pages are equal byte for byte only where all of this is equal."""

import ctypes
import hashlib
import platform
import tomllib
import zlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SHAPING = (  # our own files that shape a page
    "compliance/reports/**/*.py",
    "compliance/reports/*.yaml",
    "compliance/reports/fonts/*.ttf",
    "templates/reports/*",
    "translations/reports/zh/LC_MESSAGES/*.po",
)
_PACKAGES = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "tinycss2",
    "cssselect2",
    "jinja2",
    "segno",
    "babel",
)


@lru_cache
def program() -> Mapping[str, str]:
    """Version, digest of the files that shape a page, and versions of what sets the type."""
    return {"version": own_version(), "build": build(), "engine": _engine()}


@lru_cache
def own_version() -> str:
    with (_ROOT / "pyproject.toml").open("rb") as stream:
        return str(tomllib.load(stream)["project"]["version"])


@lru_cache
def build() -> str:
    """The first digits of a digest over all files that shape a page."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SHAPING for path in _ROOT.glob(pattern)):
        digest.update(path.relative_to(_ROOT).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _engine() -> str:
    from compliance.reports.typesetting import renderer

    renderer()
    from weasyprint.text.ffi import pango

    parts = [f"{name} {version(name)}" for name in _PACKAGES]
    parts += [
        f"pango {pango.pango_version()}",
        f"harfbuzz {_harfbuzz()}",
        f"zlib {zlib.ZLIB_RUNTIME_VERSION}",
        f"python {platform.python_version()}",
    ]
    return ", ".join(parts)


def _harfbuzz() -> str:
    try:
        library = ctypes.CDLL("libharfbuzz.so.0")
    except OSError:  # another system names it otherwise; the other versions must do
        return "unknown"
    library.hb_version_string.restype = ctypes.c_char_p
    return bytes(library.hb_version_string()).decode()
