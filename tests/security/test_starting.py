"""Production refuses to start with what is weak, in a line for each fault (S26, S27)."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compliance.clock import now as clock_now
from compliance.database import make_engine, schema, shared_session
from compliance.identity import Person
from compliance.identity.people import set_active
from compliance.settings import ROOT, Settings, SettingsError, production_faults, read_settings
from compliance.web import create_app
from tests.support import cast

GOOD = {
    "APP_MODE": "production",
    "SECRET_KEY": "4f1d0b9a7c6e5d8f2a1b3c4d5e6f7a8b",
    "BASE_URL": "https://assess.example",
    "TRUSTED_HOSTS": "assess.example",
}
BAD = [
    {"SECRET_KEY": ""},
    {"SECRET_KEY": "short"},
    {"SECRET_KEY": "a" * 64},
    {"SECRET_KEY": "change-me-change-me-change-me-change-me"},
    {"BASE_URL": "http://assess.example"},
    {"BASE_URL": ""},
    {"FLASK_DEBUG": "1"},
    {"TRUSTED_HOSTS": ""},
    {"APP_MODE": "staging"},
    {"TRUSTED_PROXIES": "one"},
    {"IDLE_MINUTES": "0"},
    {"ABSOLUTE_HOURS": "-1"},
    {"SECRET_KEY_FILE": "/nowhere/at/all", "SECRET_KEY": ""},
    {"SECRET_KEY_FILE": "/nowhere/at/all"},
]


def served(tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """What a server's process says that is started with these settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [ROOT / ".venv" / "bin" / "python", "-c", "import compliance.web.serving"],
        cwd=ROOT,
        env={**kept, **GOOD, "DATA_DIR": str(tmp_path), "EMBEDDED_JOBS": "0", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_sound_settings_start() -> None:
    assert read_settings(GOOD).production


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_weak_settings_are_refused_in_one_line(bad: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({**GOOD, **bad})

    assert len(str(caught.value).splitlines()) == 1
    assert next(iter(bad)) in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "bad", [{"SECRET_KEY": ""}, {"FLASK_DEBUG": "1"}, {"BASE_URL": "http://x.example"}], ids=str
)
def test_a_server_with_them_ends_at_once_without_a_traceback(
    tmp_path: Path, bad: dict[str, str]
) -> None:
    done = served(tmp_path, **bad)

    assert done.returncode == 2
    assert [line.split()[3] for line in done.stderr.splitlines()] == list(bad)
    assert list(tmp_path.iterdir()) == []  # nothing was begun


def test_all_faults_are_told_at_once(settings: Settings) -> None:
    weak = dataclasses.replace(settings, mode="production", secret_key="", debug=True)

    assert len(production_faults(weak)) == 4


def test_the_secret_may_stand_in_a_file_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(GOOD["SECRET_KEY"] + "\n")
    environ = {**GOOD, "SECRET_KEY": "", "SECRET_KEY_FILE": str(path)}

    path.chmod(0o600)
    assert read_settings(environ).secret_key == GOOD["SECRET_KEY"]
    path.chmod(0o604)
    with pytest.raises(SettingsError, match=r"SECRET_KEY_FILE is .*others on this machine"):
        read_settings(environ)


def test_a_signing_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seal.p12"
    path.write_bytes(b"x")
    path.chmod(0o644)

    with pytest.raises(SettingsError, match="SIGNING_PKCS12"):
        read_settings({**GOOD, "SIGNING_PKCS12": str(path)})


def test_the_secret_of_the_demo_is_its_owner_s_alone(tmp_path: Path) -> None:
    read_settings({"DATA_DIR": str(tmp_path)})

    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_production_does_not_serve_demo_accounts(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'app.db'}")
    schema.upgrade(engine)
    cast.take_the_stage(engine)
    assert served(tmp_path).returncode == 0
    with shared_session(engine) as session:
        session.add(Person(email="admin@demo.example", name="x", created_at=cast.NOW))

    refused = served(tmp_path)

    assert refused.returncode == 2
    assert "demo accounts (admin@demo.example)" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    disable(engine)
    assert served(tmp_path).returncode == 0


def disable(engine: Engine) -> None:
    with shared_session(engine) as session:
        set_active(session, "admin@demo.example", active=False, now=clock_now())
    engine.dispose()


def test_a_fresh_database_lets_nobody_in(tmp_path: Path, settings: Settings) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    app = create_app(dataclasses.replace(settings, database_url=url))
    app.config["WTF_CSRF_ENABLED"] = False

    for email, password in (
        ("admin", "admin"),
        ("admin@demo.example", "demo-password-1"),
        ("root@localhost", ""),
        ("", ""),
    ):
        answer = app.test_client().post("/login", data={"email": email, "password": password})
        assert answer.status_code == 422
    app.extensions["engine"].dispose()
