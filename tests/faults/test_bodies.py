"""A request is worked on only with its whole body, and waiting for that keeps nobody waiting."""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest

from compliance.web import bodies
from compliance.web.bodies import IN_MEMORY, PIECE, BodiesFirst

MOST = 4 * IN_MEMORY
Seen = list[bytes]


@pytest.fixture
def seen() -> Seen:
    return []


@pytest.fixture
def guarded(seen: Seen) -> BodiesFirst:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"done"]

    return BodiesFirst(app, places=1, most_bytes=MOST)


def ask(app: BodiesFirst, stream: Any = None, **environ: str) -> tuple[str, dict[str, str]]:
    told: list[tuple[str, dict[str, str]]] = []
    app(
        {"wsgi.input": stream or BytesIO(), **environ},
        lambda status, headers, _=None: told.append((status, dict(headers))) or (lambda _: None),
    )
    return told[0]


@pytest.mark.parametrize("size", [1, PIECE, IN_MEMORY, IN_MEMORY + 1, MOST])
def test_the_whole_body_arrives(guarded: BodiesFirst, seen: Seen, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    status, _ = ask(guarded, BytesIO(content), CONTENT_LENGTH=str(size))

    assert status == "200 OK"
    assert seen == [content]


def test_half_a_body_is_never_worked_on(guarded: BodiesFirst, seen: Seen) -> None:
    status, headers = ask(guarded, BytesIO(b'{"value": 1'), CONTENT_LENGTH="40")

    assert status == "400 Bad Request"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert seen == []


def test_a_body_that_does_not_say_its_length_is_refused(guarded: BodiesFirst, seen: Seen) -> None:
    status, _ = ask(guarded, BytesIO(b"x"), HTTP_TRANSFER_ENCODING="chunked")

    assert status == "411 Length Required"
    assert seen == []


def test_a_body_that_is_too_large_is_left_unread_for_the_application(
    guarded: BodiesFirst, seen: Seen
) -> None:
    stream = BytesIO(b"x")

    ask(guarded, stream, CONTENT_LENGTH=str(MOST + 1))

    assert seen == [b"x"]  # its own stream: the application's limit refuses it


class Slow:
    """A client that sends nothing until it is let."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def read(self, _size: int) -> bytes:
        self.begun.set()
        self.go_on.wait()
        return b"late"


def test_a_slow_body_holds_no_place(guarded: BodiesFirst, seen: Seen) -> None:
    slow = Slow()
    waiting = threading.Thread(target=ask, args=(guarded, slow), kwargs={"CONTENT_LENGTH": "4"})
    waiting.start()
    slow.begun.wait()

    assert ask(guarded)[0] == "200 OK"

    slow.go_on.set()
    waiting.join()
    assert seen == [b"", b"late"]


def test_who_sends_a_body_when_too_many_are_waited_for_is_told_to_come_back(
    seen: Seen, monkeypatch: pytest.MonkeyPatch, guarded: BodiesFirst
) -> None:
    monkeypatch.setattr(guarded, "_waiting", threading.BoundedSemaphore(1))
    slow = Slow()
    waiting = threading.Thread(target=ask, args=(guarded, slow), kwargs={"CONTENT_LENGTH": "4"})
    waiting.start()
    slow.begun.wait()

    status, headers = ask(guarded, BytesIO(b"x"), CONTENT_LENGTH="1")

    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "5")
    assert ask(guarded)[0] == "200 OK"  # pages need no body
    slow.go_on.set()
    waiting.join()


def test_a_body_that_finds_no_room_is_refused_in_full(
    guarded: BodiesFirst, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bodies, "TemporaryFile", full)
    size = IN_MEMORY + 1

    status, _ = ask(guarded, BytesIO(b"x" * size), CONTENT_LENGTH=str(size))

    assert status == "507 Insufficient Storage"
    assert seen == []
