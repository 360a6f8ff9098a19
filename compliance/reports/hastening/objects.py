"""The objects of the file as bytes."""

from typing import Any

import pydyf


def number(value: Any) -> str:
    """A number as the renderer writes it."""
    if type(value) is float:
        if value.is_integer():
            return str(int(value))
        return f"{value:f}".rstrip("0")
    return str(value)


def to_bytes(item: Any) -> bytes:
    """Anything that a file may hold."""
    kind = type(item)
    if kind is bytes:
        return item  # type: ignore[no-any-return]
    if kind is str:
        return item.encode("ascii")  # type: ignore[no-any-return]
    if kind is int:
        return b"%d" % item
    if isinstance(item, float):
        return (str(int(item)) if item.is_integer() else f"{item:f}".rstrip("0")).encode()
    if isinstance(item, pydyf.Object):
        return item.data  # type: ignore[no-any-return]
    return str(item).encode("ascii")


def dictionary_data(dictionary: Any) -> bytes:
    parts = [b"<<"]
    for key, value in dictionary.items():
        written = value if type(value) is bytes else to_bytes(value)
        parts += (b"/", key.encode() if type(key) is str else to_bytes(key), b" ", written)
    parts.append(b">>")
    return b"".join(parts)


def array_data(array: Any) -> bytes:
    return b"[" + b" ".join([to_bytes(child) for child in array]) + b"]"
