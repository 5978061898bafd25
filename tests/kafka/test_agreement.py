from collections.abc import Mapping
from pathlib import Path

import pytest

from inference.errors import Misconfigured
from inference.kafka import KafkaSettings

SASL = {"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}
TOKEN = SASL | {"KAFKA_SASL_MECHANISM": "OAUTHBEARER"}
WHO = {"KAFKA_SASL_CLIENT_ID": "me", "KAFKA_SASL_CLIENT_SECRET": "s"}
URL = {"KAFKA_SASL_TOKEN_URL": "https://login.example.org/token"}

WRONG: list[tuple[dict[str, str], str]] = [
    ({"KAFKA_SSL_CA_FILE": "ca.pem"}, "set KAFKA_SECURITY_PROTOCOL to SSL"),
    ({"KAFKA_SASL_USERNAME": "me"}, "set KAFKA_SECURITY_PROTOCOL to SASL_SSL"),
    ({"KAFKA_SASL_TOKEN_FILE": "t"}, "set KAFKA_SECURITY_PROTOCOL to SASL_SSL"),
    ({"KAFKA_SSL_KEY_FILE": "key.pem"}, "set KAFKA_SSL_CERT_FILE too"),
    ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CA_FILE": "/nowhere"}, "No such file"),
    (SASL, "PLAIN needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"),
    (SASL | {"KAFKA_SASL_MECHANISM": "SCRAM-SHA-512"}, "SCRAM-SHA-512 needs KAFKA_SASL_USERNAME"),
    (SASL | {"KAFKA_SASL_TOKEN_FILE": "t"}, "set KAFKA_SASL_MECHANISM to OAUTHBEARER"),
    (TOKEN, "needs one of KAFKA_SASL_TOKEN_FILE and KAFKA_SASL_TOKEN_URL"),
    (TOKEN | URL | WHO | {"KAFKA_SASL_TOKEN_FILE": "t"}, "needs one of KAFKA_SASL_TOKEN_FILE"),
    (TOKEN | URL, "KAFKA_SASL_TOKEN_URL needs KAFKA_SASL_CLIENT_ID"),
    (TOKEN | URL | {"KAFKA_SASL_PASSWORD": "p"}, "takes no KAFKA_SASL_USERNAME"),
    (TOKEN | WHO | {"KAFKA_SASL_TOKEN_URL": "http://example.org"}, "must begin with https://"),
]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    return monkeypatch


@pytest.mark.parametrize(("values", "said"), WRONG)
def test_settings_that_disagree_are_told_in_one_line(
    environment: pytest.MonkeyPatch, values: Mapping[str, str], said: str
) -> None:
    for name, value in values.items():
        environment.setenv(name, value)
    with pytest.raises(Misconfigured, match=said) as raised:
        KafkaSettings().client_options()
    assert "\n" not in str(raised.value)


def test_a_wrong_password_of_the_key_is_told(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("CERT_FILE", "KEY_FILE"):
        path = tmp_path / name
        path.write_text("no certificate")
        environment.setenv(f"KAFKA_SSL_{name}", str(path))
    environment.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    with pytest.raises(Misconfigured, match=r"a file of KAFKA_SSL_\* cannot be used"):
        KafkaSettings().client_options()


def test_no_secret_is_shown_by_what_is_printed(environment: pytest.MonkeyPatch) -> None:
    secrets = {"KAFKA_SASL_PASSWORD": "hush-1", "KAFKA_SASL_USERNAME": "me"}
    for name, value in (SASL | secrets).items():
        environment.setenv(name, value)
    settings = KafkaSettings()
    assert "hush" not in f"{settings} {settings!r} {settings.model_dump_json()}"
    assert settings.client_options()["sasl_plain_password"] == "hush-1"


def test_without_a_setting_the_broker_is_on_this_machine(
    environment: pytest.MonkeyPatch,
) -> None:
    del environment
    assert KafkaSettings().client_options() == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "PLAINTEXT",
    }
