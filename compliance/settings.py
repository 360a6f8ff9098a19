"""Settings from the environment, read once and frozen."""

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


class SettingsError(Exception):
    """A setting is missing, weak or contradicts another; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs.

    `mode` is `demo` (demo accounts may exist, plain HTTP) or `production` (see `check`).
    """

    mode: str
    database_url: str
    secret_key: str
    data_dir: Path
    base_url: str
    redis_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "self-assessment@localhost"
    embedded_jobs: bool = True
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0  # number of reverse proxies whose X-Forwarded-* headers are believed
    debug: bool = False
    idle_minutes: int = 30  # a login that isn't used ends
    absolute_hours: int = 12  # every login ends
    signing_pkcs12: Path | None = None
    signing_passphrase: str | None = None
    metrics_token: str | None = None  # lets another machine read /metrics
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from environment variables; raises SettingsError with one line a fault."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("DATA_DIR") or ROOT / "instance").resolve()
    mode = env.get("APP_MODE", "demo")
    if mode not in ("demo", "production"):
        raise SettingsError(f"APP_MODE is {mode!r}; it may be demo or production")
    database_url = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'app.db'}"
    if database_url.startswith(("postgres://", "postgresql://")):
        database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
    secret = _secret(env)
    if not secret and mode == "demo":
        secret = _demo_secret(data_dir)
    pkcs12 = env.get("SIGNING_PKCS12")
    settings = Settings(
        mode=mode,
        database_url=database_url,
        secret_key=secret,
        data_dir=data_dir,
        base_url=env.get("BASE_URL", f"http://127.0.0.1:{env.get('PORT', '8000')}").rstrip("/"),
        redis_url=env.get("REDIS_URL") or None,
        smtp_url=env.get("SMTP_URL") or None,
        mail_from=env.get("MAIL_FROM", "self-assessment@localhost"),
        embedded_jobs=env.get("EMBEDDED_JOBS", "1") != "0",
        trusted_hosts=tuple(h for h in env.get("TRUSTED_HOSTS", "").split(",") if h),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, at_least=0),
        idle_minutes=_number(env, "IDLE_MINUTES", 480 if mode == "demo" else 30),
        absolute_hours=_number(env, "ABSOLUTE_HOURS", 168 if mode == "demo" else 12),
        debug=env.get("FLASK_DEBUG", "0") not in ("", "0", "false"),
        signing_pkcs12=Path(pkcs12) if pkcs12 else None,
        signing_passphrase=env.get("SIGNING_PASSPHRASE"),
        metrics_token=env.get("METRICS_TOKEN") or None,
        oidc_issuer=env.get("OIDC_ISSUER") or None,
        oidc_client_id=env.get("OIDC_CLIENT_ID") or None,
        oidc_client_secret=env.get("OIDC_CLIENT_SECRET") or None,
    )
    faults = production_faults(settings) if settings.production else []
    if settings.production:
        faults += [
            f"{name} is {path}, which others on this machine may read; run: chmod 600 {path}"
            for name, path in (
                ("SECRET_KEY_FILE", env.get("SECRET_KEY_FILE")),
                ("SIGNING_PKCS12", pkcs12),
            )
            if path and _others_may_read(Path(path))
        ]
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def production_faults(settings: Settings) -> list[str]:
    """What forbids to start in production, one line each."""
    faults = []
    secret = settings.secret_key
    if len(secret.encode()) < 32 or len(set(secret)) < 10 or "change" in secret.lower():
        faults.append("SECRET_KEY must be at least 32 random bytes; make one: openssl rand -hex 32")
    if not settings.base_url.startswith("https://"):
        faults.append(
            f"BASE_URL is {settings.base_url!r}; in production it must begin with https://"
        )
    if settings.debug:
        faults.append("FLASK_DEBUG is on; it must be off in production")
    if not settings.trusted_hosts:
        faults.append("TRUSTED_HOSTS must name the host names of this service, separated by commas")
    return faults


def _secret(env: Mapping[str, str]) -> str:
    """The secret key, from the environment or from the file that it names."""
    named, direct = env.get("SECRET_KEY_FILE"), env.get("SECRET_KEY", "")
    if not named:
        return direct
    if direct:
        raise SettingsError("SECRET_KEY and SECRET_KEY_FILE are both set; only one may be")
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"SECRET_KEY_FILE is {named}, which can't be read: {fault}") from None


def _others_may_read(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False  # what isn't there is told where it is read


def _number(env: Mapping[str, str], name: str, default: int, *, at_least: int = 1) -> int:
    given = env.get(name) or str(default)
    if not given.isascii() or not given.isdigit() or int(given) < at_least:
        raise SettingsError(f"{name} is {given!r}; it may be a whole number from {at_least}")
    return int(given)


def _demo_secret(data_dir: Path) -> str:
    """A secret made once for this checkout, readable by its owner only."""
    path = data_dir / "secret"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()
