"""The application in production mode, as a proxy with HTTPS reaches it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from compliance.settings import Settings
from compliance.web import create_app


@pytest.fixture
def production(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    settings = dataclasses.replace(
        settings,
        mode="production",
        base_url="https://assess.example",
        trusted_hosts=("assess.example",),
        data_dir=tmp_path,
    )
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["engine"].dispose()
