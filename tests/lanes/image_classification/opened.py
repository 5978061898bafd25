"""What the fixture `opened` is."""

from collections.abc import Callable

from inference.lanes.image_classification.classifier import Classifier

Opened = Callable[..., Classifier]
