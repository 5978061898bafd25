"""Where a token for SASL OAUTHBEARER comes from: a file that is renewed, client credentials."""

import asyncio
import base64
import json
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

ANSWER_LIMIT = 10.0
ANSWER_BYTES = 1024 * 1024
# A token is renewed when this share of its life is over, so that none expires on its way.
FRESH = 0.8
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Tokens(Protocol):
    """What aiokafka wants; it asks once for each connection."""

    async def token(self) -> str:
        """A token that is valid now; raises OSError when there is none."""
        ...


@dataclass(frozen=True)
class TokenFile:
    """A file that holds nothing but the token."""

    path: Path

    async def token(self) -> str:
        """What the file holds at this moment."""
        return (await asyncio.to_thread(self.path.read_text)).strip()


class Credentials(NamedTuple):
    """Who asks for a token, and where."""

    url: str
    client_id: str
    client_secret: str
    scope: str | None
    ca_file: Path | None


class Granted(NamedTuple):
    """A token and when to ask for the next one, on the monotonic clock."""

    token: str
    renew_at: float


@dataclass
class ClientCredentials:
    """The OAuth 2 grant for programs; a token is used again until it is nearly over."""

    credentials: Credentials
    _granted: Granted | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self) -> str:
        """The present token, or a new one."""
        async with self._asking:
            if self._granted is None or time.monotonic() >= self._granted.renew_at:
                self._granted = await asyncio.to_thread(_ask, self.credentials)
            return self._granted.token


def is_safe(url: str) -> bool:
    """Whether a secret may be sent there: over TLS, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)


def accepted(tokens: Tokens) -> Tokens:
    """The same, known to aiokafka as a token provider: it takes no other, however alike."""
    # Imported here, by who is about to open such a client: settings alone must stay light.
    from aiokafka.abc import AbstractTokenProvider  # noqa: PLC0415 - see above

    AbstractTokenProvider.register(type(tokens))
    return tokens


def _ask(who: Credentials) -> Granted:
    form = {"grant_type": "client_credentials"} | ({"scope": who.scope} if who.scope else {})
    pair = f"{quote(who.client_id, safe='')}:{quote(who.client_secret, safe='')}".encode()
    request = Request(  # noqa: S310 - `is_safe` has seen the address
        who.url,
        data=urlencode(form).encode(),
        headers={
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Accept": "application/json",
        },
    )
    context = ssl.create_default_context(cafile=who.ca_file)
    with urlopen(request, timeout=ANSWER_LIMIT, context=context) as response:  # noqa: S310 - likewise
        return _granted(response.read(ANSWER_BYTES))


def _granted(body: bytes) -> Granted:
    try:
        answer: dict[str, Any] = json.loads(body)
        token, seconds = str(answer["access_token"]), float(answer.get("expires_in", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "the token endpoint's answer has no access_token"
        raise ConnectionError(message) from None
    return Granted(token, time.monotonic() + seconds * FRESH)
