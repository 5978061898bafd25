"""`pretrained_cfg` in the config.json of a timm model: how its pictures were treated."""

import math
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from inference.engines.folder.form import Form

Three = tuple[float, float, float]


class Pretrained(BaseModel):
    """What is needed of it."""

    input_size: tuple[int, int, int]
    interpolation: Literal["nearest", "box", "bilinear", "bicubic", "lanczos"] = "bilinear"
    crop_pct: float = Field(0.875, gt=0, le=1)
    crop_mode: Literal["center", "squash"] = "center"
    mean: Three
    std: Three


def preprocess(said: Pretrained, form: Form) -> Mapping[str, Any]:
    """The same as a description says it; the size is the graph's, where that has one."""
    crop = form.sides or said.input_size[1:]
    resized = [math.floor(side / said.crop_pct) for side in crop]
    squashed = said.crop_mode == "squash"
    return {
        "resize": {
            "mode": "exact" if squashed else "shortest_edge",
            "size": resized if squashed else max(resized),
            "resample": said.interpolation,
        },
        "crop": crop,
        **form.normalised(mean=said.mean, std=said.std),
    }
