"""Whether a process can do its work: each probe tells what is still wrong, or None."""

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.client import HTTPException

from local.pages import get
from local.ports import knows_itself

Probe = Callable[[], str | None]

PATIENCE = 2.0


def broker(port: int) -> Probe:
    """Ready when the broker answers for itself."""
    return lambda: None if knows_itself(port) else "does not answer yet"


def http(port: int) -> Probe:
    """Ready when /health/ready says so; its own words otherwise."""
    return partial(_health, port)


def _health(port: int) -> str | None:
    try:
        status, body = get(port, "/health/ready", PATIENCE)
    except (OSError, HTTPException):
        return "does not listen yet"
    return None if status == HTTPStatus.OK else wrong(body)


def wrong(body: bytes) -> str:
    """The checks that fail, in the words of the process."""
    try:
        checks = json.loads(body)["checks"]
        return "; ".join(str(reason) for reason in checks.values() if reason) or "not ready"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "not ready"
