from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import graphs
from inference.engines.folder.description import Description
from inference.lanes.image_classification.preprocessing import Preprocessing
from pictures import noise

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
EDGE = {"mode": "shortest_edge", "size": 40}
EXACT = {"mode": "exact", "size": [20, 30]}
LETTERBOX = {"mode": "letterbox", "size": 32, "fill": 114}

Pixels = npt.NDArray[np.float32]


def described(**changes: object) -> Description:
    return Description.model_validate(graphs.description(**changes))


def computed(description: Description, image: Image.Image) -> Pixels:
    preprocessing = Preprocessing(description)
    batch = preprocessing.batch(1)
    preprocessing.put(image.convert(preprocessing.mode), image.size, batch[0])
    assert batch.dtype == description.input.dtype
    return np.asarray(batch[0], dtype=np.float32)


def cut(image: Image.Image, height: int, width: int) -> Image.Image:
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    return image.crop((left, top, left + width, top + height))


def by_hand(image: Image.Image, resize: Mapping[str, object]) -> Image.Image:
    """The same thing written the plain way: resize all of it, then cut."""
    bilinear = Image.Resampling.BILINEAR
    if resize is EXACT:
        return image.resize((30, 20), bilinear)
    if resize is EDGE:
        ratio = 40 / min(image.size)
        whole = (int(image.width * ratio + 1e-9), int(image.height * ratio + 1e-9))
        return cut(image.resize(whole, bilinear), 32, 32)
    ratio = 32 / max(image.size)
    small = image.resize((round(image.width * ratio), round(image.height * ratio)), bilinear)
    frame = Image.new("RGB", (32, 32), (114, 114, 114))
    frame.paste(small, ((32 - small.width) // 2, (32 - small.height) // 2))
    return frame


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (97, 41), (32, 32), (20, 18)])
@pytest.mark.parametrize("resize", [EDGE, EXACT, LETTERBOX])
def test_every_mode_gives_what_resizing_and_cutting_by_hand_gives(
    resize: Mapping[str, object], size: tuple[int, int]
) -> None:
    preprocess = {"resize": resize} | ({"crop": 32} if resize is EDGE else {})
    description = described(preprocess=preprocess, input={"dtype": "uint8", "layout": "NHWC"})
    image = noise(size)
    expected = np.asarray(by_hand(image, resize), dtype=np.float32)
    differences = np.abs(computed(description, image) - expected)
    assert differences.max() <= 2  # halves are rounded otherwise, once across and once down
    assert differences.mean() < 0.2


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("color", ["RGB", "BGR"])
def test_numbers_are_normalised_as_described(layout: str, color: str) -> None:
    preprocess = {"resize": EXACT, "mean": MEAN, "std": STD, "color": color}
    image = noise()
    pixels = np.asarray(by_hand(image, EXACT), dtype=np.float32)
    ordered = pixels[..., ::-1] if color == "BGR" else pixels
    expected = (ordered / 255 - MEAN) / STD
    found = computed(described(preprocess=preprocess, input={"layout": layout}), image)
    if layout == "NCHW":
        found = found.transpose(1, 2, 0)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_grey_model_gets_one_channel() -> None:
    preprocess = {"resize": EXACT, "color": "GRAY", "scale": 1, "mean": [128], "std": [2]}
    description = described(preprocess=preprocess, input={"channels": 1})
    grey = np.asarray(noise().convert("L").resize((30, 20), Image.Resampling.BILINEAR))
    expected = (grey.astype(np.float32) - 128) / 2
    np.testing.assert_allclose(computed(description, noise())[0], expected, atol=1e-5)


def test_what_a_letterbox_leaves_out_is_cut_off() -> None:
    description = described(
        preprocess={"resize": LETTERBOX, "crop": [16, 24]}, input={"dtype": "uint8"}
    )
    expected = np.asarray(cut(by_hand(noise(), LETTERBOX), 16, 24), dtype=np.float32)
    found = computed(description, noise()).transpose(1, 2, 0)
    assert np.abs(found - expected).max() <= 1
