"""Starting, or saying in a line for each fault why not."""

import sys
from collections.abc import Callable

from flask import Flask

from compliance.backup import InUseError
from compliance.database import SchemaError
from compliance.settings import SettingsError


def start(make: Callable[[], Flask]) -> Flask:
    """The application; where something forbids to start, exit 2 with the reasons."""
    try:
        return make()
    except (SettingsError, SchemaError, InUseError) as fault:
        for line in str(fault).splitlines():
            sys.stderr.write(f"refused to start: {line}\n")
        raise SystemExit(2) from None
