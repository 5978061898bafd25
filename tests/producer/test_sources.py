from io import BytesIO
from pathlib import Path

import pytest

from inference.contract import Content
from producer.content_types import guess, known
from producer.sources import files, samples


def read(paths: list[Path], stdin: bytes = b"", most: int = 100) -> dict[str, Content]:
    return {item.name: item.read(most) for item in files.items(paths, BytesIO(stdin), most)}


def test_a_folder_is_walked_in_order_without_its_hidden_files(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a.txt", "b/1.txt", ".hidden", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    contents = read([tmp_path])
    assert list(contents) == ["a.txt", "b/1.txt", "b/2.txt"]
    assert contents["b/1.txt"] == Content(b"b/1.txt", "text/plain")


def test_standard_input_is_one_item() -> None:
    assert read([files.STDIN], b'{"a": 1}') == {"stdin": Content(b'{"a": 1}', "application/json")}


def test_no_more_is_read_than_shows_that_it_is_too_much(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 1000)
    contents = read([tmp_path / "large", files.STDIN], b"y" * 1000, most=10)
    assert [len(content.data) for content in contents.values()] == [11, 11]


def test_samples_are_the_lanes_own() -> None:
    items = list(samples.items("echo", 2))
    assert [item.name for item in items] == ["text-0", "text-1"]
    assert items[1].read(5) == Content(b"text 1", "text/plain")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"\xff\xd8\xff\xe0", "photo.png", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", None, "image/png"),
        (b"GIF89a", None, "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", None, "image/webp"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None, None),
        (b"plain", "notes.txt", "text/plain"),
        (b' {"age": 3}', None, "application/json"),
        (b"plain", None, None),
        (b"", None, None),
    ],
)
def test_a_content_type_is_what_the_bytes_show_and_else_what_the_name_says(
    data: bytes, name: str | None, expected: str | None
) -> None:
    assert guess(data, name) == expected


def test_a_type_that_was_said_is_kept_unless_it_says_nothing() -> None:
    assert known("image/png", b"\xff\xd8\xff") == "image/png"
    assert known("application/octet-stream", b"\xff\xd8\xff") == "image/jpeg"
