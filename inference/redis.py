"""How to reach Redis, or what speaks its language, such as Valkey: always doing without it."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from inference.errors import Misconfigured

# uvloop raises RuntimeError where something is written to a connection that has just closed.
FAULTS: tuple[type[Exception], ...] = (RedisError, OSError, RuntimeError)


def connected(url: str, limit: float) -> Redis:
    """A client that connects within so many seconds, and never tries twice.

    Whoever calls it bounds each step as a whole, and knows how to do without.
    """
    try:
        client: Redis = Redis.from_url(
            url,
            # Until Python 3.12 a limit of its own may swallow the cancellation of whoever waits.
            socket_timeout=None,
            socket_connect_timeout=limit,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        client.connection_pool.make_connection()  # type: ignore[no-untyped-call]  # connects nowhere, refuses unknown options
    except (ValueError, TypeError):
        message = "REDIS_URL must be redis://host:port/db, rediss://host:port/db or unix:///path"
        raise Misconfigured(message) from None  # what went wrong may quote a password
    return client
