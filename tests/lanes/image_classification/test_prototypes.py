from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inference.errors import Misconfigured
from inference.lanes.image_classification.features import features
from inference.lanes.image_classification.prototypes import Prototypes, fit, read_prototypes

SIDES = st.integers(1, 300)
RNG = np.random.default_rng(3)


def cloud() -> Image.Image:
    coarse = Image.fromarray(RNG.integers(0, 256, (12, 12, 3), dtype=np.uint8))
    return coarse.resize((200, 150), Image.Resampling.BICUBIC)


def clusters(classes: int, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Points around centres that lie far apart, and which is whose."""
    answers = np.repeat(np.arange(classes), each)
    return np.eye(9)[answers] * 8 + RNG.normal(0, 1, (len(answers), 9)), answers


@settings(deadline=None, max_examples=25)
@given(SIDES, SIDES, st.integers(0, 255))
def test_every_picture_has_as_many_features_and_all_are_numbers(
    width: int, height: int, level: int
) -> None:
    found = features(Image.new("RGB", (width, height), (level, level // 2, 255 - level)))
    assert found.shape == features(Image.new("RGB", (9, 9))).shape
    assert np.isfinite(found).all()


def test_light_changes_a_picture_less_than_another_picture_does() -> None:
    picture, other = cloud(), cloud()
    found = features(picture)
    darker = features(picture.point(lambda level: int(level * 0.7)))
    assert np.abs(darker - found).mean() < np.abs(features(other) - found).mean() / 2


def test_points_are_given_to_the_class_that_they_lie_near() -> None:
    rows, answers = clusters(4, 50)
    unseen, theirs = clusters(4, 50)
    scores = fit(rows, answers, 4).scores(unseen)
    assert (scores.argmax(axis=1) == theirs).mean() > 0.95
    assert np.allclose(scores.sum(axis=1), 1)


def test_a_class_that_was_never_seen_is_never_the_answer() -> None:
    rows, answers = clusters(3, 20)
    assert not fit(rows, answers * 2, 6).scores(rows)[:, 1::2].any()


def test_prototypes_come_out_of_their_file_as_they_went_in(tmp_path: Path) -> None:
    rows, answers = clusters(3, 20)
    made = fit(rows, answers, 5)
    (tmp_path / "p.npz").write_bytes(made.pack())
    read = read_prototypes(tmp_path / "p.npz", 5)
    assert np.allclose(read.scores(rows), made.scores(rows), atol=1e-4)


def test_prototypes_of_another_number_of_classes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p.npz").write_bytes(fit(*clusters(3, 20), 3).pack())
    with pytest.raises(Misconfigured, match="is of 3 classes, the model has 7"):
        read_prototypes(tmp_path / "p.npz", 7)


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_damaged_file_of_prototypes_is_one_line(tmp_path: Path, share: float) -> None:
    whole = fit(*clusters(3, 20), 3).pack()
    (tmp_path / "p.npz").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(Misconfigured, match=r"^[^\n]+holds no prototypes[^\n]+$"):
        read_prototypes(tmp_path / "p.npz", 3)


def test_a_file_of_prototypes_cannot_bring_code_along(tmp_path: Path) -> None:
    parts = {name: np.array([print], object) for name in Prototypes._fields}
    np.savez(tmp_path / "p.npz", allow_pickle=True, **parts)
    with pytest.raises(Misconfigured, match="holds no prototypes"):
        read_prototypes(tmp_path / "p.npz", 3)
