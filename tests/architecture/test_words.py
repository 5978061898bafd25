import re
from pathlib import Path

from source import ROOT, tracked

# Written in pieces, so that this file does not find itself. Lock files name where they lock from.
LOCKS = {"uv.lock", "package-lock.json"}
FORBIDDEN = re.compile(
    "|".join(
        (
            "/" + r"work/(main|shared)",
            "/" + r"root/",
            r"registry\." + r"npmjs",
            r"pypi\." + r"org/simple",
            r"repo1?\.maven" + r"\.(apache\.)?org",
            r"artifact" + "ory",
        )
    )
)


def words(path: Path) -> set[str]:
    try:
        return {found.group() for found in FORBIDDEN.finditer(path.read_text())}
    except UnicodeDecodeError:
        return set()


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    found = {str(p.relative_to(ROOT)): words(p) for p in tracked() if p.name not in LOCKS}
    assert not {name: said for name, said in found.items() if said}


def test_lock_files_name_the_public_registries_only() -> None:
    hosts = {
        host
        for path in tracked()
        if path.name in LOCKS
        for host in re.findall(r"https?://([^/\"]+)/", path.read_text())
    }
    allowed = {"pypi." + "org", "files.pythonhosted" + ".org", "registry." + "npmjs.org"}
    assert {host for host in hosts if "hosted" in host or "registry" in host} <= allowed
