"""What an orchestrator and Prometheus ask a process, over HTTP."""

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter, Request, Response, status
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from pydantic import BaseModel, Field

from inference.web.guard.scopes import OPEN

Probe = Callable[[], Mapping[str, str | None]]

_PARTS = ("penstock", "aiokafka", "faust-streaming", "fastapi", "onnxruntime", "onnxruntime-gpu")
_ANSWERS: dict[int | str, dict[str, object]] = {503: {"description": "A check is wrong."}}


class Checks(BaseModel):
    """What a probe found."""

    status: Literal["ok", "failing"]
    checks: dict[str, str | None] = Field(
        description="Each check: null when well, else what is wrong.",
        examples=[{"broker": "no connection to 127.0.0.1:9092"}],
    )


class Health(BaseModel):
    """Both probes, and what this process is made of."""

    status: Literal["ok", "failing"]
    live: Checks
    ready: Checks
    versions: dict[str, str]


def health_routes(live: Probe, ready: Probe) -> APIRouter:
    """The routes /health, /health/live, /health/ready and /metrics; 503 when a check is wrong."""
    router = APIRouter(tags=["operations"], dependencies=[OPEN])
    parts = versions()

    @router.get("/health", responses=_ANSWERS)
    async def health(response: Response) -> Health:
        """Both probes and the versions of the parts."""
        alive, able = _checked(live, response), _checked(ready, response)
        well = alive.status == able.status == "ok"
        return Health(status="ok" if well else "failing", live=alive, ready=able, versions=parts)

    @router.get("/health/live", responses=_ANSWERS)
    async def liveness(response: Response) -> Checks:
        """Whether this process should go on; if not, restart it."""
        return _checked(live, response)

    @router.get("/health/ready", responses=_ANSWERS)
    async def readiness(response: Response) -> Checks:
        """Whether this process can do its work now; if not, send it none."""
        return _checked(ready, response)

    router.add_api_route("/metrics", _metrics, response_class=Response, name="metrics")
    return router


async def _metrics(request: Request) -> Response:
    """Every series of this process, in Prometheus' text format."""
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), media_type=content_type)


def _checked(probe: Probe, response: Response) -> Checks:
    checks = dict(probe())
    failing = any(checks.values())
    if failing:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    response.headers["cache-control"] = "no-store"
    return Checks(status="failing" if failing else "ok", checks=checks)


def versions() -> dict[str, str]:
    """What this process is made of."""
    found = {"python": platform.python_version()}
    for part in _PARTS:
        try:
            found[part] = version(part)
        except PackageNotFoundError:
            continue
    return found
