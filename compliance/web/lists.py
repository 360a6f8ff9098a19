"""Lists: what is in use, bringing one in with a preview, searching controlled items."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as BaseResponse

from compliance.clock import now, today
from compliance.database import firm_reading, firm_session, shared_reading, shared_session
from compliance.identity import Action, Actor
from compliance.screening import (
    CONTROL_COLUMNS,
    PARTY_COLUMNS,
    KindError,
    ListFileError,
    ListKind,
    ShrinkError,
    Source,
    import_goods,
    import_parties,
    lists_in_use,
    preview_goods,
    preview_parties,
    read_control_entries,
    read_parties,
    search_goods,
)
from compliance.web.context import engine, settings
from compliance.web.guards import current_actor, needs
from compliance.web.screening import KINDS
from compliance.worker import order_rescreening, reopen_everywhere

blueprint = Blueprint("lists", __name__, url_prefix="/lists")
KEPT_UPLOADS = 5
SHOWN_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to bring in."""

    code: str
    kind: ListKind
    as_of: date
    everywhere: bool  # for the whole installation, not the firm alone
    illustrative: bool
    file_name: str
    digest: str


@blueprint.get("")
@needs(Action.IMPORT_LISTS, Action.DETERMINE, Action.READ)
def index() -> str:
    """Lists in use, search, and the form that brings one in."""
    return _index_page({}, ())


@blueprint.post("/preview")
@needs(Action.IMPORT_LISTS)
def preview() -> str | tuple[str, int]:
    """What an upload would change; nothing is changed yet."""
    upload = request.files.get("file")
    content = upload.read() if upload else b""
    wish, faults = _read_wish(sha256(content).hexdigest(), upload.filename if upload else "")
    if not content:
        faults["file"] = _("Choose a file.")
    if wish is None or faults:
        return _index_page(faults, ()), 422
    try:
        shown = _preview(current_actor(), wish, content)
    except ListFileError as error:
        return _index_page({"file": _("The file has faults; nothing was brought in.")},
                           tuple(map(str, error.faults))), 422  # fmt: skip
    except KindError:
        said = _("A list with this code is in use with another kind.")
        return _index_page({"kind": said}, ()), 422
    _keep(current_actor(), wish.digest, content)
    return render_template("lists/preview.html", wish=wish, preview=shown, kinds=KINDS)


@blueprint.post("/import")
@needs(Action.IMPORT_LISTS)
def bring_in() -> BaseResponse | tuple[str, int]:
    """Bring in what was previewed, in one transaction."""
    actor = current_actor()
    wish, faults = _read_wish(request.form.get("digest", ""), request.form.get("file_name", ""))
    if wish is None or faults:
        abort(422)
    content = _kept(actor, wish.digest)
    if content is None:
        flash(_("The upload is no longer here. Choose the file again."), "error")
        return redirect(url_for("lists.index"), 303)
    try:
        changed = _import(actor, wish, content, confirmed=bool(request.form.get("confirmed")))
    except ShrinkError as error:
        said = _(
            "The list would shrink from %(before)s to %(after)s entries: confirm this.",
            before=error.before,
            after=error.after,
        )
        return _index_page({"file": said}, ()), 409
    except (KindError, ListFileError):
        abort(409)
    if changed and wish.kind is ListKind.GOODS:
        reopen_everywhere(engine(), wish.code, now=now())
    elif changed:
        order_rescreening(engine(), None if wish.everywhere else actor.firm_id, now=now())
    flash(
        _("%(code)s is in use. Open parties are being screened again.", code=wish.code)
        if changed and wish.kind is not ListKind.GOODS
        else _("%(code)s is in use.", code=wish.code),
        "ok",
    )
    return redirect(url_for("lists.index"), 303)


def _index_page(faults: dict[str, str], details: tuple[str, ...]) -> str:
    text = request.args.get("q", "").strip()[:200]
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        return render_template(
            "lists/index.html",
            lists=lists_in_use(session),
            found=search_goods(session, text) if text else (),
            text=text,
            kinds=KINDS,
            faults=faults,
            details=details[:SHOWN_FAULTS],
            more=max(0, len(details) - SHOWN_FAULTS),
            fields=request.form,
            today=today(),
            party_columns=", ".join(PARTY_COLUMNS),
            control_columns=", ".join(CONTROL_COLUMNS),
        )


def _read_wish(digest: str, file_name: str | None) -> tuple[Wish | None, dict[str, str]]:
    form, faults = request.form, dict[str, str]()
    code, kind = form.get("code", "").strip(), form.get("kind", "")
    everywhere = form.get("scope") == "everywhere"
    if not 1 <= len(code) <= 40 or not code.isprintable():
        faults["code"] = _("Give the list a code of at most 40 characters.")
    if kind not in set(ListKind):
        faults["kind"] = _("Choose the kind of list.")
    if everywhere and not current_actor().may(Action.OPERATE):
        faults["scope"] = _("Only an administrator brings in lists for all firms here.")
    elif kind == ListKind.GOODS and not everywhere:
        faults["scope"] = _("Lists of controlled items are for all firms here.")
    day = today()
    try:
        day = date.fromisoformat(form.get("as_of", ""))
    except ValueError:
        faults["as_of"] = _("Enter a date that exists as year-month-day, for example 2026-11-24.")
    if faults:
        return None, faults
    name = secure_filename(file_name or "") or "list"
    illustrative = bool(form.get("illustrative"))
    return Wish(code, ListKind(kind), day, everywhere, illustrative, name, digest), {}


def _scope(actor: Actor, wish: Wish, *, write: bool) -> AbstractContextManager[Any]:
    if wish.everywhere:
        return shared_session(engine()) if write else shared_reading(engine())
    return (firm_session if write else firm_reading)(engine(), actor.firm_id)


def _source(actor: Actor, wish: Wish, content: bytes) -> Source:
    return Source(wish.code, wish.kind, wish.as_of, content, actor.name, wish.illustrative)


def _preview(actor: Actor, wish: Wish, content: bytes) -> Any:
    source = _source(actor, wish, content)
    if wish.kind is ListKind.GOODS:
        goods = read_control_entries(content)
        with _scope(actor, wish, write=False) as session:
            return preview_goods(session, source, goods)
    parties = read_parties(content)
    with _scope(actor, wish, write=False) as session:
        return preview_parties(session, source, parties)


def _import(actor: Actor, wish: Wish, content: bytes, *, confirmed: bool) -> bool:
    source = _source(actor, wish, content)
    if wish.kind is ListKind.GOODS:
        goods = read_control_entries(content)
        with _scope(actor, wish, write=True) as session:
            return import_goods(session, source, goods, now=now(), confirmed=confirmed)[1]
    parties = read_parties(content)
    with _scope(actor, wish, write=True) as session:
        return import_parties(session, source, parties, now=now(), confirmed=confirmed)[1]


def _folder(actor: Actor) -> Path:
    return settings().data_dir / "list-uploads" / str(actor.firm_id)


def _keep(actor: Actor, digest: str, content: bytes) -> None:
    """Keep an upload until it is confirmed; only the newest few of a firm."""
    folder = _folder(actor)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{digest}.partial"
    partial.write_bytes(content)
    partial.replace(folder / digest)
    for old in sorted(folder.iterdir(), key=lambda f: f.stat().st_mtime)[:-KEPT_UPLOADS]:
        old.unlink(missing_ok=True)


def _kept(actor: Actor, digest: str) -> bytes | None:
    if len(digest) != 64 or not digest.isalnum():
        abort(422)
    path = _folder(actor) / digest
    content = path.read_bytes() if path.is_file() else b""
    # A file that a crash cut off must not silently take parties from a list.
    return content if sha256(content).hexdigest() == digest else None
