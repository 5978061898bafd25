"""What can be set for the image lane."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.engines.folder.sources import Place, of_file

# Beside the `inference` package, where the demonstration model lies.
OWN = Path(__file__).parents[3]


class ImageSettings(BaseSettings):
    """Which model the lane runs, and what it takes and tells."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    model_dir: Path = Field(
        Path("models/leaf-diseases"),
        description="Folder with an ONNX file and what describes it (docs/models.md); a relative "
        "one is looked for in the working directory, then beside Penstock's own code.",
    )
    model_path: Path | None = Field(
        None,
        description="An ONNX file, in place of MODEL_DIR; what describes it is looked for "
        "beside it.",
    )
    labels_path: Path | None = Field(
        None,
        description="Labels in place of the model's own: one per line, or a .json file.",
    )
    model_idle_close: float | None = Field(
        None,
        ge=1,
        description="Seconds without a question after which a model is closed, to be opened again "
        "at the next one; by default it stays open.",
    )
    top_k: int = Field(5, ge=1, le=100, description="Most labels in an answer.")
    min_score: float = Field(
        0.0,
        ge=0,
        description="Best score below which an answer says below_threshold; where model.yaml has "
        "a threshold too, the higher one counts.",
    )
    max_pixels: int = Field(
        40_000_000,
        ge=1,
        description="Most pixels of an image; decoding takes about 8 bytes for each, per worker.",
    )

    @property
    def folder(self) -> Path:
        """Where the model lies: the folder, or of numbered versions in it the newest."""
        folder = _found(self.model_dir)
        inside = folder.iterdir() if folder.is_dir() else ()
        versions = [path for path in inside if path.name.isdecimal() and path.is_dir()]
        return max(versions, key=lambda path: int(path.name), default=folder)

    @property
    def place(self) -> Place:
        """Where the model lies, and what of it is named by a setting of its own."""
        labels = self.labels_path and _found(self.labels_path)
        if self.model_path is None:
            return Place(self.folder, labels=labels)
        return of_file(_found(self.model_path), labels)


def _found(path: Path) -> Path:
    beside = OWN / path
    return beside if beside.exists() and not path.exists() else path
