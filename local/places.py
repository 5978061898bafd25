"""Where things are kept on this machine: all of it under `.local/`, which git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local"
LOGS = STATE / "logs"
STAMPS = STATE / "stamps"
POM = ROOT / "local" / "pom.xml"
JARS = STATE / "kafka" / "lib"
