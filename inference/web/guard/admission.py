"""How much is let in at once, decided before a body is read."""

from http import HTTPStatus

from inference.web.bodies import too_large
from inference.web.guard import metrics
from inference.web.problems import Problem

_RETRY = {"Retry-After": "1"}
# For a body that does not say its size, room is taken piece by piece as it comes: were it counted
# as the largest there may be, two senders who say nothing would keep everybody else out.
PIECE = 1024 * 1024


class Ticket:
    """A request that was let in, and the bytes that are kept for its body."""

    def __init__(self, admission: "Admission", size: int) -> None:
        self._admission, self._size, self._open = admission, size, True

    def cover(self, size: int) -> None:
        """So much of the body has come; a problem where there is no room for it."""
        if self._open and size > self._size:
            more = max(size - self._size, min(PIECE, self._admission.most_of_one - self._size))
            self._admission.take(more, requests=0)
            self._size += more

    def shrink(self, size: int) -> None:
        """The body turned out to be that small: the rest is for others."""
        if self._open and size < self._size:
            self._admission.give_back(self._size - size, requests=0)
            self._size = size

    def close(self) -> None:
        """The request is answered; may be said twice."""
        if self._open:
            self._open = False
            self._admission.give_back(self._size, requests=1)


class Admission:
    """Counts requests and bytes that are in the house."""

    def __init__(self, most_bytes: int, most_requests: int, most_of_one: int) -> None:
        self._free, self._places = most_bytes, most_requests
        self.most_of_one = most_of_one

    def admit(self, announced: int | None) -> Ticket:
        """Let in a request with such a body, or with one that does not say its size."""
        size = min(PIECE, self.most_of_one) if announced is None else announced
        if size > self.most_of_one:
            raise too_large(self.most_of_one)
        self.take(size, requests=1)
        return Ticket(self, size)

    def take(self, size: int, requests: int) -> None:
        """So much is taken; a problem where it is not free."""
        if size > self._free or requests > self._places:
            detail = "More is being answered than memory allows; try again in a moment."
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "Busy", detail, _RETRY)
        self.give_back(-size, -requests)

    def give_back(self, size: int, requests: int) -> None:
        """So much is free again."""
        self._free += size
        self._places += requests
        metrics.IN_FLIGHT.dec(requests)
        metrics.IN_FLIGHT_BYTES.dec(size)
