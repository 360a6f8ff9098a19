"""Files of commands: read, refuse with one line a fault, write whole or not at all."""

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

from compliance.answers import MAX_BYTES, Bundle, BundleError, Fault, parse_bundle

BAD_INPUT = 2


def refuse(file: str, faults: Iterable[Fault]) -> NoReturn:
    """End the command: bad input, one line a fault on standard error."""
    for fault in faults:
        click.echo(f"{file}: {fault}", err=True)
    raise SystemExit(BAD_INPUT)


def read_file(file: str) -> bytes:
    """The content of a file, cut just above the size that any reader takes."""
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        refuse(file, [Fault("the file", error.strerror or "an error", "a file that can be read")])


def read_bundle(file: str) -> Bundle:
    """The bundle in a file; ends the command with every fault in it."""
    try:
        return parse_bundle(read_file(file))
    except BundleError as error:
        refuse(file, error.faults)


def write_out(content: bytes, file: str | None) -> None:
    """To a file, whole or not at all; without one to standard output."""
    if file is None:
        click.echo(content, nl=False)
        return
    target = Path(file)
    partial = target.with_name(f"{target.name}.partial")
    try:
        if target.exists() and not target.is_file():  # a device or a pipe
            target.write_bytes(content)
            return
        partial.write_bytes(content)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        refuse(file, [Fault("the file", error.strerror or "an error", "a place to write to")])
