"""What a sender says about an event over HTTP: in the query, or as CloudEvents' headers do."""

from typing import Annotated, Any, NamedTuple, Self
from urllib.parse import unquote

from fastapi import Header, Query

from inference.contract import Contract
from inference.web.problems import Problem

# Ids and sources go into headers and URLs, so they are short and on one line.
_TEXT = r"^[^\x00-\x1f\x7f]+$"
_HEADER = Header(max_length=1024)
_ID = Query(
    max_length=256,
    pattern=_TEXT,
    description="The event's id, also as header `ce-id`; by default a new one. "
    "Sent again with the same id and source, it is the same question.",
)
_SOURCE = Query(
    max_length=256,
    pattern=_TEXT,
    description="The event's CloudEvents source, also as header `ce-source`.",
)
_KEY = Query(
    max_length=1024,
    description="The record's key, by default none: "
    "events of one key are answered in the order in which they were written.",
)


class Asked(NamedTuple):
    """What was said; None where nothing was."""

    id: str | None
    source: str | None
    key: str | None
    type: str | None

    @classmethod
    def of(  # noqa: PLR0913 - one parameter for each thing that may be said
        cls,
        *,
        key: Annotated[str | None, _KEY] = None,
        id: Annotated[str | None, _ID] = None,  # noqa: A002 - the query's own word
        source: Annotated[str | None, _SOURCE] = None,
        ce_id: Annotated[str | None, _HEADER] = None,
        ce_source: Annotated[str | None, _HEADER] = None,
        ce_type: Annotated[str | None, _HEADER] = None,
    ) -> Self:
        """The query's words, else the headers'."""
        return cls(id or _decoded(ce_id), source or _decoded(ce_source), key, _decoded(ce_type))

    def must_suit(self, contract: Contract[Any, Any]) -> None:
        """Refuses an event that says that it is for another lane, or another version of this."""
        wanted = contract.request_type
        if self.type and self.type != wanted and self.type.startswith("penstock."):
            raise Problem(422, "Wrong type", f"This lane takes events of the type {wanted}.")


def _decoded(header: str | None) -> str | None:
    """A CloudEvents header's text: percent-encoded, as its HTTP binding says."""
    text = unquote(header or "")
    if any(not character.isprintable() for character in text):
        raise Problem(422, "Wrong header", "CloudEvents headers hold one line of printable text.")
    return text or None
