"""What holds for every picture and every description, whatever the sizes."""

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import graphs
from inference.engines.folder.description import Description
from inference.lanes.image_classification.preprocessing import Preprocessing
from pictures import noise

Pixels = npt.NDArray[np.float32]
Said = dict[str, Any]

SIDES = st.integers(8, 60)
NUMBERS = {"scale": 0.5, "mean": [1, 2, 3], "std": [4, 5, 6]}


@st.composite
def resizing(draw: st.DrawFn) -> Said:
    """Any way to bring a picture to a size, with a crop where it needs or likes one."""
    mode = draw(st.sampled_from(["shortest_edge", "exact", "letterbox"]))
    crop = draw(st.tuples(SIDES, SIDES))
    if mode == "shortest_edge":
        return {"resize": {"mode": mode, "size": max(crop) + draw(SIDES)}, "crop": crop}
    size = [side + draw(st.integers(0, 20)) for side in crop]
    cut = {"crop": crop} if draw(st.booleans()) else {}
    return {"resize": {"mode": mode, "size": size, "fill": draw(st.integers(0, 255))}, **cut}


def computed(preprocess: Said, image: Image.Image, **taken: object) -> Pixels:
    said = graphs.description(preprocess=preprocess, input=taken)
    preprocessing = Preprocessing(Description.model_validate(said))
    batch = preprocessing.batch(1)
    preprocessing.put(image.convert(preprocessing.mode), image.size, batch[0])
    return np.asarray(batch[0], dtype=np.float32)


def plain(preprocess: Said, image: Image.Image) -> Pixels:
    """The bytes that every other form follows from."""
    return computed(preprocess, image, layout="NHWC", dtype="uint8")


def by_hand(preprocess: Said, image: Image.Image) -> Image.Image:
    """Resize all of it, put it into its frame, cut the middle out: nothing is saved."""
    resize = preprocess["resize"]
    size, ways = resize["size"], Image.Resampling.BILINEAR
    if resize["mode"] == "shortest_edge":
        shortest = min(image.size)
        whole = image.resize(tuple(size * side // shortest for side in image.size), ways)
    elif resize["mode"] == "exact":
        whole = image.resize((size[1], size[0]), ways)
    else:
        ratio = min(size[1] / image.width, size[0] / image.height)
        small = image.resize(tuple(max(1, round(side * ratio)) for side in image.size), ways)
        whole = Image.new("RGB", (size[1], size[0]), (resize["fill"],) * 3)
        whole.paste(small, ((size[1] - small.width) // 2, (size[0] - small.height) // 2))
    height, width = preprocess.get("crop", size)
    left, top = round((whole.width - width) / 2), round((whole.height - height) / 2)
    return whole.crop((left, top, left + width, top + height))


@settings(deadline=None)
@given(resizing(), st.integers(10, 200), st.integers(10, 200))
def test_every_size_gives_what_doing_it_by_hand_gives(
    preprocess: Said, width: int, height: int
) -> None:
    image = noise((width, height))
    expected = np.asarray(by_hand(preprocess, image), dtype=np.float32)
    found = plain(preprocess, image)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < 1


@settings(deadline=None, max_examples=30)
@given(resizing(), st.sampled_from(["RGB", "BGR"]), st.sampled_from(["NCHW", "NHWC"]))
def test_numbers_orders_and_layouts_follow_from_the_bytes(
    preprocess: Said, color: str, layout: str
) -> None:
    pixels = plain(preprocess, noise())
    ordered = pixels[..., ::-1] if color == "BGR" else pixels
    expected = (ordered * 0.5 - [1, 2, 3]) / [4, 5, 6]
    found = computed({**preprocess, **NUMBERS, "color": color}, noise(), layout=layout)
    if layout == "NCHW":
        found = found.transpose(1, 2, 0)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@settings(deadline=None, max_examples=30)
@given(resizing(), st.sampled_from(["NCHW", "NHWC"]))
def test_grey_pictures_are_treated_as_coloured_ones_are(preprocess: Said, layout: str) -> None:
    grey = noise().convert("L")
    found = computed({**preprocess, "color": "GRAY", "scale": 1}, grey, layout=layout, channels=1)
    expected = plain(preprocess, grey.convert("RGB"))[..., 0]
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1)
