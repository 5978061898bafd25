"""When nearly everything is a defect, we are the problem and not the data: stop in time."""

from collections.abc import Sequence

from inference.contract import Departure, Reason
from inference.stream.gate import Gate

BATCHES = 5
RECORDS = 20
SHARE = 0.9


class Defects:
    """Watches for a bad deployment, and closes the gate for good when it sees one."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._batches = self._records = 0

    def note(self, departures: Sequence[Departure]) -> None:
        """Counts bad batches in a row."""
        defects = sum(departure.reason is Reason.DEFECT for departure in departures)
        if defects < SHARE * len(departures):
            self._batches = self._records = 0
            return
        self._batches += 1
        self._records += defects
        if self._batches >= BATCHES and self._records >= RECORDS:
            self._gate.close(
                "defects",
                f"the last {self._records} records all failed with a defect of the program or its "
                "model: look at the log, mend it and restart; nothing more is read until then",
            )
