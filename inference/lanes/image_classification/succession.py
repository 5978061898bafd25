"""A new version of the model: where it lies, and what is asked of it before it takes over."""

from pathlib import Path

from inference.lane import Rung, Succession
from inference.lanes.image_classification.contract import EncodedImage, ImageClassified
from inference.lanes.image_classification.rungs import AbsentRung, ImageRung
from inference.lanes.image_classification.settings import ImageSettings

ImageRungs = Rung[EncodedImage, ImageClassified]


def unlike(old: ImageRungs, new: ImageRungs) -> str | None:
    """Callers know the labels: a model with others is another model, not a new version."""
    if isinstance(new, AbsentRung):
        return "its device is not there, or has no room for it beside the old one"
    if not isinstance(new, ImageRung) or not isinstance(old, ImageRung | AbsentRung):
        return None
    before, after = old.labels, new.labels
    if before == after:
        return None
    return f"it has {len(after)} labels that are not the {len(before)} of the old one, in order"


def agree(old: ImageClassified, new: ImageClassified) -> bool:
    """Whether both find the same label best, or none good enough."""
    if old.below_threshold and new.below_threshold:
        return True
    return [p.label for p in old.predictions[:1]] == [p.label for p in new.predictions[:1]]


def stamp() -> object:
    """What lies there now: it changes with any file of the model, and with a newer folder."""
    place = ImageSettings().place
    named = [path for path in (place.file, place.labels) if path is not None]
    files = sorted({*place.folder.rglob("*"), *named})
    return place.folder.resolve(), [(path, _state(path)) for path in files]


def _state(path: Path) -> tuple[int, int]:
    """Nothing where it has just gone away."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


SUCCESSION = Succession(unlike, agree, stamp)
