"""HTTP to the programs beside us, with nothing but the standard library."""

from http.client import HTTPConnection

from local.ports import LOOPBACK

PATIENCE = 15.0  # the producer waits ten seconds for the broker

Answer = tuple[int, bytes]


def get(port: int, path: str, patience: float = PATIENCE) -> Answer:
    """Status and body of a page."""
    connection = HTTPConnection(LOOPBACK, port, timeout=patience)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def post(port: int, path: str, body: bytes, content_type: str | None) -> Answer:
    """Status and body of what is answered to a body."""
    connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body, {"content-type": content_type or ""})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
