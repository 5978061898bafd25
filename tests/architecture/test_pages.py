import re
from pathlib import Path

from source import ROOT, tracked

from docs.generate.settings import variables
from docs.generate.source import classes_of

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
VARIABLE = re.compile(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`")


def pages() -> dict[str, tuple[Path, str]]:
    found = [path for path in tracked() if path.suffix == ".md"]
    return {str(path.relative_to(ROOT)): (path, path.read_text()) for path in found}


def test_every_link_between_pages_leads_somewhere() -> None:
    broken = {
        f"{name}: {target}"
        for name, (path, text) in pages().items()
        for target in LINK.findall(text)
        if not (path.parent / target).exists()
    }
    assert not broken


def test_every_setting_that_a_page_names_is_one() -> None:
    programs = ("inference", "producer", "consumer", "local")
    known = {name for settings in classes_of(*programs) for name in variables(settings)}
    unknown = {
        f"{name}: {variable}"
        for name, (_, text) in pages().items()
        for variable in VARIABLE.findall(text)
        if variable not in known and not any(k.startswith(variable.rstrip("_")) for k in known)
    }
    assert not unknown
