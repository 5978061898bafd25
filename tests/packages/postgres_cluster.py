"""A PostgreSQL of a test run's own, in a folder that goes away with it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from local.ports import free_port

USER = "penstock"


def binaries() -> Path | None:
    """Where the distribution, or somebody's PATH, has the server's programs."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = packaged[-1] if packaged else shutil.which("initdb")
    return Path(found).parent if found else None


class Cluster:
    """A server on loopback, for one test after another."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._port = free_port()
        self._owner = _owner()
        self._folder = Path(tempfile.mkdtemp(prefix="penstock-postgres-"))
        if self._owner:
            shutil.chown(self._folder, self._owner)

    def create(self) -> None:
        """Make the files; a test needs no power cut survived, so nothing is synchronised."""
        data = str(self._folder / "data")
        options = ("--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C")
        self._run("initdb", f"--pgdata={data}", "--no-sync", *options)

    def start(self) -> None:
        """Start, and return when it answers."""
        settings = f"-p {self._port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self._folder}"
        self._control("start", "-o", settings, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        """Stop at once, as a crash would; nothing here has to last."""
        self._control("stop", "-m", "immediate")

    def remove(self) -> None:
        """Delete the files."""
        shutil.rmtree(self._folder)

    def emptied(self) -> str:
        """The URL of its only database, in which nothing is left of the test before."""
        url = f"postgresql://{USER}@127.0.0.1:{self._port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return url

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-w", "-D", str(self._folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            user=self._owner,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{program} {arguments} ended with {done.returncode}"


def _owner() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
