"""`preprocessor_config.json`: what an image processor does to a picture, old forms and new."""

from collections.abc import Mapping
from math import isclose
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from pydantic import BaseModel, Field

from inference.engines.folder.form import Form
from inference.errors import Misconfigured

# Pillow's numbers.
RESAMPLE = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box"}
AROUND_ZERO = 1 / 127.5
# From this size on ConvNeXt's processor stretches instead of cutting.
CONVNEXT_STRETCHES = 384
# Processors that take a bare number for the length of the shorter side.
BY_SHORTER_SIDE = (
    *("CLIP", "ChineseCLIP", "ConvNext", "PoolFormer", "Levit", "Bit"),
    *("MobileViT", "MobileNetV1", "MobileNetV2"),
)

Size = int | dict[str, int]


class Pixels(BaseModel):
    """What is needed of the file; a key that is null is as one that is not there."""

    kind: str | None = Field(None, alias="image_processor_type")
    old_kind: str | None = Field(None, alias="feature_extractor_type")
    do_resize: bool | None = None
    size: Size | None = None
    resample: int | None = None
    do_center_crop: bool | None = None
    crop_size: Size | None = None
    crop_pct: float | None = Field(None, gt=0, le=1)
    do_rescale: bool | None = None
    rescale_factor: float | None = None
    rescale_offset: bool | None = None
    do_normalize: bool | None = None
    image_mean: float | list[float] | None = None
    image_std: float | list[float] | None = None
    include_top: bool | None = None
    do_flip_channel_order: bool | None = None
    do_pad: bool | None = None

    def of_kind(self, *names: str) -> bool:
        """Whether the processor is one of these; what follows the name is its generation."""
        return (self.kind or self.old_kind or "").startswith(names)


class Resizing(NamedTuple):
    """How a picture comes to its size."""

    mode: str
    size: int | tuple[int, int]
    crop: int | tuple[int, int] | None = None


def preprocess(about: Path, pixels: Pixels, form: Form) -> Mapping[str, Any]:
    """The same as a description says it; what it cannot say raises Misconfigured."""
    if pixels.do_resize is False or pixels.do_pad:
        _refuse(about, "leaves pictures of every size as they are")
    if pixels.of_kind("Perceiver"):
        _refuse(about, "cuts before it resizes")
    resizing = _resizing(about, pixels)
    resample = RESAMPLE.get(pixels.resample if pixels.resample is not None else 2)
    if resample is None:
        _refuse(about, f"resamples by a way that Pillow has not: {pixels.resample}")
    return {
        "resize": {"mode": resizing.mode, "size": resizing.size, "resample": resample},
        "crop": resizing.crop,
        "color": "GRAY" if form.channels == 1 else _order(pixels),
        **form.normalised(**_numbers(about, pixels)),
    }


def _order(pixels: Pixels) -> str:
    return "BGR" if pixels.do_flip_channel_order else "RGB"


def _numbers(about: Path, pixels: Pixels) -> Mapping[str, Any]:
    """Each step of a processor is value * scale, less mean, over std; so are all together."""
    scale = 1.0 if pixels.do_rescale is False else pixels.rescale_factor or 1 / 255
    mean, std = np.zeros(1), np.ones(1)
    if pixels.do_normalize is not False:
        if pixels.image_mean is None or pixels.image_std is None:
            _refuse(about, "normalises, and has no image_mean or no image_std")
        mean, std = np.atleast_1d(pixels.image_mean), np.atleast_1d(pixels.image_std)
    if pixels.do_rescale is not False and pixels.rescale_offset:
        if not isclose(scale, AROUND_ZERO):  # its versions differ in what they mean by any other
            _refuse(about, f"has a rescale_offset with a rescale_factor other than {AROUND_ZERO}")
        mean = mean + 1
    if pixels.include_top:
        std = std * np.atleast_1d(1.0 if pixels.image_std is None else pixels.image_std)
    return {"scale": scale, "mean": mean.tolist(), "std": std.tolist()}


def _resizing(about: Path, pixels: Pixels) -> Resizing:
    size, crop = pixels.size, _sides(pixels.crop_size) if pixels.do_center_crop else None
    edge = _edge(pixels)
    if edge is None:
        stretched = _sides(size)
        if stretched is None:
            _refuse(about, f"has a size that is not known: {size}")
        return Resizing("exact", stretched, crop)
    if pixels.of_kind("ConvNext"):
        return _convnext(edge, pixels.crop_pct or 224 / 256)
    if pixels.of_kind("Levit"):
        edge = int(edge * 256 / 224)
    if pixels.of_kind("PoolFormer"):
        edge = int(edge / (pixels.crop_pct or 0.9))
    if crop is None:
        _refuse(about, "keeps the longer side of a picture: it needs do_center_crop and crop_size")
    return Resizing("shortest_edge", edge, crop)


def _convnext(edge: int, share: float) -> Resizing:
    if edge >= CONVNEXT_STRETCHES:
        return Resizing("exact", edge)
    return Resizing("shortest_edge", int(edge / share), edge)


def _edge(pixels: Pixels) -> int | None:
    """The shorter side's length; a bare number is one for some processors, and both for others."""
    sides = _sides(pixels.size)
    if pixels.of_kind("PoolFormer") and sides is not None and sides[0] == sides[1]:
        return sides[0]
    if isinstance(pixels.size, int):
        return pixels.size if pixels.of_kind(*BY_SHORTER_SIDE) else None
    if pixels.size is None or pixels.size.keys() != {"shortest_edge"}:
        return None
    return pixels.size["shortest_edge"]


def _sides(size: Size | None) -> tuple[int, int] | None:
    if isinstance(size, int):
        return size, size
    if size is None or size.keys() != {"height", "width"}:
        return None
    return size["height"], size["width"]


def _refuse(about: Path, what: str) -> NoReturn:
    message = f"{about}: this processor {what}: write a model.yaml that says it another way"
    raise Misconfigured(message)
