"""How much room the data folder has."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance.web.context import settings
from compliance.web.errors import page

LOW_SHARE, LOW_BYTES = 0.1, 1024**3  # below a tenth, or below one gibibyte: warn
KEPT_FOR_ANSWERS_BYTES = 500 * 1024**2  # below this no file is taken, so that answers still can be


def init_app(app: Flask) -> None:
    app.before_request(_refuse_files_when_full)


def _refuse_files_when_full() -> tuple[str | Response, int] | None:
    if request.mimetype != "multipart/form-data":
        return None
    if disk_of(settings().data_dir).free_bytes >= KEPT_FOR_ANSWERS_BYTES:
        return None
    return page(507, _("The disk is nearly full: no file can be taken. Tell the administrator."))


@dataclass(frozen=True, slots=True)
class Disk:
    """Space of the file system that holds a folder."""

    free_bytes: int
    total_bytes: int

    @property
    def is_low(self) -> bool:
        return self.free_bytes < LOW_BYTES or self.free_bytes < self.total_bytes * LOW_SHARE


def disk_of(folder: Path) -> Disk:
    """Free and total space, also where the folder is not made yet."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    usage = shutil.disk_usage(existing)
    return Disk(usage.free, usage.total)
