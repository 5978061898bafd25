"""Reports and commands in the AsyncAPI document."""

from collections.abc import Callable
from typing import Any

Node = dict[str, Any]
STATUS = "How every process is, every few seconds; the latest report of each is kept."
CONTROL = "What all processes are told to do; obeyed at once or, after a minute, never."


def messages(key: Callable[[str], Node]) -> Node:
    """A report, and a command."""
    return {
        "status": {
            "name": "status",
            "title": "Report of one lane in one process",
            "summary": "A record without a value says that the process has left in order.",
            "contentType": "application/json",
            "payload": {"$ref": "./schemas/status.json"},
            "bindings": key("The lane, the host and the process id."),
        },
        "command": {
            "name": "command",
            "title": "Command to all processes",
            "contentType": "application/json",
            "payload": {"$ref": "./schemas/command.json"},
        },
    }
