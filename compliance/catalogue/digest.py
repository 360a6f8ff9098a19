"""The digest that freezes an edition.

It covers what the edition says and what decides its scores: everything in its own folder, and
for each provision it cites the dates between which the provision applies. It leaves out what all
editions share and may be improved for all: summaries of the law, fines, red flags, terms. A
published edition keeps its dates in its own `law_dates.yaml`, so that a change in the register
reaches new editions only and an old assessment scores as it did.
"""

import hashlib
import json
from typing import Any

from compliance.catalogue.edition import Edition


def edition_digest(edition: Edition) -> str:
    """`sha256:` and 64 hexadecimal digits over the canonical JSON of the edition."""
    return "sha256:" + hashlib.sha256(canonical(semantic_content(edition))).hexdigest()


def canonical(content: object) -> bytes:
    """JSON with sorted keys and no white space, as UTF-8."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.encode("utf-8")


def cited_provisions(edition: Edition) -> tuple[str, ...]:
    """The ids that questions cite, sorted; they decide whether a question is asked on a day."""
    return tuple(sorted({p for question in edition.questions for p in question.provisions}))


def semantic_content(edition: Edition) -> dict[str, Any]:
    """What the digest covers."""
    from compliance.catalogue.export import edition_content

    content = edition_content(edition)
    content["law_dates"] = {name: _dates(edition, name) for name in cited_provisions(edition)}
    return content


def _dates(edition: Edition, provision_id: str) -> list[str | None]:
    provision = edition.provisions[provision_id]
    bounds = (provision.in_force_from, provision.in_force_until)
    return [day.isoformat() if day else None for day in bounds]
