"""Anchors: the head of each firm's chain, noted in a file outside the database.

A chain alone can't show that its end was cut off; a head noted elsewhere can. The file is one JSON
object a line; keep a copy on another machine (`flask audit anchor` may run from anywhere).
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from compliance.audit.queries import Anchor

FILE_NAME = "audit-heads.jsonl"


def note_heads(path: Path, heads: Iterable[tuple[UUID, int, str]], *, now: datetime) -> int:
    """Append one line for each firm, and have them on disk before returning."""
    lines = [
        json.dumps(
            {"at": now.isoformat(), "firm": str(firm_id), "seq": seq, "hash": digest},
            sort_keys=True,
        )
        for firm_id, seq, digest in heads
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line in lines)
        stream.flush()
        os.fsync(stream.fileno())
    return len(lines)


def read_anchors(path: Path) -> dict[UUID, list[Anchor]]:
    """Firm -> its anchors, oldest first. A missing file holds none, half a line is passed over."""
    noted: dict[UUID, list[Anchor]] = {}
    if not path.exists():
        return noted
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            anchor = (int(entry["seq"]), str(entry["hash"]))
            noted.setdefault(UUID(entry["firm"]), []).append(anchor)
        except (ValueError, KeyError, TypeError):
            continue  # a line cut off by a crash
    return noted


def last_noted(path: Path) -> datetime | None:
    """When heads were last noted; None where never."""
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in reversed(lines):
        try:
            return datetime.fromisoformat(json.loads(line)["at"])
        except (ValueError, KeyError, TypeError):
            continue
    return None
