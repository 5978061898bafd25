"""What a database's refusal means for the rows: wait and try again, or leave these out."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from inference.errors import PenstockError, Unavailable

# PostgreSQL's classes of errors that lie in the values: data, constraints, limits.
_OF_THE_ROWS = ("22", "23", "54")
_LONGEST = 200


class Unstorable(PenstockError):
    """The store refuses these very rows, and always will."""


def meaning(error: DBAPIError) -> Unavailable | Unstorable:
    """Unstorable when the rows are at fault; everything else passes, so it is worth waiting."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if isinstance(error, DataError | IntegrityError) or state.startswith(_OF_THE_ROWS):
        return Unstorable(f"the store refuses a row ({type(error.orig).__name__} {state})")
    return Unavailable(f"the store does not answer: {_why(error)}")


def _why(error: DBAPIError) -> str:
    """Operational errors speak of files, locks and connections; others may quote what was sent."""
    lines = str(error.orig).splitlines()
    if isinstance(error, OperationalError) and lines:
        return lines[0][:_LONGEST]
    return type(error.orig).__name__
