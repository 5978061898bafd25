from pathlib import Path

import pytest
from guarded_service import key_file

from inference.web.guard.keyfile import PAUSE, KeyFile
from inference.web.guard.keys import STRANGER


class Clock:
    """Goes on when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_key_that_is_taken_out_opens_nothing_any_more(tmp_path: Path, clock: Clock) -> None:
    path, before = key_file(tmp_path, me="read")
    known = KeyFile(path, clock)
    _, after = key_file(tmp_path, me="read,write", other="read")
    assert known.holder(before["me"].encode()).name == "me"
    clock.now += PAUSE
    assert known.holder(before["me"].encode()) is STRANGER
    assert known.holder(after["other"].encode()).name == "other"


@pytest.mark.parametrize("text", ["", "pst_not-a-line", None])
def test_a_file_that_is_wrong_now_locks_nobody_out(
    tmp_path: Path, clock: Clock, text: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    path, made = key_file(tmp_path, me="read")
    known = KeyFile(path, clock)
    path.unlink() if text is None else path.write_text(text)
    clock.now += PAUSE
    assert known.holder(made["me"].encode()).name == "me"
    said = "".join(capfd.readouterr())
    assert "stay in force" in said
    assert "pst_" not in said


def test_a_wrong_file_that_is_put_right_is_read_again(tmp_path: Path, clock: Clock) -> None:
    path, _ = key_file(tmp_path, me="read")
    known = KeyFile(path, clock)
    path.unlink()
    clock.now += PAUSE
    known.holder(b"")
    _, made = key_file(tmp_path, back="read")
    clock.now += PAUSE
    assert known.holder(made["back"].encode()).name == "back"
