"""The image lane, Kafka to Kafka, against a bare loop of decode and run over the same files."""

import asyncio
import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.broker import create, fill, rate
from benchmarks.networks import mobilenet
from benchmarks.processes import running
from benchmarks.table import Row, median

SIZE = (640, 480)
PICTURES, RECORDS, ROUNDS, WORKERS = 40, 1200, 3, 2
DEMONSTRATION = Path("models/leaf-diseases")


async def demonstration(bootstrap: str) -> Row:
    """With the model that is in the repository."""
    return await _compare(bootstrap, "demonstration model", DEMONSTRATION)


async def mobilenet_size(bootstrap: str) -> Row:
    """With a network of MobileNetV2's size."""
    with TemporaryDirectory(prefix="penstock-bench-") as folder:
        return await _compare(bootstrap, "MobileNetV2's size", mobilenet(Path(folder)))


async def _compare(bootstrap: str, name: str, model: Path) -> Row:
    with TemporaryDirectory(prefix="penstock-bench-") as folder:
        pictures = Path(folder)
        files = draw(pictures)
        topic = f"pictures-{model.name}.requests"
        await create(bootstrap, [topic])
        await fill(bootstrap, topic, [files[n % PICTURES] for n in range(RECORDS)])
        pairs = [
            (await _lane(bootstrap, topic, model, number), await _bare(model, pictures))
            for number in range(ROUNDS)
        ]
    return Row(
        f"image lane, {name} / bare loop of decode + run",
        median([lane for lane, _ in pairs]),
        median([bare for _, bare in pairs]),
        median([lane / bare for lane, bare in pairs]),
        "images/s",
        0.95,
    )


async def _lane(bootstrap: str, topic: str, model: Path, number: int) -> float:
    names = [f"{topic}-{kind}-{number}" for kind in ("results", "letters")]
    await create(bootstrap, names)
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": f'{{"image-classification": "{topic}"}}',
        "RESULTS_TOPIC": names[0],
        "DEAD_LETTERS_TOPIC": names[1],
        "KAFKA_GROUP": names[0],
        "MODEL_DIR": str(model),
        "WORKERS": str(WORKERS),
        "ENABLE_MODEL_CACHE": "false",  # every image is computed, as in the bare loop
    }
    async with running("-m", "inference", "work", "image-classification", **settings):
        return await rate(bootstrap, names[0], RECORDS)


async def _bare(model: Path, pictures: Path) -> float:
    arguments = ("-m", "benchmarks.bare_images", model, pictures, RECORDS, WORKERS)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *map(str, arguments), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    return float(printed)


def draw(folder: Path, count: int = PICTURES) -> list[bytes]:
    """JPEGs of about 60 KB: soft shapes and some grain, as photographs have."""
    rng, files = np.random.default_rng(1), []
    for number in range(count):
        coarse = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        soft = np.asarray(coarse.resize(SIZE, Image.Resampling.BICUBIC), dtype=np.int16)
        grain = rng.normal(0, 7, (SIZE[1], SIZE[0], 1)).astype(np.int16)
        file = io.BytesIO()
        pixels = np.clip(soft + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(file, "JPEG", quality=75)
        (folder / f"{number:03}.jpg").write_bytes(file.getvalue())
        files.append(file.getvalue())
    return files
