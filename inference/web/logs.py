"""How every process speaks: ours and the libraries' lines in one form, without exception messages.

JSON lines for machines, coloured lines for a terminal, both on standard error, times in UTC.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from inference.errors import Misconfigured
from inference.web.places import places, type_name
from inference.web.repeats import Repeats

# Exceptions of these modules describe connections and topics, never a record's content.
_SAFE_MODULES = ("aiokafka.",)


class Line(structlog.WriteLogger):
    """Writes the rendered lines of one named logger."""

    def __init__(self, name: str, file: TextIO) -> None:
        super().__init__(file)
        self.name = name


class LibraryLines(logging.StreamHandler[TextIO]):
    """Brings what libraries log by way of `logging` into the same form."""


def configure(level: str, *, as_json: bool, libraries: str = "WARNING") -> None:
    """Speak at this level from now on; libraries only from theirs upwards."""
    number = _number(level)
    shared = _shared()
    render = _renderer(as_json=as_json)
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *names: Line(names[0] if names else "", sys.stderr),
        cache_logger_on_first_use=False,  # so that a later configure reaches every module
    )
    _listen_to_libraries(shared, render, max(number, _number(libraries)))


def _number(level: str) -> int:
    known = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    if level.upper() not in known:
        message = f"LOG_LEVEL must be one of {', '.join(known)}, not {level!r}"
        raise Misconfigured(message)
    return logging.getLevelNamesMapping()[level.upper()]


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_places,
    ]


def _renderer(*, as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _listen_to_libraries(shared: list[Processor], render: Processor, level: int) -> None:
    handler = LibraryLines(sys.stderr)
    handler.addFilter(_without_messages)
    handler.addFilter(Repeats())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    others = [other for other in root.handlers if not isinstance(other, LibraryLines)]
    root.handlers = [*others, handler]
    root.setLevel(level)


def _name_places(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        event["exception"] = places(error)
    return event


def _without_messages(record: logging.LogRecord) -> bool:
    """Libraries like to log `%r` of an exception; of most, only the type may be seen."""
    if isinstance(record.args, tuple):
        record.args = tuple(_nameable(argument) for argument in record.args)
    if record.name == "asyncio" and record.exc_info:
        record.msg = str(record.msg).partition("\n")[0]  # the rest is the repr of a failed task
    return True


def _nameable(argument: object) -> object:
    if not isinstance(argument, BaseException) or isinstance(argument, OSError):
        return argument
    if type(argument).__module__.startswith(_SAFE_MODULES):
        return argument
    return type_name(argument)
