"""Takes an image's own bytes, gives the labels that fit best."""

from typing import NamedTuple

from pydantic import Field

from inference.contract import Content, Contract, Document, Reason, Rejection

STAGE = "read"

ACCEPTED = "this lane takes the bytes of a JPEG, PNG, WebP or GIF file"


class EncodedImage(NamedTuple):
    """A question: the bytes of an image file, and its format as Pillow calls it."""

    data: bytes
    format: str


class Prediction(Document):
    """One label and how well it fits."""

    index: int = Field(description="The label's place in the model's list.")
    label: str
    score: float
    below_threshold: bool = Field(
        default=False, description="True when the score is under the label's own threshold."
    )


class ImageClassified(Document):
    """The labels that fit an image best."""

    predictions: list[Prediction] = Field(description="Best first; equal scores in index order.")
    activation: str = Field(
        description="How scores came about: `softmax` (they sum to 1 over all labels), `sigmoid` "
        "(each label by itself) or `none` (as the model gave them)."
    )
    below_threshold: bool = Field(
        description="True when even the best score is too low to be relied on; where several "
        "labels may fit, when none of them does."
    )
    calibrated: bool = Field(
        default=True,
        description="False where scores only say which label is nearest, as the basic rung's do.",
    )
    width: int = Field(description="Of the image as sent, upright, in pixels.")
    height: int
    disclaimer: str | None = Field(None, description="What the model must not be used for.")


def read(content: Content) -> EncodedImage | Rejection:
    """The image in a value, known by its first bytes and by nothing that is said about it."""
    if not content.data:
        return Rejection(Reason.MALFORMED, STAGE, f"the value is empty: {ACCEPTED}")
    found = recognise(content.data)
    if found is None:
        return Rejection(Reason.REFUSED, STAGE, f"{ACCEPTED}, recognised by its first bytes")
    return EncodedImage(content.data, found)


def recognise(data: bytes) -> str | None:
    """The format of an image file, None if it is another one than those that are accepted."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    return None


CONTRACT = Contract(
    lane="image-classification",
    answer=ImageClassified,
    read=read,
    content_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    max_bytes=5 * 1024 * 1024,
)
