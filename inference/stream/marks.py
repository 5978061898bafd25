"""What a commit's metadata remembers, so that a record that kills its worker is found out.

    ``      nothing is in flight behind this offset
    `o96`   up to 96 records behind it were being computed; if it still stands, their worker died
    `c123`  what lies below 123 is suspected and must be tried in a child process

Plain ASCII: other clients fail on metadata that they do not expect.
"""

OPEN = "o"
CAREFUL = "c"


def write(*, published: int, dispatched: int, until: int, reach: int) -> str:
    """The mark of a partition that goes on working; `reach` is how far it may run ahead."""
    busy = f"{OPEN}{reach}" if dispatched > published else ""
    return leave(published=published, until=until) or busy


def leave(*, published: int, until: int) -> str:
    """The mark of a partition that is left in order: no death, but a suspicion stays."""
    return f"{CAREFUL}{until}" if published < until else ""


def suspects(mark: str) -> bool:
    """Whether it holds a suspicion, and no alarm."""
    return mark.startswith(CAREFUL)


def suspected_until(mark: str, offset: int, horizon: int) -> int:
    """The offset below which records are suspected; `horizon` where a mark says no reach."""
    if mark.startswith(OPEN):
        return offset + (int(mark[1:]) if mark[1:].isdecimal() else horizon)
    if suspects(mark) and mark[1:].isdecimal():
        return int(mark[1:])
    return 0
