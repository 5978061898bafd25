"""Without keys only this machine is answered, and only what somebody on it has asked for.

That a service listens on localhost alone is not enough: a proxy may pass the world on to it, and
any page that a browser shows may send requests to it.
"""

from collections.abc import Collection
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from inference.web.problems import Problem

_DETAIL = "Without API keys only this machine is answered; API_KEYS_FILE lets others in."


def is_this_machine(host: str) -> bool:
    """Whether that name or address can only be this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def must_be_neighbours(head: Headers, origins: Collection[str]) -> None:
    """Raises where somebody elsewhere is behind the request."""
    origin = head.get("origin")
    asked_for = _host(f"//{head.get('host', '')}")
    foreign = origin is not None and origin not in origins and not is_this_machine(_host(origin))
    if foreign or not is_this_machine(asked_for):
        raise Problem(HTTPStatus.FORBIDDEN, "Not for strangers", _DETAIL)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
