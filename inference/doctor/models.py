"""Whether a lane opens: in a process of its own, since a model may hang it or take it down."""

import asyncio
import json
import sys

from inference.doctor.finding import Finding, Findings, fail, ok, warn

OPEN_LIMIT = 90.0
LAST = 300


async def look_at_lane(lane: str) -> Findings:
    """Opens it as a worker would, and closes it again."""
    about = f"lane {lane}"
    command = (sys.executable, "-m", "inference.doctor.rungs", lane)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(OPEN_LIMIT):
            out, said = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return [fail(about, f"did not open within {OPEN_LIMIT:.0f} s", "look at its model")]
    if process.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2][-LAST:]
        return [fail(about, f"does not open: {reason}", f"see docs/lanes/{lane}.md")]
    return _judge(about, json.loads(out.splitlines()[-1]))


def _judge(about: str, rungs: list[dict[str, str | None]]) -> list[Finding]:
    if not rungs:
        return [fail(about, "has nothing that answers", "configure at least one rung")]
    findings = [ok(about, f"opens; {rung['level']}: {_model(rung)}") for rung in rungs]
    if rungs[0]["level"] != "full":
        said = f"its best rung is {rungs[0]['level']}"
        return [warn(about, said, "its full one is not configured"), *findings]
    return findings


def _model(rung: dict[str, str | None]) -> str:
    if rung["name"] is None:
        return "no model needed"
    return f"{rung['name']} {rung['version']}, sha256 {str(rung['digest'])[:12]}"
