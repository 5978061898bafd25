"""What a server's status means for when to ask it again."""

from datetime import UTC, datetime
from http import HTTPStatus

from producer.metrics import Fetch
from producer.sources.dates import seconds
from producer.sources.fetching.client import Fetched
from producer.sources.fetching.failures import HostFailed, Unread

_WELL = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})


def must_be_well(fetched: Fetched) -> None:
    """Raises Unread for any answer that is no document and does not say that it is unchanged."""
    status = fetched.status
    if status in _WELL:
        return
    said = f"its server answered {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        after = seconds(fetched.headers.get("retry-after", ""), datetime.now(UTC))
        raise HostFailed(Fetch.FAILED, said, after)
    raise Unread(Fetch.FAILED, said)
