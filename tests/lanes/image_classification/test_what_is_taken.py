import pytest

from inference.contract import Content, Reason, Rejection
from inference.lanes.image_classification.contract import CONTRACT, EncodedImage
from pictures import encoded, plain


def read(data: bytes, said: str | None = None) -> EncodedImage | Rejection:
    outcome: EncodedImage | Rejection = CONTRACT.read(Content(data, said))
    return outcome


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_format_is_known_by_its_first_bytes_whatever_is_said_of_it(kind: str) -> None:
    data = encoded(plain(), kind)
    for said in (None, "image/jpeg", "text/plain", "application/octet-stream"):
        assert read(data, said) == EncodedImage(data, kind)


@pytest.mark.parametrize(
    "data",
    [
        b"hello, I am not a photo",
        b"RIFF\x24\x08\0\0WAVEfmt ",
        b"RIFF\x24\x08\0\0AVI LIST",
        b"RIFF",
        b"\0\0\0\x1cftypavif\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"BM\x8a\0\0\0",
        b"\xff\xd8",
        b"data:image/png;base64,iVBORw0KGgo=",
    ],
)
def test_anything_else_is_refused_and_told_what_is_accepted(data: bytes) -> None:
    outcome = read(data, "image/jpeg")
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.REFUSED
    assert "JPEG, PNG, WebP or GIF" in outcome.detail


def test_an_empty_value_is_malformed() -> None:
    outcome = read(b"")
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.MALFORMED
