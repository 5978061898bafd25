"""Reads a document that was sent as JSON; what is wrong with it is told without quoting it."""

import json
from typing import TypeVar

from pydantic import ValidationError

from inference.contract import Document, Reason, Rejection

STAGE = "read"
ACCEPTED = "this lane takes one article as a JSON object in UTF-8"
# How many faults are told; the first few are enough to mend it.
TOLD = 5
# What was understood and is against the rules, by pydantic's names for it.
_AGAINST_THE_RULES = {"string_too_long", "too_long", "value_error"}
# What pydantic puts before the message of an exception that a validator raises.
_PREFIX = "Value error, "

Read = TypeVar("Read", bound=Document)


def document(data: bytes, kind: type[Read]) -> Read | Rejection:
    """The document in a value, or why there is none."""
    try:
        return kind.model_validate(_parsed(data))
    except ValidationError as error:
        return _faults(error)
    except json.JSONDecodeError as error:
        return _malformed(f"the value is not JSON: see line {error.lineno}, column {error.colno}")
    except RecursionError:
        return _malformed(f"the value is nested too deeply: {ACCEPTED}")
    except ValueError:
        return _malformed(f"the value is not JSON: {ACCEPTED}")


def _parsed(data: bytes) -> object:
    """Texts that were cut by UTF-16 units end in half a character; it becomes a question mark."""
    found: object = json.loads(data, parse_constant=_refuse)
    if b"\\ud" not in data.lower():
        return found
    return json.loads(json.dumps(found, ensure_ascii=False).encode(errors="replace"))


def _refuse(_constant: str) -> None:
    message = "NaN and Infinity are no JSON"
    raise ValueError(message)


def _faults(error: ValidationError) -> Rejection:
    found = error.errors(include_url=False, include_input=False)
    told = "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix(_PREFIX)}"
        if fault["loc"]
        else ACCEPTED
        for fault in found[:TOLD]
    )
    refused = {fault["type"] for fault in found} <= _AGAINST_THE_RULES
    return Rejection(Reason.REFUSED if refused else Reason.MALFORMED, STAGE, told)


def _malformed(detail: str) -> Rejection:
    return Rejection(Reason.MALFORMED, STAGE, detail)
