"""What a request carries, read with a limit and kept in memory: nothing ever lies in a file."""

import io
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from inference.web.problems import Problem

MULTIPART = "multipart/form-data"
# Boundaries, part headers and a few fields around the file itself.
_WRAPPING = 16 * 1024
_FIELDS = 16


class Upload(NamedTuple):
    """The bytes that somebody sent, what they say they are, and what they call them."""

    data: bytes
    type: str | None
    name: str | None


class _InMemory(MultiPartParser):
    """Never spools to disk, and takes only whole forms; the stream's limit bounds what it holds.

    The one file that a form may have is put together in `content`.
    """

    spool_max_size = 0
    ended = False

    def __init__(self, headers: Headers, stream: AsyncGenerator[bytes, None]) -> None:
        super().__init__(headers, stream, max_files=1, max_fields=_FIELDS)
        self.max_part_size = _WRAPPING
        self.content = io.BytesIO()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is None:
            super().on_part_data(data, start, end)
        else:
            self.content.write(memoryview(data)[start:end])

    def on_end(self) -> None:
        self.ended = True

    async def parse(self) -> FormData:
        form = await super().parse()
        if not self.ended:
            for file in self._files_to_close_on_error:
                file.close()
            message = "The form ends before its last boundary."
            raise MultiPartException(message)
        return form


def media_type(request: Request) -> str | None:
    """The content type, without its parameters."""
    return plain_type(request.headers.get("content-type"))


def plain_type(content_type: str | None) -> str | None:
    """A content type in lower case and without its parameters."""
    return None if content_type is None else content_type.partition(";")[0].strip().lower() or None


async def upload(request: Request, most: int, field: str = "file") -> Upload:
    """The raw body, or the file in that field of a form; 413 as soon as it has too many bytes."""
    if media_type(request) == MULTIPART:
        return await _from_form(request, most, field)
    data = io.BytesIO()
    async with aclosing(_limited(request, most)) as chunks:
        async for chunk in chunks:
            data.write(chunk)
    return Upload(data.getvalue(), media_type(request), None)  # which copies nothing


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    if _declared(request) > most:
        raise too_large(most)
    size = 0
    async with aclosing(request.stream()) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise too_large(most)
            yield chunk


def _declared(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


async def _from_form(request: Request, most: int, field: str) -> Upload:
    async with aclosing(_limited(request, most + _WRAPPING)) as chunks:
        parser = _InMemory(request.headers, chunks)
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise Problem(HTTPStatus.BAD_REQUEST, "Malformed form", error.message) from error
        except UnicodeError as error:
            detail = "Its charset does not fit what it says; leave it out."
            raise Problem(HTTPStatus.BAD_REQUEST, "Malformed form", detail) from error
    await form.close()
    file = form.get(field)
    if not isinstance(file, UploadFile):
        detail = f"The form has no file in the field {field!r}."
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "No file", detail)
    data = parser.content.getvalue()
    if len(data) > most:
        raise too_large(most)
    return Upload(data, plain_type(file.content_type), file.filename or None)


def too_large(most: int) -> Problem:
    """The 413 for content above this many bytes."""
    detail = f"At most {most} bytes are taken."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Content too large", detail)
