"""`python -m inference.doctor.rungs LANE`: opens a lane and prints its rungs as JSON."""

import asyncio
import json
import sys

from inference import lanes
from inference.errors import PenstockError


async def main(lane: str) -> None:
    """Whatever goes wrong ends the process, with the reason as the last line."""
    async with lanes.part(lane, "lane", "LANE").open(1) as rungs:
        found = [
            {
                "level": str(rung.level),
                "name": rung.model and rung.model.name,
                "version": rung.model and rung.model.version,
                "digest": rung.model and rung.model.digest,
            }
            for rung in rungs
        ]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except PenstockError as error:
        sys.exit(f"{error}")
