"""How much is let in at once, decided before a body is read."""

from http import HTTPStatus

from inference.web.bodies import too_large
from inference.web.guard import metrics
from inference.web.problems import Problem

_RETRY = {"Retry-After": "1"}


class Ticket:
    """A request that was let in, and the bytes that are kept for its body."""

    def __init__(self, admission: "Admission", size: int) -> None:
        self._admission, self._size, self._open = admission, size, True

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
        self._free, self._places, self._most_of_one = most_bytes, most_requests, most_of_one

    def admit(self, announced: int | None) -> Ticket:
        """Let in a request with such a body; one that does not say its size counts as largest."""
        size = self._most_of_one if announced is None else announced
        if size > self._most_of_one:
            raise too_large(self._most_of_one)
        if size > self._free or self._places < 1:
            detail = "More is being answered than memory allows; try again in a moment."
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "Busy", detail, _RETRY)
        self.give_back(-size, requests=-1)
        return Ticket(self, size)

    def give_back(self, size: int, requests: int) -> None:
        """So much is free again."""
        self._free += size
        self._places += requests
        metrics.IN_FLIGHT.dec(requests)
        metrics.IN_FLIGHT_BYTES.dec(size)
