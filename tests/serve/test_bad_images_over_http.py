"""Whatever strangers send in one call: each gets its reason, and the neighbours are answered."""

import struct

import pytest
from desks import IMAGES, JPEG, Site, in_base64

from pictures import encoded, endless_scans, lying, noise, png_bomb

pytestmark = pytest.mark.asyncio(loop_scope="module")


def riff(kind: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 1000) + kind + bytes(1000)


BAD = {
    "cut short": (JPEG[: len(JPEG) // 2], "malformed"),
    "empty": (b"", "malformed"),
    "text named .jpg": (b"this is no picture", "refused"),
    "AVI": (riff(b"AVI "), "refused"),
    "WAV": (riff(b"WAVE"), "refused"),
    "a JPEG of 30,000 x 30,000": (lying(30_000, 30_000), "refused"),
    "a PNG bomb": (png_bomb(50_000), "refused"),
    "scans without end": (endless_scans(1000), "refused"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "refused"),
    "larger than the lane takes": (b"\xff\xd8\xff" + bytes(6 * 1024 * 1024), "refused"),
}
ODD = {
    "a zip behind it": JPEG + b"PK\x03\x04" + bytes(100),
    "an animated WebP": encoded(noise(), "WEBP", save_all=True, append_images=[noise(seed=2)]),
    "CMYK": encoded(noise().convert("CMYK")),
    "16 bits": encoded(noise().convert("L").convert("I;16"), "PNG"),
    "a palette with transparency": encoded(noise().quantize(16), "GIF", transparency=3),
}


async def test_each_bad_image_gets_its_reason_and_every_odd_one_an_answer(shared: Site) -> None:
    items = [
        {"lane": IMAGES, "id": name, "data": in_base64(data)}
        for name, data in ({k: v[0] for k, v in BAD.items()} | ODD).items()
    ]
    outcomes = {one["id"]: one for one in (await shared.batch(*items)).json()["results"]}
    assert {name: outcomes[name]["reason"] for name in BAD} == {k: v[1] for k, v in BAD.items()}
    assert {name: outcomes[name]["status"] for name in ODD} == dict.fromkeys(ODD, "answered")
    assert all(outcomes[name]["detail"] for name in BAD)


@pytest.mark.parametrize("said", ["text/plain", "image/gif", "nonsense", ""])
async def test_an_image_is_known_by_its_bytes_whatever_is_said_of_it(
    shared: Site, said: str
) -> None:
    assert (await shared.single(JPEG, headers={"content-type": said})).status_code == 200
