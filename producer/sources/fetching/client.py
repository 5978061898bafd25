"""Fetches one document: every address is checked where it is connected to, redirects included.

A name is resolved once, and what is connected to is the address that was looked at: a name server
that answers differently the second time gains nothing. A proxy would resolve names itself, so none
is used.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx

from producer.metrics import Fetch
from producer.sources.fetching.addresses import may_connect
from producer.sources.fetching.failures import HostFailed, Unread
from producer.sources.fetching.unpacking import ASKED_FOR, unpacked
from producer.sources.settings import SourceSettings

Resolve = Callable[[str, int], Awaitable[list[str]]]

MOST_ADDRESSES = 4
CONNECT_LIMIT = 5.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_KEPT = httpx.Limits(max_keepalive_connections=0)


class Fetched(NamedTuple):
    """What a server has answered; header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Fetches within the limits of the settings; keeps nothing between two fetches."""

    def __init__(
        self,
        settings: SourceSettings,
        resolve: Resolve = resolved,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings, self._resolve = settings, resolve
        self._tls = tls or httpx.create_ssl_context()
        self._hosts = [host.strip().lower() for host in settings.fetch_hosts.split(",")]

    async def fetch(
        self, url: str, headers: Mapping[str, str], *, redirects: int | None = None
    ) -> Fetched:
        """What the server answered, whatever its status; raises Unread."""
        limit = self._settings.fetch_timeout
        most = self._settings.fetch_redirects if redirects is None else redirects
        try:
            async with asyncio.timeout(limit):
                return await self._follow(_parsed(url), headers, most)
        except TimeoutError as error:
            late = f"it did not answer within {limit:g} s (FETCH_TIMEOUT)"
            raise HostFailed(Fetch.TIMED_OUT, late) from error
        except (httpx.TransportError, OSError) as error:  # of TLS, some come as they are
            raise _broken(error) from error

    async def _follow(self, url: httpx.URL, headers: Mapping[str, str], most: int) -> Fetched:
        for _ in range(most + 1):
            async with self._asked(url, headers) as response:
                onward = _onward(url, response)
                if onward is None:
                    return await self._read(url, response)
            url = onward
        raise Unread(Fetch.REFUSED, f"it redirects more than {most} times")

    @asynccontextmanager
    async def _asked(
        self, url: httpx.URL, headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        addresses = await self._addresses(url)
        # Kept connections would be shared by all names of an address, whatever their certificates.
        async with httpx.AsyncHTTPTransport(verify=self._tls, limits=_NOT_KEPT) as transport:
            response = await self._first(transport, _request(url, self._said(headers)), addresses)
            try:
                yield response
            finally:
                await response.aclose()

    async def _addresses(self, url: httpx.URL) -> list[str]:
        """The host's addresses, each of them fit to be connected to."""
        _must_be_fit(url)
        if self._hosts != [""] and not any(_within(_host(url), host) for host in self._hosts):
            raise Unread(Fetch.REFUSED, "its host is none of FETCH_HOSTS")
        try:
            found = await self._resolve(_host(url), url.port or 0)
        except (OSError, UnicodeError) as error:  # the latter for names that cannot be any
            raise HostFailed(Fetch.UNREACHABLE, "its host has no address") from error
        inside = self._settings.fetch_private
        if not found or not all(may_connect(address, inside=inside) for address in found):
            raise Unread(Fetch.REFUSED, "its host has an address that is not public")
        return found[:MOST_ADDRESSES]

    async def _first(
        self, transport: httpx.AsyncHTTPTransport, request: httpx.Request, addresses: list[str]
    ) -> httpx.Response:
        for address in addresses[:-1]:
            try:
                return await transport.handle_async_request(_directed(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await transport.handle_async_request(_directed(request, addresses[-1]))

    async def _read(self, url: httpx.URL, response: httpx.Response) -> Fetched:
        encoding = response.headers.get("content-encoding", "")
        body = await unpacked(response.aiter_raw(), encoding, self._settings.fetch_max_bytes)
        return Fetched(str(url), response.status_code, dict(response.headers), body)

    def _said(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        who = self._settings.fetch_user_agent
        return {"user-agent": who, "accept-encoding": ASKED_FOR, "accept": "*/*", **headers}


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Unread(Fetch.REFUSED, "its address is none") from error


def _must_be_fit(url: httpx.URL) -> None:
    if url.scheme not in {"http", "https"} or not _host(url):
        raise Unread(Fetch.REFUSED, "its address begins with neither http:// nor https://")
    if url.userinfo:
        raise Unread(Fetch.REFUSED, "its address has a name or password in it")


def _host(url: httpx.URL) -> str:
    """As it goes over the wire; raises Unread for names that decode to nothing."""
    try:
        return url.raw_host.decode() if url.host else ""
    except UnicodeError as error:
        raise Unread(Fetch.REFUSED, "its host has a name that cannot be one") from error


def _within(host: str, allowed: str) -> bool:
    return host == allowed or host.endswith(f".{allowed}")


def _request(url: httpx.URL, headers: Mapping[str, str]) -> httpx.Request:
    asked = {"sni_hostname": _host(url), "timeout": {"connect": CONNECT_LIMIT}}
    return httpx.Request("GET", url, headers=headers, extensions=asked)


def _directed(request: httpx.Request, address: str) -> httpx.Request:
    """The same request, with its host already resolved; `Host` and certificate stay the name's."""
    url = request.url.copy_with(host=address)
    return httpx.Request("GET", url, headers=request.headers, extensions=request.extensions)


def _onward(url: httpx.URL, response: httpx.Response) -> httpx.URL | None:
    if response.status_code not in _REDIRECTS or "location" not in response.headers:
        return None
    try:
        return url.join(response.headers["location"])
    except httpx.InvalidURL as error:
        raise Unread(Fetch.REFUSED, "it redirects to what is no address") from error


def _broken(error: Exception) -> HostFailed:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return HostFailed(Fetch.UNREACHABLE, "its certificate is not valid")
        cause = cause.__cause__ or cause.__context__
    return HostFailed(Fetch.UNREACHABLE, f"it cannot be reached ({type(error).__name__})")
