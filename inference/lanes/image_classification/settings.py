"""What can be set for the image lane."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# Beside the `inference` package, where the demonstration model lies.
OWN = Path(__file__).parents[3]


class ImageSettings(BaseSettings):
    """Which model the lane runs, and what it takes and tells."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    model_dir: Path = Field(
        Path("models/leaf-diseases"),
        description="Folder with model.yaml and the ONNX file it names; a relative one is looked "
        "for in the working directory, then beside Penstock's own code.",
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
        """Where the model lies."""
        if self.model_dir.exists():
            return self.model_dir
        beside = OWN / self.model_dir
        return beside if beside.exists() else self.model_dir
