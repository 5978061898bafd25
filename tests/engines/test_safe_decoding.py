import numpy as np
import pytest
from PIL import Image

from inference.contract import Reason, Rejection
from inference.engines.images import Picture, Size, Wanted, decode
from pictures import encoded, endless_scans, half_red, lying, noise, plain, png_bomb

WHITE = (255, 255, 255)

# As in the programs: the runner puts its own filters in place of theirs.
pytestmark = pytest.mark.filterwarnings(r"ignore:::PIL\.")


def enough(_size: Size) -> Size:
    return (16, 16)


WANTED = Wanted("RGB", 1_000_000, enough)


def colours(data: bytes, kind: str = "JPEG") -> Image.Image:
    picture = decode(data, kind, WANTED)
    assert isinstance(picture, Picture), picture
    assert picture.image.mode == "RGB"
    return picture.image


def reason(data: bytes, kind: str = "JPEG") -> Reason:
    outcome = decode(data, kind, WANTED)
    assert isinstance(outcome, Rejection), outcome
    assert outcome.stage == "decode"
    return outcome.reason


def near(one: object, other: tuple[int, ...], most: int = 6) -> bool:
    return bool(np.abs(np.subtract(np.asarray(one), other)).max() <= most)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_accepted_format_is_decoded(kind: str) -> None:
    assert near(colours(encoded(plain(), kind), kind).getpixel((5, 5)), (230, 20, 20), 12)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_file_that_is_cut_short_is_refused(kind: str) -> None:
    whole = encoded(noise(), kind)
    for share in (0.02, 0.3, 0.6, 0.9):
        assert reason(whole[: int(len(whole) * share)], kind) is Reason.MALFORMED


def test_a_large_jpeg_is_decoded_at_about_the_size_that_is_needed() -> None:
    picture = decode(encoded(noise((800, 640))), "JPEG", WANTED)
    assert isinstance(picture, Picture)
    assert picture.sent == (800, 640)
    assert picture.image.size == (100, 80)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_data_says(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encoded(half_red(), kind, exif=exif), kind, WANTED)
    assert isinstance(picture, Picture)
    assert picture.sent == ((32, 64) if orientation >= 5 else (64, 32))
    ahead = (2, 2)
    red_first = picture.image.getpixel(ahead)
    assert near(red_first, (255, 0, 0) if orientation in {1, 4, 5, 6} else (0, 0, 255), 40)


def test_broken_exif_data_is_no_reason_to_refuse_a_good_picture() -> None:
    colours(encoded(plain(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff"))
    colours(encoded(plain(), exif=b"Exif\0\0rubbish"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert colours(encoded(clear, kind, lossless=True), kind).getpixel((4, 4)) == WHITE


def test_a_palette_with_a_transparent_colour_is_put_on_white() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 9, 9, 9, 200, 0, 0])
    image.paste(2, (0, 0, 4, 8))
    shown = colours(encoded(image, "PNG", transparency=bytes([255, 0, 255])), "PNG")
    assert shown.getpixel((1, 1)) == (200, 0, 0)
    assert shown.getpixel((6, 1)) == WHITE


def test_cmyk_becomes_plain_colours() -> None:
    shown = colours(encoded(Image.new("CMYK", (32, 32), (0, 0, 0, 0))))
    assert near(shown.getpixel((9, 1)), WHITE)


def test_sixteen_bits_keep_their_brightness() -> None:
    wide = Image.fromarray(np.full((8, 8), 128 * 256, dtype=np.uint16))
    assert colours(encoded(wide, "PNG"), "PNG").getpixel((4, 4)) == (128, 128, 128)
    clear = encoded(wide, "PNG", transparency=128 * 256)
    assert colours(clear, "PNG").getpixel((4, 4)) == WHITE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P"])
def test_every_mode_of_a_png_is_understood(mode: str) -> None:
    colours(encoded(noise().convert(mode), "PNG"), "PNG")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_taken(kind: str) -> None:
    later = [plain((0, 0, 255)), plain((0, 255, 0))]
    film = encoded(plain((255, 0, 0)), kind, save_all=True, append_images=later, duration=50)
    assert near(colours(film, kind).getpixel((5, 5)), (255, 0, 0), 12)


@pytest.mark.parametrize(
    "size", [(30_000, 30_000), (65_000, 65_000), (10_000, 10_000), (1001, 1000)]
)
def test_a_jpeg_with_too_many_pixels_is_refused_from_its_header(size: tuple[int, int]) -> None:
    assert reason(lying(*size)) is Reason.REFUSED


@pytest.mark.parametrize("side", [8_000, 16_000])
def test_a_png_bomb_is_refused_from_its_header(side: int) -> None:
    assert reason(png_bomb(side), "PNG") is Reason.REFUSED


def test_a_jpeg_with_scans_without_end_is_refused() -> None:
    assert reason(endless_scans(500)) is Reason.REFUSED


def test_what_only_begins_like_an_image_is_malformed() -> None:
    for kind, start in {
        "JPEG": b"\xff\xd8\xff",
        "GIF": b"GIF89a",
        "PNG": b"\x89PNG\r\n\x1a\n",
    }.items():
        assert reason(start + b"/*<script>alert(1)</script>*/", kind) is Reason.MALFORMED


def test_a_picture_with_an_archive_behind_it_is_just_a_picture() -> None:
    colours(encoded(plain()) + b"PK\x03\x04" + bytes(500))
