"""The fixture `guarded`, for tests that say `pytest_plugins = ["doors"]`."""

from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._scram import (
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from guarded import PASSWORD, Guarded, prepare, properties

from local.kafka import Broker


@pytest.fixture(scope="session")
def guarded(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A broker at which `root` may do everything and `guest` nothing."""
    del broker  # where the shared one can run, this one can
    prepared = prepare(tmp_path_factory.mktemp("guarded"))
    mine = Broker(prepared.folder, prepared.ports["PLAIN"], properties(prepared))
    mine.start()
    try:
        introduce(AdminClient({"bootstrap.servers": mine.bootstrap}))
        yield prepared
    finally:
        mine.kill()


def introduce(admin: AdminClient) -> None:
    """Let `root` in by SCRAM too."""
    for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
        how = ScramCredentialInfo(mechanism, 4096)
        known = UserScramCredentialUpsertion("root", how, PASSWORD.encode())
        admin.alter_user_scram_credentials([known])["root"].result(10)
