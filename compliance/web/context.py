"""What views take from the application: engine, settings, language, time."""

from typing import TYPE_CHECKING

from flask import current_app, g

from compliance.language import Language
from compliance.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


def engine() -> "Engine":
    """The database engine, to be handed to `firm_session` and its kin."""
    found: Engine = current_app.extensions["engine"]
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def language() -> Language:
    """The language of this request."""
    return Language(g.language)
