import base64
import json
import time
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError
from guarded import KEY_PASSWORD, PASSWORD, Guarded

from inference.kafka import KafkaSettings, Protocol
from inference.security import Mechanism, Sasl, Tls
from inference.stream.topics import open_admin

pytestmark = pytest.mark.kafka
pytest_plugins = ["doors"]


def unsecured_token(lifetime: float) -> str:
    """A token that is not signed, as brokers take them in trials."""
    now = time.time()
    parts = ({"alg": "none"}, {"sub": "root", "iat": now, "exp": now + lifetime})
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().strip("=") for p in parts]
    return ".".join([*encoded, ""])


async def gets_in(kafka: KafkaSettings) -> bool:
    """Whether the broker shows us its topics, as it does to nobody whom it does not know."""
    async with open_admin(kafka) as admin:
        return bool((await admin.describe_cluster())["brokers"])


async def test_an_encrypted_way_is_taken_when_the_authority_is_known(guarded: Guarded) -> None:
    settings = KafkaSettings(
        bootstrap_servers=guarded.address("TLS"),
        security_protocol=Protocol.SSL,
        tls=Tls(ca_file=guarded.authority),
    )
    assert await gets_in(settings)


async def test_a_broker_of_an_unknown_authority_is_not_spoken_to(guarded: Guarded) -> None:
    settings = KafkaSettings(
        bootstrap_servers=guarded.address("TLS"), security_protocol=Protocol.SSL
    )
    with pytest.raises(KafkaConnectionError):
        await gets_in(settings)


async def test_a_certificate_for_another_name_is_refused_unless_names_do_not_matter(
    guarded: Guarded,
) -> None:
    def settings(*, check: bool) -> KafkaSettings:
        return KafkaSettings(
            bootstrap_servers=guarded.address("TLS").replace("127.0.0.1", "localhost"),
            security_protocol=Protocol.SSL,
            tls=Tls(ca_file=guarded.authority, check_hostname=check),
        )

    with pytest.raises(KafkaConnectionError):
        await gets_in(settings(check=True))
    assert await gets_in(settings(check=False))


async def test_a_broker_that_asks_for_a_certificate_gets_ours(guarded: Guarded) -> None:
    own = Tls(
        ca_file=guarded.authority,
        cert_file=guarded.certificate,
        key_file=guarded.key,
        key_password=KEY_PASSWORD,
    )
    address = guarded.address("MUTUAL")
    assert await gets_in(
        KafkaSettings(bootstrap_servers=address, security_protocol=Protocol.SSL, tls=own)
    )


@pytest.mark.parametrize(
    "mechanism", [Mechanism.PLAIN, Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_512]
)
async def test_a_password_opens_the_door(guarded: Guarded, mechanism: Mechanism) -> None:
    address = guarded.address("PASSWORD")
    for password, opens in ((PASSWORD, True), ("wrong", False)):
        settings = KafkaSettings(
            bootstrap_servers=address,
            security_protocol=Protocol.SASL_PLAINTEXT,
            sasl=Sasl(mechanism=mechanism, username="root", password=password),
        )
        try:
            assert await gets_in(settings) == opens
        except KafkaConnectionError:
            assert not opens


async def test_a_token_opens_the_door_and_a_new_one_is_read_for_each_connection(
    guarded: Guarded, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    settings = KafkaSettings(
        bootstrap_servers=guarded.address("TOKEN"),
        security_protocol=Protocol.SASL_PLAINTEXT,
        sasl=Sasl(mechanism=Mechanism.OAUTHBEARER, token_file=file),
    )
    file.write_text(unsecured_token(lifetime=-60))
    with pytest.raises(KafkaError):
        await gets_in(settings)
    file.write_text(unsecured_token(lifetime=60) + "\n")
    assert await gets_in(settings)
