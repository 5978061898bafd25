"""`model.yaml`: what a model takes, what it gives and what it is called."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Length = Annotated[int, Field(ge=1, le=4096)]
Sides = Length | tuple[Length, Length]
Factor = Annotated[float, Field(allow_inf_nan=False)]

CHANNELS = {"RGB": 3, "BGR": 3, "GRAY": 1}


class Activation(StrEnum):
    """How what the graph gives becomes scores."""

    SOFTMAX = "softmax"
    SIGMOID = "sigmoid"
    NONE = "none"


class Part(BaseModel):
    """A part of the description: an unknown key is a mistake, not something to pass over."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Input(Part):
    """The tensor that the graph takes."""

    layout: Literal["NCHW", "NHWC"] = "NCHW"
    channels: Literal[1, 3] = 3
    dtype: Literal["uint8", "float32"] = "float32"


class Resize(Part):
    """How a picture comes to the model's size; pairs are (height, width)."""

    mode: Literal["shortest_edge", "exact", "letterbox"]
    size: Sides
    resample: Literal["nearest", "box", "bilinear", "bicubic", "lanczos"] = "bilinear"
    fill: int = Field(0, ge=0, le=255, description="What letterbox puts beside the picture.")


class Preprocess(Part):
    """What happens to a picture before the graph sees it: value * scale, less mean, over std."""

    resize: Resize
    crop: Sides | None = None
    scale: Factor = 1 / 255
    mean: tuple[Factor, ...] = (0.0,)
    std: tuple[Factor, ...] = (1.0,)
    color: Literal["RGB", "BGR", "GRAY"] = "RGB"

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width of what the graph takes."""
        return pair(self.crop if self.crop is not None else self.resize.size)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        resized = self.resize.size
        if self.resize.mode == "shortest_edge" and (
            self.crop is None or not isinstance(resized, int)
        ):
            _wrong("resize.mode shortest_edge needs one number as its size, and a crop")
        if any(cut > whole for cut, whole in zip(self.sides, pair(resized), strict=True)):
            _wrong("crop is larger than resize.size: make it smaller, or leave it out")
        if 0.0 in self.std:
            _wrong("std must not be 0")
        return self


class Output(Part):
    """What the graph gives."""

    activation: Activation
    multi_label: bool | None = Field(
        None, description="Whether several labels may fit; by default with sigmoid."
    )
    threshold: Factor | None = None
    thresholds: dict[str, Factor] = Field(
        default_factory=dict, description="By label, where its threshold is another one."
    )

    @property
    def several(self) -> bool:
        """Whether several labels may fit."""
        sigmoid = self.activation is Activation.SIGMOID
        return sigmoid if self.multi_label is None else self.multi_label

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.several and self.activation is Activation.SOFTMAX:
            _wrong("multi_label does not go with softmax: its scores compete, write sigmoid")
        return self


class StandIn(Part):
    """What may answer in place of the model, and how often it agrees with it."""

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    agreement: float = Field(ge=0, le=1, description="Share of inputs with the same best label.")
    inputs: int = Field(ge=1, description="How many inputs that was measured on.")


class Description(Part):
    """The whole file. `measured` is free: what its makers found out about the model."""

    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    task: Literal["image-classification"] = "image-classification"
    file: str = "model.onnx"
    sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    license: str | None = None
    labels: tuple[str, ...] | None = Field(None, min_length=1)
    labels_file: str | None = None
    input: Input = Input()
    preprocess: Preprocess
    output: Output
    disclaimer: str | None = None
    light: StandIn | None = Field(None, description="A smaller graph with the same input.")
    basic: StandIn | None = Field(None, description="Prototypes of the classes among features.")
    measured: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.labels is None) == (self.labels_file is None):
            _wrong("give either labels or labels_file")
        channels, preprocess = self.input.channels, self.preprocess
        if channels != CHANNELS[preprocess.color]:
            _wrong(f"color {preprocess.color} does not have {channels} channels")
        if {len(preprocess.mean), len(preprocess.std)} - {1, channels}:
            _wrong(f"mean and std need one number, or {channels}")
        if self.input.dtype == "uint8" and preprocess.model_fields_set & {"scale", "mean", "std"}:
            _wrong("a uint8 graph normalises itself: leave scale, mean and std out")
        return self

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one item of the batch, in the graph's layout."""
        height, width = self.preprocess.sides
        channels = self.input.channels
        return (
            (channels, height, width) if self.input.layout == "NCHW" else (height, width, channels)
        )


def pair(sides: Sides) -> tuple[int, int]:
    """Height and width, where one number stands for both."""
    return (sides, sides) if isinstance(sides, int) else sides


def mistakes(error: ValidationError) -> str:
    """Every mistake in a file, by its key, on one line."""
    found = error.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in found)


def _wrong(message: str) -> None:
    raise ValueError(message)
