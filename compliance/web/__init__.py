"""The HTML entrance: thin views, one file a room, and what they share.

In: requests. Out: pages. Knows Flask; knows no SQL and no arithmetic.
"""

from compliance.web.factory import create_app

__all__ = ["create_app"]
