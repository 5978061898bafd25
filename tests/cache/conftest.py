import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis_server import RedisServer


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of this test's own, started."""
    if shutil.which("redis-server") is None:
        reason = "Redis is not installed: apt-get install redis-server"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    server = RedisServer(tmp_path)
    try:
        server.start()
        yield server
    finally:
        server.stop()
