"""`python -m benchmarks.gpu`: CUDA against the CPU, for any machine that has a GPU.

Writes what it finds to benchmarks/results, as JSON and as a page. With `--device cpu` it runs
everything on the CPU, which says nothing about GPUs and tries the benchmark itself.
"""

import asyncio
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import onnxruntime

from benchmarks.broker import create, fill, open_broker, rate
from benchmarks.gpu_busy import card, watching
from benchmarks.gpu_rates import Rate, agreement, cost, decoding, rates
from benchmarks.networks import mobilenet
from benchmarks.processes import running
from inference.engines.runtime.onnx import here
from inference.engines.runtime.providers import CPU, Plan, plan
from inference.engines.runtime.settings import EngineSettings
from inference.errors import Misconfigured
from inference.lanes.image_classification.samples import samples

RESULTS = Path(__file__).parent / "results"
DEMONSTRATION = Path("models/leaf-diseases")
RECORDS, FILES = 4000, 200

Found = dict[str, Any]


@click.command()
@click.option("--device", type=click.Choice(["cuda", "cpu"]), default="cuda")
@click.option("--records", default=RECORDS, help="Pictures that go from Kafka to Kafka.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=RESULTS)
def main(device: str, records: int, out: Path) -> None:
    """Measure and write down; ends with a reason where the device is not to be had."""
    try:
        found = measured(device, records)
    except Misconfigured as error:
        sys.exit(f"{error}")
    name = f"{device}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (out / f"{name}.md").write_text(page(found), encoding="utf-8")
    click.echo(page(found))


def measured(device: str, records: int) -> Found:
    """Everything about both models."""
    planned = planned_on(device)
    with TemporaryDirectory(prefix="penstock-gpu-") as folder:
        models = {"demonstration": DEMONSTRATION, "MobileNetV2's size": mobilenet(Path(folder))}
        return {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(planned),
            "models": {name: about(path, planned) for name, path in models.items()},
            "kafka": asyncio.run(through_kafka(models, device, records)),
        }


def planned_on(device: str) -> Plan:
    """CUDA as a lane would use it; the CPU by way of the same buffers."""
    if device == "cpu":
        return Plan(((CPU, {}),), buffers=True)
    return plan(EngineSettings.model_validate({"device": device}), here())


def machine(planned: Plan) -> Found:
    """What the figures hold for."""
    gpu = card(planned.device)
    return {
        "provider": planned.first,
        "gpu": gpu.name if gpu else None,
        "driver": gpu.driver if gpu else None,
        "onnxruntime": onnxruntime.__version__,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def about(model: Path, planned: Plan) -> Found:
    """Agreement, rates, what they amount to, and how fast pictures could be decoded."""
    found = rates(model, planned)
    files = [content.data for _, content in samples(FILES)]
    return {
        "agreement": agreement(model, planned)._asdict(),
        "rates": [each._asdict() for each in found],
        "cost": cost(found)._asdict(),
        "decoded_per_second": decoding(model, files, os.cpu_count() or 1),
    }


async def through_kafka(models: Mapping[str, Path], device: str, records: int) -> list[Found]:
    """The image lane, from topic to topic."""
    async with open_broker() as bootstrap:
        return [
            await _lane(bootstrap, (name, model), device, records) for name, model in models.items()
        ]


async def _lane(bootstrap: str, model: tuple[str, Path], device: str, records: int) -> Found:
    name, folder = model
    topics = [f"{folder.name}-{kind}" for kind in ("requests", "results", "letters")]
    await create(bootstrap, topics)
    await fill(bootstrap, topics[0], [content.data for _, content in samples(records)])
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "REQUESTS_TOPICS": f'{{"image-classification": "{topics[0]}"}}',
        "RESULTS_TOPIC": topics[1],
        "DEAD_LETTERS_TOPIC": topics[2],
        "KAFKA_GROUP": topics[1],
        "MODEL_DIR": str(folder),
        "DEVICE": device,
        "ENABLE_MODEL_CACHE": "false",
    }
    async with running("-m", "inference", "work", "image-classification", **settings):
        with watching(0) as busy:
            found = await rate(bootstrap, topics[1], records)
    return {"model": name, "records": records, "images_per_second": found, "busy": busy.mean}


def page(found: Found) -> str:
    """All of it as Markdown."""
    about_it = ", ".join(f"{key} {value}" for key, value in found["machine"].items() if value)
    parts = [f"# {found['machine']['provider']}, {found['when']}", about_it]
    for name, model in found["models"].items():
        parts += [f"## {name}", _said(model), _table([Rate(**each) for each in model["rates"]])]
    parts += ["## Kafka to Kafka", *map(_lane_said, found["kafka"])]
    return "\n\n".join(parts) + "\n"


def _said(model: Found) -> str:
    same, apart = model["agreement"]["same_label"], model["agreement"]["largest_difference"]
    once, each = 1e3 * model["cost"]["once"], 1e6 * model["cost"]["each"]
    return (
        f"The CPU gives the same label for {same:.1%} (scores differ by {apart:.4f} at most). A "
        f"batch costs {once:.2f} ms and {each:.1f} us for each picture; the CPUs here decode "
        f"{model['decoded_per_second']:,.0f} pictures/s."
    )


def _table(found: Sequence[Rate]) -> str:
    rows = [
        f"| {each.batch} | {each.threads} | {each.images_per_second:,.0f} | {_share(each.busy)} |"
        for each in found
    ]
    return "\n".join(["| batch | threads | images/s | GPU busy |", "|---|---|---|---|", *rows])


def _lane_said(lane: Found) -> str:
    return (
        f"{lane['model']}: {lane['images_per_second']:,.0f} images/s over {lane['records']} "
        f"records, GPU busy {_share(lane['busy'])}."
    )


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.0%}"


if __name__ == "__main__":
    main()
