"""What it means when a provider answers with another status than 200."""

import re

from inference.engines.external_ai.faults import Lasting, Outcome, Passing, Unfit
from inference.engines.external_ai.hints import pause
from inference.engines.external_ai.wire import Reply

_AGAIN = frozenset({408, 409})
_SPENT = re.compile(
    r"insufficient_quota|billing_(hard_limit|not_active)|exceeded your current quota"
)
# What of a request some servers do not know, and name when they refuse it.
_FIELDS = re.compile(
    r"max_completion_tokens|max_tokens|temperature|response_format|json_schema|json_object|store"
)
_ABSENT = re.compile(r"model_not_found|not supported by provider|model_not_supported")
_LONG = re.compile(r"context_length|context length|context size|too long")
_FILTERED = re.compile(r"content_filter|content_policy|content management policy")
# Where a provider refuses for its rate and does not say for how long.
_BREATH = 1.0
_SAID_AT_MOST = 4096


def fault(reply: Reply) -> Passing | Lasting | Unfit:
    """What is to happen next; what the provider says is looked at, and never told."""
    said = _said(reply)
    if reply.status == 402 or (reply.status == 429 and _SPENT.search(said)):  # noqa: PLR2004 - statuses are known by their numbers
        return Lasting(Outcome.QUOTA, f"{reply.status}: the account's quota is spent", 60.0)
    if reply.status == 429:  # noqa: PLR2004 - likewise
        return _again(reply, Outcome.LIMITED, "too many calls")
    if reply.status >= 500 or reply.status in _AGAIN:  # noqa: PLR2004 - likewise
        return _again(reply, Outcome.SERVER, "the provider failed")
    if reply.status in {400, 413, 415, 422}:
        return _refused(reply, said)
    message = f"{reply.status}: the provider refuses the key, the address or the model"
    return Lasting(Outcome.DENIED, message)


def _refused(reply: Reply, said: str) -> Unfit | Lasting:
    if _ABSENT.search(said):
        return Lasting(Outcome.DENIED, f"{reply.status}: the provider does not serve the model")
    if reply.status == 413 or _LONG.search(said):  # noqa: PLR2004 - likewise
        return Unfit(Outcome.LONG, f"{reply.status}: the text is too long for the model")
    if _FILTERED.search(said):
        return Unfit(Outcome.FILTERED, f"{reply.status}: the provider's filter refuses the text")
    blamed = frozenset(_FIELDS.findall(said))
    return Unfit(Outcome.INVALID, f"{reply.status}: the provider refuses the request", blamed)


def _again(reply: Reply, outcome: Outcome, what: str) -> Passing | Unfit:
    message = f"{reply.status}: {what}"
    if reply.headers.get("x-should-retry") == "false":
        return Unfit(outcome, message)
    named = pause(reply.headers)
    if named is None:
        named = _loading(reply) if outcome is Outcome.SERVER else _BREATH
    return Passing(outcome, message, after=named, begun=False)


def _loading(reply: Reply) -> float:
    """Hugging Face says in the body how long a model takes to load."""
    found = re.search(rb'"estimated_time"\s*:\s*([0-9.]{1,10})', reply.body[:_SAID_AT_MOST])
    try:
        return float(found[1]) if found else 0.0
    except ValueError:
        return 0.0


def _said(reply: Reply) -> str:
    """The field that is named, else the whole message, which may name what to use instead too."""
    text = reply.body[:_SAID_AT_MOST].decode("utf-8", "replace").lower()
    named = re.search(r'"param"\s*:\s*"([^"]{1,100})"', text)
    code = re.search(r'"code"\s*:\s*"([^"]{1,100})"', text)
    return f"{named[1]} {code[1] if code else ''}" if named else text
