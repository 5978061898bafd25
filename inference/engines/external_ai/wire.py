"""One pool of connections, and one exchange on it: never longer, never larger than allowed."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import httpx

from inference.engines.external_ai.faults import Lasting, Outcome, Passing
from inference.errors import Misconfigured

_CONNECT = 5.0
_KEEP = 30.0
# No time limit between bytes: the whole exchange has one.
_TIMEOUT = {"timeout": {"connect": _CONNECT, "read": None, "write": None, "pool": None}}
# An answer is small; what is packed could be large without looking so.
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "identity",
    "content-type": "application/json",
    "user-agent": "penstock",
}
_MOST_BYTES = 2 * 1024 * 1024
# At every request httpx's pool looks at each of its connections: 200 in one pool cost ten times as
# much as 200 in small ones. And a stream of HTTP/2 that waits for its connection is never moved.
_SMALL = 4
# Streams of HTTP/2 share a connection, and giving one up does not close it: after so many calls in
# a row without an answer, it is taken for dead.
_SILENT = 2


class Reply(NamedTuple):
    """What a server said, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> object:
        """The body as JSON; raises `Passing` where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            message = "what the provider answered is no JSON"
            raise Passing(Outcome.BROKEN, message) from error


class Route(NamedTuple):
    """How to get out of here."""

    connections: int
    proxy: str | None = None
    certificates: Path | None = None


class Pool:
    """Small pools as one; a request goes to the first that has room, and is read to its end.

    Transports are used without a client: what that adds (cookies, redirects, authentication) is
    not wanted here, and costs a fifth of the time.
    """

    def __init__(self, route: Route) -> None:
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=_SMALL, keepalive_expiry=_KEEP
        )
        context = _context(route.certificates)
        self._transport = partial(
            httpx.AsyncHTTPTransport, verify=context, limits=limits, http2=True, proxy=route.proxy
        )
        self._parts = [_Part(self._transport()) for _ in range(-(-route.connections // _SMALL))]

    async def post(self, url: httpx.URL, headers: dict[str, str], body: bytes) -> Reply:
        """What the server says, for as long as it takes."""
        request = httpx.Request(
            "POST", url, headers=_HEADERS | headers, content=body, extensions=_TIMEOUT
        )
        part = self._chosen()
        part.busy += 1
        try:
            response = await part.transport.handle_async_request(request)
            reply = Reply(response.status_code, response.headers, await _read(response))
        except asyncio.CancelledError:
            self._missed(part)
            raise
        finally:
            part.busy -= 1
            if part.left and not part.busy:
                await part.transport.aclose()
        part.missed = 0
        return reply

    def _chosen(self) -> "_Part":
        room = (part for part in self._parts if part.busy < _SMALL)
        return next(room, None) or min(self._parts, key=lambda part: part.busy)

    def _missed(self, part: "_Part") -> None:
        """New calls get new connections where one may have died without a word."""
        part.missed += 1
        if part.missed >= _SILENT and not part.left:
            part.left = True
            self._parts[self._parts.index(part)] = _Part(self._transport())

    async def close(self) -> None:
        """Every connection."""
        for part in self._parts:
            await part.transport.aclose()


class _Part:
    """A small pool: how many calls are on it, and how many in a row have had no answer in time.

    One that is left by new calls is closed by the last of its own.
    """

    def __init__(self, transport: httpx.AsyncHTTPTransport) -> None:
        self.transport = transport
        self.busy = self.missed = 0
        self.left = False


@asynccontextmanager
async def open_pool(route: Route) -> AsyncIterator[Pool]:
    """The process's connections; HTTP/2 is spoken where a server offers it."""
    try:
        pool = Pool(route)
    except (ValueError, ImportError):  # which quotes the address, and with it a password
        message = "AI_PROXY must look like http://host:port"
        raise Misconfigured(message) from None
    try:
        yield pool
    finally:
        await pool.close()


async def exchange(answering: Awaitable[Reply], seconds: float) -> Reply:
    """What the server says within so many seconds in all, however slowly it speaks."""
    try:
        async with asyncio.timeout(seconds):
            return await answering
    except TimeoutError as error:
        message = f"no whole answer within {seconds:.1f} s"
        raise Passing(Outcome.TIMEOUT, message) from error
    except httpx.ConnectTimeout as error:
        message = f"no connection within {_CONNECT:.0f} s"
        raise Passing(Outcome.TIMEOUT, message, begun=False) from error
    except httpx.ConnectError as error:
        raise _unconnected(error) from error
    except (httpx.TransportError, ValueError) as error:  # the latter for a status that is none
        message = f"the connection failed ({type(error).__name__})"
        raise Passing(Outcome.CONNECTION, message) from error


async def _read(response: httpx.Response) -> bytes:
    """The body, unless it is packed or too large."""
    stream, parts, size = response.stream, [], 0
    assert isinstance(stream, httpx.AsyncByteStream)
    try:
        if response.headers.get("content-encoding", "identity") != "identity":
            message = "the provider's answer is packed, though that was not asked for"
            raise Passing(Outcome.BROKEN, message)
        async for part in stream:
            parts.append(part)
            size += len(part)
            if size > _MOST_BYTES:
                message = f"the provider's answer has more than {_MOST_BYTES} bytes"
                raise Passing(Outcome.BROKEN, message)
    finally:
        await stream.aclose()
    return b"".join(parts)


def _unconnected(error: httpx.ConnectError) -> Passing | Lasting:
    """A certificate that is not believed does not get better by trying again."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = "the provider's certificate is not believed (AI_CA_FILE adds authorities)"
            return Lasting(Outcome.CERTIFICATE, message)
        cause = cause.__cause__ or cause.__context__
    return Passing(Outcome.CONNECTION, "no connection to the provider", begun=False)


def _context(certificates: Path | None) -> ssl.SSLContext:
    """What httpx believes, and the operator's own authorities."""
    context = httpx.create_ssl_context()
    try:
        if certificates is not None:
            context.load_verify_locations(certificates)
    except (OSError, ssl.SSLError) as error:
        message = "AI_CA_FILE must be a file of certificates in PEM form"
        raise Misconfigured(message) from error
    return context


def address(url: str, setting: str) -> httpx.URL:
    """Where a provider is; raises `Misconfigured` where that is no place to send a key to."""
    try:
        found = httpx.URL(url.rstrip("/"))
    except httpx.InvalidURL:
        found = httpx.URL("")
    if found.scheme not in {"http", "https"} or not found.host or found.userinfo or found.query:
        message = f"{setting} must look like https://host/v1, without a user, a password or a `?`"
        raise Misconfigured(message)
    return found
