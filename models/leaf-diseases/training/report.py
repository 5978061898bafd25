"""What is written down about the model: model.yaml, and a page for people."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

from training.diseases import LABELS
from training.measure import Measured
from training.pictures import SIDE

VERSION = "1.0.0"
COMMAND = "PYTHONPATH=.:models/leaf-diseases uv run --extra cpu --group train python -m training"
DISCLAIMER = (
    "Trained on synthetic drawings of leaves only; it knows nothing about real plants. "
    "A demonstration, not advice."
)

WHAT = {
    "light": "the same network in 8-bit integers",
    "basic": "colours and textures, nearest prototype",
}


def describe(path: Path, measured: dict[str, object]) -> None:
    """Writes model.yaml beside the model."""
    description = {
        "name": "leaf-diseases-synthetic",
        "version": VERSION,
        "task": "image-classification",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "license": "Apache-2.0",
        "labels": list(LABELS),
        "input": {"layout": "NHWC", "channels": 3, "dtype": "uint8"},
        "preprocess": {
            "resize": {"mode": "shortest_edge", "size": SIDE, "resample": "bilinear"},
            "crop": SIDE,
            "color": "RGB",
        },
        "output": {"activation": "softmax"},
        "disclaimer": DISCLAIMER,
        "measured": measured,
    }
    text = yaml.safe_dump(description, sort_keys=False, width=100)
    (path.parent / "model.yaml").write_text(text, encoding="utf-8")


def page(folder: Path, measured: Measured, stand_ins: Mapping[str, float]) -> None:
    """Writes README.md with the confusion matrix, and how good what stands in for the model is."""
    (folder / "README.md").write_text(_page(folder, measured, stand_ins), encoding="utf-8")


def _page(folder: Path, measured: Measured, stand_ins: Mapping[str, float]) -> str:
    size = (folder / "model.onnx").stat().st_size
    made = (
        f"A convolutional network of six layers ({size / 1024:.0f} KiB) that tells "
        f"{len(LABELS)} classes of drawn leaves apart. The drawings are procedural: `training/` "
        "draws them, trains, exports and measures."
    )
    accuracy = (
        f"Accuracy on {measured.counts.sum()} held-out drawings, made with other parameter "
        "ranges than those trained on (`training/ranges.py`; a few overlap at an edge): "
        f"**{measured.accuracy:.3f}**."
    )
    parts = (
        "# leaf-diseases: a demonstration model",
        DISCLAIMER,
        made,
        accuracy,
        "Drawn (rows) and answered (columns):",
        _matrix(measured),
        "On the same drawings, what answers in its place:",
        _table(folder, stand_ins),
        "Made anew with:",
        f"```\n{COMMAND}\n```",
    )
    return "\n\n".join(parts) + "\n"


def _table(folder: Path, stand_ins: Mapping[str, float]) -> str:
    said = yaml.safe_load((folder / "model.yaml").read_text(encoding="utf-8"))
    rows = [
        f"| {level} | {WHAT[level]} | `{said[level]['file']}`, "
        f"{(folder / said[level]['file']).stat().st_size / 1024:.0f} KiB "
        f"| {said[level]['agreement']:.3f} | {accuracy:.3f} |"
        for level, accuracy in stand_ins.items()
    ]
    head = "| rung | what | file | agrees with the model | accuracy |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _matrix(measured: Measured) -> str:
    rows = [
        f"| **{label}** | " + " | ".join(map(str, row)) + " |"
        for label, row in zip(LABELS, measured.counts.tolist(), strict=True)
    ]
    head = "| | " + " | ".join(LABELS) + " |"
    return "\n".join([head, "|---|" + "---|" * len(LABELS), *rows])
