"""What a container engine and systemd would read, as far as it can be checked without them."""

import re
import subprocess
from configparser import ConfigParser
from importlib import import_module, util
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.settings import ROOT, SettingsError, read_settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVED = "compliance.web.serving:app"


def unit(path: Path) -> dict[str, dict[str, str]]:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def example() -> dict[str, str]:
    lines = (DEPLOY / "production.env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_container_copies_what_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = [
        source
        for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
        for source in sources.split()
    ]

    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_the_container_has_every_folder_that_the_application_reads() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    code = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "compliance").rglob("*.py"))
    named = set(re.findall(r'ROOT / "([a-z]+)"', code)) - {"instance", "docs", "tests"}
    read = {name for name in named if (ROOT / name).is_dir()}

    assert [name for name in sorted(read) if f"COPY {name} {name}" not in text] == []


def test_the_container_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

    assert re.search(r"^USER app$", text, re.MULTILINE)
    assert "--require-hashes" in text


def test_the_container_installs_what_set_up_installs() -> None:
    setup = (ROOT / "script" / "setup").read_text(encoding="utf-8")
    packages = re.search(r"server_packages=\(([^)]*)\)", setup)
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

    assert packages
    assert [name for name in packages[1].split() if name not in text] == []


def test_the_services_start_in_order() -> None:
    services = compose()["services"]

    assert set(services) == {"migrate", "web", "worker", "database", "queue"}
    for name in ("web", "worker"):
        needs = services[name]["depends_on"]
        assert needs["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("database", "queue"):
        assert services[name]["healthcheck"]["test"]


def test_no_service_is_open_to_the_network() -> None:
    ports = [
        port for service in compose()["services"].values() for port in service.get("ports", [])
    ]

    assert ports == ["127.0.0.1:8000:8000"]


def test_no_secret_has_a_value_in_the_files() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")

    assert example()["SECRET_KEY"] == ""
    assert re.findall(r"PASSWORD: (?!\$\{\w+:\?)", text) == []


def test_the_example_is_refused_until_it_is_filled_in() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        read_settings(example())


def test_the_example_filled_in_is_a_production_installation(tmp_path: Path) -> None:
    secret = "5f0c1b7a9e3d48f6a2b4c6d8e0f1a3b5"

    settings = read_settings({**example(), "SECRET_KEY": secret, "DATA_DIR": str(tmp_path)})

    assert settings.production
    assert settings.trusted_proxies == 1


def test_the_database_role_cannot_pass_row_level_security() -> None:
    text = (DEPLOY / "postgres-role.sh").read_text(encoding="utf-8")
    done = subprocess.run(["sh", "-n", DEPLOY / "postgres-role.sh"], check=False)

    assert done.returncode == 0
    assert "NOSUPERUSER NOBYPASSRLS" in text


def test_the_proxy_hands_on_what_the_program_believes() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    example_host = example()["TRUSTED_HOSTS"]

    assert text.count("{") == text.count("}")
    handed_on = {"Host": "$host", "X-Forwarded-Host": "$host", "X-Forwarded-Proto": "$scheme"}
    for name, value in {**handed_on, "X-Forwarded-For": "$remote_addr"}.items():
        assert f"proxy_set_header {name} {value};" in text
    assert f"server_name {example_host};" in text
    assert "client_max_body_size 25m;" in text
    assert "proxy_request_buffering off" not in text
    assert "http2 on;" not in re.sub("#.*", "", text), "unknown to the nginx of Debian 12"


def test_commands_get_the_settings_of_the_service(tmp_path: Path) -> None:
    """As systemd reads the file: values are nobody's shell text."""
    settings, program = tmp_path / "production.env", tmp_path / "program"
    settings.write_text(
        "# of the service\n\nSMTP_URL=smtp://a:p$x'y\"z w@mail\nAPP_MODE=production\n"
    )
    (program / ".venv" / "bin").mkdir(parents=True)
    flask = program / ".venv" / "bin" / "flask"
    flask.write_text('#!/bin/sh\nprintf "%s|" "$SMTP_URL" "$APP_MODE" "$PWD" "$@"\n')
    flask.chmod(0o755)
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)

    done = subprocess.run(
        [DEPLOY / "self-assessment", "audit", "verify me"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "SETTINGS": str(settings),
             "PROGRAM": str(program), "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert done.stdout == f"smtp://a:p$x'y\"z w@mail|production|{program}|audit|verify me|"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_run_the_installation_without_rights(path: Path) -> None:
    service = unit(path)["Service"]

    assert service["User"] == "self-assessment"
    assert "/opt/self-assessment/.venv/bin/" in service["ExecStart"]
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["Restart"] == "on-failure"


def test_what_is_served_is_there() -> None:
    named = [
        *re.findall(r"compliance\.[a-z.]+(?::app)?", (DEPLOY / "Containerfile").read_text()),
        *(word for path in UNITS for word in unit(path)["Service"]["ExecStart"].split()),
        *(ROOT / "script" / "server").read_text(encoding="utf-8").split(),
    ]

    assert named.count(SERVED) == 3
    assert all(
        "--blocking-threads 512" in text.replace('", "', " ")
        for text in (
            (DEPLOY / "Containerfile").read_text(),
            (DEPLOY / "systemd" / "self-assessment.service").read_text(),
            (ROOT / "script" / "server").read_text(encoding="utf-8"),
        )
    )
    assert util.find_spec("compliance.web.serving")
    assert util.find_spec("compliance.worker.distributed")
    assert import_module("compliance.language").compile_stale
