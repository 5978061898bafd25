import asyncio
import base64

import pytest
from endpoint import endpoint

from inference.tokens import ClientCredentials, Credentials, is_safe


def credentials(url: str) -> ClientCredentials:
    return ClientCredentials(Credentials(url, "me & co", "se:cret", "kafka", None))


async def test_a_token_is_asked_for_once_by_many_who_connect() -> None:
    with endpoint({"access_token": "abc", "expires_in": 300}) as server:
        client = credentials(server.url)
        assert set(await asyncio.gather(*(client.token() for _ in range(9)))) == {"abc"}
        assert len(server.asked) == 1


async def test_who_asks_is_said_as_the_standard_says() -> None:
    with endpoint({"access_token": "abc"}) as server:
        await credentials(server.url).token()
        [(authorization, form)] = server.asked
        said = base64.b64decode((authorization or "").removeprefix("Basic ")).decode()
        assert said == "me%20%26%20co:se%3Acret"
        assert form == "grant_type=client_credentials&scope=kafka"


async def test_a_token_that_is_nearly_over_is_renewed() -> None:
    with endpoint({"access_token": "abc", "expires_in": 0}) as server:
        client = credentials(server.url)
        await client.token()
        await client.token()
        assert len(server.asked) == 2


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"access_token": "x", "expires_in": "soon"}'])
async def test_an_answer_without_a_token_is_no_connection(answer: str) -> None:
    with endpoint(answer) as server, pytest.raises(OSError, match="has no access_token"):
        await credentials(server.url).token()


@pytest.mark.parametrize("status", [401, 500])
async def test_an_endpoint_that_refuses_is_no_connection(status: int) -> None:
    with endpoint({}, status) as server, pytest.raises(OSError, match=str(status)):
        await credentials(server.url).token()


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://login.example.org/token", True),
        ("http://127.0.0.1:8080/token", True),
        ("http://login.example.org/token", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_a_secret_is_sent_over_tls_or_within_this_machine_only(url: str, *, safe: bool) -> None:
    assert is_safe(url) is safe
