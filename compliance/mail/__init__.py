"""E-mail: written in the transaction that causes it, sent afterwards.

In: recipient, subject, body. Out: a message over SMTP, or a file in the outbox where no server is
configured. Knows no page and no reason for a message.
"""

from compliance.mail.models import Mail
from compliance.mail.operations import deliver, latest, post

__all__ = ["Mail", "deliver", "latest", "post"]
