import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from guarded_service import key_file

from inference.errors import Misconfigured
from inference.web.guard import keys
from inference.web.guard.commands import keys as command
from inference.web.guard.guard import Guard
from inference.web.guard.scopes import Scope
from inference.web.guard.settings import GuardSettings

BOTH = frozenset({Scope.READ, Scope.WRITE})


def test_a_key_is_known_by_its_hash_alone() -> None:
    key, line = keys.made("dashboard", BOTH)
    assert key not in line
    assert json.loads(line)["sha256"] == hashlib.sha256(key.encode()).hexdigest()
    assert len(key) >= 43


def test_the_holder_of_a_key_is_found_and_of_another_is_not(tmp_path: Path) -> None:
    path, made = key_file(tmp_path, dashboard="read", loader="read,write")
    known = keys.read(path)
    assert known.holder(made["loader"].encode()) == ("loader", BOTH)
    for stranger in (b"", b"pst_", made["loader"][:-1].encode(), b"\xff\xfe"):
        assert known.holder(stranger) is keys.STRANGER


def test_the_command_prints_a_key_and_the_line_that_knows_it(tmp_path: Path) -> None:
    said = CliRunner().invoke(command, ["new", "--name", "me@home", "--scopes", "read, write"])
    key, line = said.stdout.splitlines()
    (tmp_path / "keys").write_text(line)
    assert keys.read(tmp_path / "keys").holder(key.encode()) == ("me@home", BOTH)


@pytest.mark.parametrize(
    ("name", "scopes", "said"),
    [("me", "read,everything", "read, write, admin"), ("two words", "read", "--name takes")],
)
def test_the_command_says_what_it_takes(name: str, scopes: str, said: str) -> None:
    ended = CliRunner().invoke(command, ["new", "--name", name, "--scopes", scopes])
    assert ended.exit_code == 2
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no key"),
        ("# only words", "there is no key"),
        ("pst_the-key-itself", "line 1 of API_KEYS_FILE is wrong (JSON)"),
        ('\n{"name": "a", "sha256": "pst_the-key-itself", "scopes": ["read"]}', "line 2"),
        ('{"name": "a", "sha256": "%s", "scopes": ["pst_"]}' % ("0" * 64), "(scopes)"),
        ('{"name": "a", "sha256": "%s", "scopes": []}' % ("0" * 64), "(scopes)"),
        (
            '{"name": "a", "sha256": "%s", "scopes": ["read"], "pst_": 1}' % ("0" * 64),
            "(unknown field)",
        ),
        ('{"name": "a", "sha256": "%s", "scopes": ["read"]}\n' % ("0" * 64) * 2, "same name"),
    ],
)
def test_a_wrong_file_of_keys_is_told_in_one_line_that_quotes_nothing(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(Misconfigured) as error:
        keys.read(path)
    assert said in str(error.value)
    assert "pst_" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        keys.read(tmp_path / "nothing")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_a_service_for_others_does_not_start_without_keys(host: str) -> None:
    with pytest.raises(Misconfigured, match=r"inference keys new .* API_KEYS_FILE"):
        Guard(GuardSettings(), host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_a_service_for_this_machine_starts_without_keys_and_warns_once(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Guard(GuardSettings(), host)
    said = capsys.readouterr()
    assert (said.out + said.err).count("open to everybody on this machine") == 1
