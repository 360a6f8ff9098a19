"""The printed assessment: what a firm hands to its directors, its counsel and the inspector.

In: an edition, an answer bundle and its result, with what else belongs on the page (reviewer's
decisions, owners, the last snapshot). Out: a `GapReport`, and from it PDF, spreadsheet, document
and data files. A report prints a result; it never computes one. Must not know Flask, the database
or the clock.
"""
