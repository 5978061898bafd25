"""All the posts of a process: their reports, and the commands that reach them."""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from inference.control import Command, Program, Progress, Status
from inference.posts.post import Post
from inference.web.health import versions

REMEMBERED = 1000
# Reports are not sent more often than this, however much happens.
SOONEST = 0.1


class Station:
    """Reports for every post, and hands commands to those that they are meant for."""

    def __init__(self, program: Program, posts: Sequence[Post], every: float) -> None:
        self.hearing = False
        self._program, self._posts, self._every = program, posts, every
        self._started = datetime.now(UTC)
        self._host, self._pid = socket.gethostname(), os.getpid()
        self._versions = versions()
        self._known: deque[UUID] = deque(maxlen=REMEMBERED)
        self._news = asyncio.Event()
        for post in posts:
            post.changed = self._news.set

    @property
    def names(self) -> list[str]:
        """The names under which it reports."""
        return [self._name(post) for post in self._posts]

    def statuses(self) -> list[Status]:
        """A report for each post, as of now."""
        return [self._status(post) for post in self._posts]

    async def due(self) -> None:
        """Returns when it is time for the next report: as usual, or as there is news."""
        await asyncio.sleep(min(SOONEST, self._every))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._every - SOONEST):
                await self._news.wait()
        self._news.clear()

    def knows(self, command: Command) -> bool:
        """Whether it has been told of this command before; from now on it has."""
        if command.id in self._known:
            return True
        self._known.append(command.id)
        return False

    async def obey(self, command: Command) -> None:
        """Done once, wherever it is meant for; passed over if it comes too late."""
        meant = [p for p in self._posts if command.lane in (None, p.contract.lane)]
        if self.knows(command) or not meant:
            return
        objection = command.objection(self._started, datetime.now(UTC))
        if objection is not None:
            for post in meant:
                post.note(command, Progress.PASSED_OVER, objection)
            return
        async with asyncio.TaskGroup() as together:
            for post in meant:
                together.create_task(post.obey(command))

    def _name(self, post: Post) -> str:
        return f"{post.contract.lane}@{self._host}:{self._pid}"

    def _status(self, post: Post) -> Status:
        view = post.view
        return Status(
            process=self._name(post),
            program=self._program,
            host=self._host,
            pid=self._pid,
            started=self._started,
            time=datetime.now(UTC),
            every=self._every,
            lane=post.contract.lane,
            version=post.contract.version,
            versions=self._versions,
            rungs=post.rungs(),
            cache=post.opened.cache.snapshot(),
            lag=view.lag(),
            in_flight=view.in_flight(),
            trouble={name: why for name, why in view.trouble().items() if why},
            hearing=self.hearing,
            commands=post.commands,
        )


class Reach(NamedTuple):
    """How a process is reached and reaches others; given by `__main__` where there is a Kafka."""

    attend: Callable[[Station], Sequence[Coroutine[Any, Any, None]]]
    tell: Callable[[Command], Awaitable[bool]]
    every: float
