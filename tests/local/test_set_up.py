import shutil
from pathlib import Path

import pytest

from local import apt, environment, jars, java, preparation, uv
from local.environment import Wanted
from local.setup import advice


def test_an_unfit_python_is_named_with_what_to_do() -> None:
    said = advice((3, 9), "/usr/bin/python3")
    assert "/usr/bin/python3 is 3.9" in said
    assert "make run PYTHON=" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "25" 2025-09-16', 25),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", None),
    ],
)
def test_the_version_of_java_is_understood(said: str, major: int | None) -> None:
    assert java.major(said) == major


@pytest.mark.parametrize(
    ("said", "version"), [("uv 0.13.8 (x86_64)", (0, 13)), ("uv 1.2.3", (1, 2)), ("", (0, 0))]
)
def test_the_version_of_uv_is_understood(said: str, version: tuple[int, int]) -> None:
    assert uv.version(said) == version


@pytest.mark.parametrize(
    ("there", "wanted", "enough"),
    [
        (None, Wanted("a", "cpu", dev=False), False),
        (Wanted("a", "cpu", dev=False), Wanted("a", "cpu", dev=False), True),
        (Wanted("a", "cpu", dev=True), Wanted("a", "cpu", dev=False), True),
        (Wanted("a", "cpu", dev=False), Wanted("a", "cpu", dev=True), False),
        (Wanted("a", "cpu", dev=True), Wanted("b", "cpu", dev=False), False),
        (Wanted("a", "cpu", dev=True), Wanted("a", "gpu", dev=False), False),
    ],
)
def test_an_environment_is_kept_while_it_serves(
    there: Wanted | None, wanted: Wanted, *, enough: bool
) -> None:
    assert wanted.served_by(there) is enough


def test_a_stamp_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    assert environment.standing(stamp) is None
    stamp.write_text('{"lock": "a"}')
    assert environment.standing(stamp) is None


def test_only_what_is_missing_is_installed() -> None:
    assert preparation.packages(has_java=True, has_maven=True) == []
    assert preparation.packages(has_java=True, has_maven=False) == [["maven"]]
    assert ["openjdk-17-jre-headless", "maven"] in preparation.packages(
        has_java=False, has_maven=False
    )


def test_mavens_downloads_are_counted() -> None:
    downloads = jars.Downloads()
    assert downloads("[INFO] Scanning for projects...") is None
    assert downloads("[INFO] Downloaded from central: x/a-1.pom (2.5 kB at 1 kB/s)") is None
    downloads("[INFO] Downloaded from central: x/a-1.jar (500 kB at 1 MB/s)")
    assert downloads("Downloaded from central: x/b.jar (1.5 MB at 1 MB/s)") == "2 jars, 2.0 MB"


def test_apts_steps_are_counted() -> None:
    steps = apt.Steps()
    assert steps("Reading package lists...") is None
    steps("Get:1 somewhere bookworm/main amd64 maven all 3.8.7 [22 kB]")
    assert steps("Setting up maven (3.8.7) ...") == "1 downloaded, 1 set up"


def test_mavens_first_complaint_is_the_one_that_is_shown() -> None:
    lines = ["[INFO] fine", "[ERROR] could not resolve a", "[ERROR] see the manual"]
    assert jars.first_error(lines) == "could not resolve a"


def test_without_java_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    assert shutil.which("java") is None
    said = jars.unavailable()
    assert said is not None
    assert "KAFKA_BOOTSTRAP_SERVERS" in said
    assert "\n" not in said
