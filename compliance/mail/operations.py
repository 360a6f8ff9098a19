"""Posting a message and delivering what waits."""

import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from compliance.database import shared_reading, shared_session
from compliance.mail.models import Mail
from compliance.settings import Settings

log = structlog.get_logger()
MOST_ATTEMPTS = 5


def post(
    session: Session,
    recipient: str,
    subject: str,
    body: str,
    *,
    now: datetime,
    firm_id: UUID | None = None,
) -> Mail:
    """Keep a message to be sent once the caller's transaction is committed."""
    mail = Mail(
        firm_id=firm_id,
        recipient=_one_line(recipient),
        subject=_one_line(subject),
        body=body,
        created_at=now,
    )
    session.add(mail)
    return mail


def latest(session: Session, number: int = 20) -> list[Mail]:
    """The newest messages that a session sees."""
    return list(session.scalars(select(Mail).order_by(Mail.created_at.desc()).limit(number)))


def deliver(engine: Engine, settings: Settings, *, now: datetime) -> int:
    """Send what waits; returns how many were sent. Two callers at once send nothing twice."""
    with shared_reading(engine) as session:
        waiting = session.scalars(
            select(Mail.id)
            .where(Mail.sent_at.is_(None), Mail.attempts < MOST_ATTEMPTS)
            .order_by(Mail.created_at)
            .limit(100)
        ).all()
    return sum(_deliver_one(engine, settings, mail_id, now) for mail_id in waiting)


def _deliver_one(engine: Engine, settings: Settings, mail_id: UUID, now: datetime) -> bool:
    """Claim the message under its lock, then send it."""
    with shared_session(engine) as session:
        mail = session.get_one(Mail, mail_id, with_for_update=True)
        if mail.sent_at is not None:
            return False
        mail.sent_at, mail.attempts = now, mail.attempts + 1
    try:
        _send(settings, mail)
    except (OSError, smtplib.SMTPException) as fault:
        log.warning("mail_not_sent", mail=str(mail_id), fault=type(fault).__name__)
        with shared_session(engine) as session:
            again = session.get_one(Mail, mail_id)
            again.sent_at, again.fault = None, f"{type(fault).__name__}: {fault}"[:300]
        return False
    with shared_session(engine) as session:
        session.get_one(Mail, mail_id).body = ""  # it may hold a link that sets a password
    return True


def _send(settings: Settings, mail: Mail) -> None:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.id}@{urlsplit(settings.base_url).hostname or 'localhost'}>"
    message.set_content(mail.body)
    if settings.smtp_url:
        _over_smtp(settings.smtp_url, message)
    else:
        _into_outbox(settings.data_dir / "outbox", mail, message)


def _over_smtp(url: str, message: EmailMessage) -> None:
    """`smtp://` upgrades by STARTTLS where the server offers it; `smtps://` speaks TLS at once."""
    parts = urlsplit(url)
    host, tls = parts.hostname or "localhost", parts.scheme == "smtps"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if tls:
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=10, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=10)
    with server:
        server.ehlo()
        if not tls and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _into_outbox(folder: Path, mail: Mail, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{mail.created_at:%Y%m%dT%H%M%S}-{mail.id}.eml"
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(bytes(message))


def _one_line(text: str) -> str:
    return " ".join(text.split())
