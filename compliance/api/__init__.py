"""The JSON entrance under /api/v1: the same verbs as the pages, for programs.

In: requests with a token of one person in one firm. Out: JSON; errors as RFC 9457 problem details.
Everything is scoped to the caller's firm; what belongs to another firm is 404.
"""

from compliance.api.entrance import register

__all__ = ["register"]
