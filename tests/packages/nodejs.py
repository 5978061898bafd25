"""Node.js, with what package-lock.json names installed; a test that needs it calls `run`."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from needed import do_without

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "package-lock.json"
INSTALLED = ROOT / "node_modules" / ".installed"
INSTALL_LIMIT = 100.0


def run(script: Path, *arguments: str, limit: float = 30.0) -> str:
    """What a script prints; the test fails with what it says where it fails."""
    installed()
    ran = subprocess.run(
        ["node", str(script), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def installed() -> None:
    """Skips where there is no Node.js or no way to install; under CI that is a failure."""
    locked = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == locked:
        return
    if not shutil.which("node") or not shutil.which("npm"):
        do_without("Node.js and npm are not installed")
    ran = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=INSTALL_LIMIT,
        check=False,
    )
    if ran.returncode:
        do_without(f"npm ci failed: {ran.stderr[-500:]}")
    INSTALLED.write_text(locked)
