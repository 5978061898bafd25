"""What the image lane is held against: decode and run, on as many threads, no Kafka."""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from inference.engines.folder.weights import read_weights
from inference.engines.images import Wanted, decode
from inference.engines.runtime.onnx import Network
from inference.lanes.image_classification.preprocessing import Preprocessing

BATCH = 8
PIXELS = 40_000_000


class BareLoop:
    """Nothing but what has to be done for an image."""

    def __init__(self, folder: Path) -> None:
        weights = read_weights(folder)
        self._network = Network(weights.path)
        self._form = Preprocessing(weights.description)
        self._wanted = Wanted(self._form.mode, PIXELS, self._form.scaled)

    def run(self, files: Sequence[bytes]) -> None:
        """One batch."""
        batch = self._form.batch(len(files))
        for data, row in zip(files, batch, strict=True):
            picture = decode(data, "JPEG", self._wanted)
            self._form.put(picture.image, picture.sent, row)  # type: ignore[union-attr] # our own files are sound
        self._network.run(batch)

    def rate(self, files: Sequence[bytes], workers: int) -> float:
        """Images per second."""
        batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(self.run, batches[: 2 * workers]))
            started = time.perf_counter()
            list(threads.map(self.run, batches))
        return len(files) / (time.perf_counter() - started)


def main(model: Path, pictures: Path, count: int, workers: int) -> None:
    """Prints one figure."""
    known = [path.read_bytes() for path in sorted(pictures.iterdir())]
    files = [known[number % len(known)] for number in range(count)]
    sys.stdout.write(f"{BareLoop(model).rate(files, workers)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
