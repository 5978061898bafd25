"""Failures of the process. Failures of one item are values: see `contract.Rejection`.

PenstockError
 +-- Transient      a rung asks to be tried again: the item is, within its budget
 +-- Unavailable    nobody can answer now: stop fetching, say so, go on when somebody can
 +-- Misconfigured  a setting is wrong: say which, and end before anything is read
 +-- Fatal          this process cannot go on: end it, another one takes over
"""


class PenstockError(Exception):
    """Every exception that this project raises on purpose."""


class Transient(PenstockError):
    """The same call may well succeed a moment later, `after` so many seconds at the earliest."""

    attempts = 1
    after = 0.0


class Unavailable(PenstockError):
    """No rung is left that could answer; the records must wait."""


class Misconfigured(PenstockError):
    """The message says which setting is wrong and what to write instead."""


class Fatal(PenstockError):
    """Going on would do harm; the records in flight are redelivered elsewhere."""
