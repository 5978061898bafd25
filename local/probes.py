"""Whether a process can do its work: each probe tells what is still wrong, or None."""

import json
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException

from local.ports import LOOPBACK, knows_itself

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
        status, body = get(port, "/health/ready")
    except (OSError, HTTPException):
        return "does not listen yet"
    return None if status == 200 else wrong(body)  # noqa: PLR2004 - HTTP's own number


def wrong(body: bytes) -> str:
    """The checks that fail, in the words of the process."""
    try:
        checks = json.loads(body)["checks"]
        return "; ".join(str(reason) for reason in checks.values() if reason) or "not ready"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "not ready"


def get(port: int, path: str) -> tuple[int, bytes]:
    """Status and body of one page on this machine."""
    connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
