"""What a person reads when everything is up."""

from rich.console import Console

from local.settings import LocalSettings


def welcome(console: Console, settings: LocalSettings, lane: str | None, took: float) -> None:
    """How long it took, where everything is, and what to try."""
    console.print(f"\n[bold green]Ready in {took:.1f} s.[/]")
    for name, address in addresses(settings).items():
        console.print(f"  {name:10} {address}")
    if lane is not None:
        console.print("\n[bold]Try next[/] (from another terminal)")
        for line in tries(settings, lane):
            console.print(f"  {line}", soft_wrap=True)
    console.print("\nCtrl-C stops everything.")


def addresses(settings: LocalSettings) -> dict[str, str]:
    """Where a person finds what."""
    return {
        "Kafka": settings.bootstrap,
        "Inference": f"http://127.0.0.1:{settings.inference_port}/docs",
        "Producer": f"http://127.0.0.1:{settings.producer_port}/docs",
        "Consumer": f"http://127.0.0.1:{settings.consumer_port}/docs",
        "Logs": str(settings.logs),
    }


def tries(settings: LocalSettings, lane: str) -> list[str]:
    """Three ways in: a file from the command line, a request over HTTP, results as they come."""
    kafka = ""
    if settings.bootstrap != "127.0.0.1:9092":
        kafka = f"KAFKA_BOOTSTRAP_SERVERS={settings.bootstrap} "
    url = f"http://127.0.0.1:{settings.producer_port}/lanes/{lane}/requests"
    return [
        f"{kafka}.venv/bin/python -m consumer tail",
        f"{kafka}.venv/bin/python -m producer send {lane} FILE",
        f"curl --data-binary @FILE {url}",
    ]
