"""Programs that save answers as a browser does, remember what was acknowledged, and check it."""

import http.client
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection, create_engine, text

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
TIMEOUT_S = 20


class Browser:
    """A signed-in browser without scripts: one connection, one cookie jar."""

    def __init__(self, url: str, email: str, password: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.cookies: dict[str, str] = {}
        self.retry_after: str | None = None  # what the last answer said of it
        self.connection: http.client.HTTPConnection | None = None
        page = self.call("GET", "/login")[2].decode()
        fields = {"email": email, "password": password, "csrf_token": _found(FORM_TOKEN, page)}
        status, _, _ = self.call(
            "POST",
            "/login",
            urlencode(fields).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        if status != http.HTTPStatus.FOUND:
            raise RuntimeError(f"sign-in answered {status}")
        self.token = _found(TOKEN, self.call("GET", "/assessments")[2].decode())

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """One request. Raises OSError or HTTPException where the server went away."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.connection.request(method, path, body, {"Cookie": jar, **(headers or {})})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        self.retry_after = answer.headers.get("Retry-After")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.headers, content

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def save(
        self, assessment_id: str, question_id: str, version: int, answer: object
    ) -> tuple[int, dict[str, object]]:
        """Save one answer; the status and what the server said."""
        status, _, content = self.call(
            "PUT",
            f"/assessments/{assessment_id}/answers/{question_id}",
            json.dumps(answer).encode(),
            {
                "Content-Type": "application/json",
                "X-Requested-With": "autosave",
                "X-CSRFToken": self.token,
                "If-Match": f'"{version}"',
            },
        )
        told = json.loads(content) if content.startswith(b"{") else {}
        return status, told


@dataclass
class Writer:
    """One person who saves one question again and again, each time with another comment."""

    browser: Browser
    assessment_id: str
    question_id: str
    version: int = 0
    acknowledged: str | None = None
    unknown: list[str] = field(default_factory=list)  # sent after the last acknowledged, unanswered
    saves: int = 0
    broken_off: int = 0  # sent, and never answered
    told_to_wait: int = 0  # answers 503 that said when to come back

    def save_once(self) -> None:
        comment = f"{self.question_id} save {self.saves} of this writer"
        self.saves += 1
        answer = {"value": self.saves % 5, "comment": comment}
        try:
            status, told = self.browser.save(
                self.assessment_id, self.question_id, self.version, answer
            )
        except (OSError, http.client.HTTPException):
            self.unknown.append(comment)
            self.broken_off += 1
            time.sleep(0.05)
            return
        current = told.get("current")
        if status == http.HTTPStatus.OK:
            self.version = int(str(told["version"]))
            self.acknowledged, self.unknown = comment, []
        elif status == http.HTTPStatus.SERVICE_UNAVAILABLE and self.browser.retry_after:
            self.unknown.append(comment)
            self.told_to_wait += 1
            time.sleep(0.2)
        elif status == http.HTTPStatus.PRECONDITION_FAILED and isinstance(current, dict):
            self._look_at(current)
        else:
            raise RuntimeError(f"{self.question_id}: {status} {told}")

    def _look_at(self, current: dict[str, object]) -> None:
        """A save whose answer was lost had been kept: go on from there."""
        stands = str(current["comment"])
        if stands not in {self.acknowledged, *self.unknown}:
            raise RuntimeError(f"{self.question_id}: holds {stands!r}, which nobody saved last")
        self.version = int(str(current["version"]))


def run_together(writers: list[Writer], enough: Callable[[], bool]) -> None:
    """All writers at once until it is enough; the first fault of any is raised."""
    faults: list[BaseException] = []

    def work(writer: Writer) -> None:
        try:
            while not enough() and not faults:
                writer.save_once()
        except (RuntimeError, ValueError, KeyError) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.browser.close()
    if faults:
        raise faults[0]


def losses(database: Path | str, writers: list[Writer]) -> list[str]:
    """What a database lost or half-wrote, one line each; empty when every promise was kept.

    `database`: a SQLite file, or the URL of a database.
    """
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    found = []
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            whole = connection.scalar(text("PRAGMA integrity_check"))
            if whole != "ok":
                found.append(f"integrity: {whole}")
            orphans = connection.execute(text("PRAGMA foreign_key_check"))
            found += [f"foreign key: {row}" for row in orphans]
        else:
            connection.execute(text("SET app.all_firms = 'on'"))
        for writer in writers:
            found += _losses_of(connection, writer)
    engine.dispose()
    return found


def _losses_of(connection: Connection, writer: Writer) -> list[str]:
    key = {
        "assessment": writer.assessment_id.replace("-", ""),
        "question": writer.question_id,
        "subject": f"assessment:{writer.assessment_id}/{writer.question_id}",
    }
    where = (
        "WHERE REPLACE(CAST(assessment_id AS TEXT), '-', '') = :assessment "
        "AND question_id = :question"
    )
    comment, version = connection.execute(
        text(f"SELECT comment, version FROM responses {where}"), key
    ).one()
    rows = connection.scalar(text(f"SELECT count(*) FROM response_history {where}"), key)
    audited = connection.scalar(
        text(
            "SELECT count(*) FROM audit_entries WHERE subject = :subject AND action = 'answer.edit'"
        ),
        key,
    )
    imported = connection.scalar(
        text(f"SELECT count(*) FROM response_history {where} AND cause = 'import'"), key
    )
    found = []
    if writer.acknowledged and comment not in {writer.acknowledged, *writer.unknown}:
        found.append(
            f"{writer.question_id}: acknowledged {writer.acknowledged!r}, holds {comment!r}"
        )
    if not version == rows == (audited or 0) + (imported or 0):
        found.append(
            f"{writer.question_id}: version {version}, {rows} in its history, {audited} audited"
        )
    return found


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise RuntimeError("the page carries no token")
    return match[1]
