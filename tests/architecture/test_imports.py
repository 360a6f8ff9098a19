"""Rooms import downwards only; the contracts stand in pyproject.toml."""

from pathlib import Path

from importlinter import cli

ROOT = Path(__file__).parents[2]


def test_import_contracts_hold(capsys, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)

    status = cli.lint_imports(no_cache=True)

    assert status == 0, capsys.readouterr().out
