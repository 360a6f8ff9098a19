"""Password hashes and rules (security.md S9, S10)."""

import re

import pytest
from argon2 import PasswordHasher

from compliance.identity import HASHER, WeakPasswordError, check_password, hash_password
from compliance.identity.passwords import (
    NOBODYS_HASH,
    common_passwords,
    needs_rehash,
    verify_password,
)

FIGURES = re.compile(r"^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$")


def test_hashes_cost_what_owasp_asks() -> None:
    found = FIGURES.match(hash_password("x"))

    assert found
    assert int(found[1]) >= 19 * 1024
    assert int(found[2]) >= 2


@pytest.mark.parametrize(
    "password",
    [
        "a" * 64,
        "b" * 128,
        "出口管制企业内部合规机制三条大河",
        "  spaces around  ",
        "é\N{GRINNING FACE}" * 10,
    ],
)
def test_a_password_is_taken_as_it_is(password: str) -> None:
    kept = hash_password(password)

    assert verify_password(kept, password)
    assert not verify_password(kept, password.strip() + "x")
    assert not verify_password(kept, password.upper() if password.upper() != password else "x")


def test_nothing_is_cut_off() -> None:
    kept = hash_password("a" * 72 + "right")

    assert not verify_password(kept, "a" * 72 + "wrong")


def test_a_monstrous_password_is_not_hashed() -> None:
    assert not verify_password(hash_password("x"), "x" * 1001)


def test_nobodys_hash_costs_the_same() -> None:
    assert not HASHER.check_needs_rehash(NOBODYS_HASH)
    assert not verify_password(None, "nobody has this")


def test_a_weaker_hash_is_renewed() -> None:
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8 * 1024).hash("x"))
    assert not needs_rehash(hash_password("x"))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Eleven-char", "short"),
        ("x" * 1001, "long"),
        ("abababababab", "monotonous"),
        ("Password1234", "common"),
        ("passwordpassword", "common"),
        ("qwertyuiop123", "common"),
        ("!!sunshine2024!!", "common"),
        ("haiyun-is-best-1", "context"),
        ("my Lin.Yue secret", "context"),
        ("export control rules", "context"),
        ("海运精密机械有限公司的密码", "context"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, reason: str) -> None:
    context = ("lin.yue", "Lin Yue", "Haiyun Precision Co.", "海运精密机械")

    with pytest.raises(WeakPasswordError) as caught:
        check_password(password, context)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "password",
    [
        "tulip bicycle harbour",
        "seven rivers and one bell",
        "三条大河边上有一口老钟啊",
        "aaaa bbbb cccc dddd eeee",
    ],
)
def test_a_long_one_without_digits_or_marks_is_fine(password: str) -> None:
    check_password(password, ("officer", "Amber"))


def test_the_list_holds_the_most_used() -> None:
    assert len(common_passwords()) >= 3000
    assert {"123456", "password", "qwerty"} <= common_passwords()
