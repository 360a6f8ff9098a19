"""Words of identity's facts: why a password is weak, what a role is called in a sentence."""

from flask_babel import gettext as _

from compliance.identity import WeakPasswordError


def weak_password(weak: WeakPasswordError) -> str:
    """Why a new password was refused, and what to do."""
    reasons: dict[str, str] = {
        "short": _("Use at least 12 characters. Several words in a row are easy to remember."),
        "long": _("Use at most 1000 characters."),
        "monotonous": _("Use more different characters."),
        "common": _("This password is among the most used ones, or close to one. Choose another."),
        "context": _(
            "Leave out your name, your e-mail address, the firm's name and the name of this "
            "service."
        ),
    }
    return reasons[weak.reason]
