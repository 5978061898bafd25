"""A broker that asks who you are: one listener for each way of saying so, and an authorizer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from local.ports import free_port

KEY_PASSWORD = "open sesame"
PASSWORD = "p, a=s s"
LISTENERS = {"TLS": "SSL", "MUTUAL": "SSL", "PASSWORD": "SASL_PLAINTEXT", "TOKEN": "SASL_PLAINTEXT"}
LOGIN = "org.apache.kafka.common.security"


@dataclass(frozen=True)
class Guarded:
    """Where the broker listens, and the files that its guests need."""

    folder: Path
    ports: Mapping[str, int]

    def address(self, listener: str) -> str:
        return f"127.0.0.1:{self.ports[listener]}"

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def certificate(self) -> Path:
        return self.folder / "guest.pem"

    @property
    def key(self) -> Path:
        return self.folder / "guest.key"


def prepare(folder: Path) -> Guarded:
    """Ports and certificates."""
    guarded = Guarded(folder, {name: free_port() for name in ("PLAIN", "CONTROLLER", *LISTENERS)})
    authority = trustme.CA()
    authority.cert_pem.write_to_path(guarded.authority)
    broker, guest = authority.issue_cert("127.0.0.1"), authority.issue_cert("guest@example.org")
    chain = b"".join(blob.bytes() for blob in broker.cert_chain_pems)
    (folder / "broker.pem").write_bytes(key(broker, NoEncryption()) + chain)
    guarded.certificate.write_bytes(b"".join(blob.bytes() for blob in guest.cert_chain_pems))
    guarded.key.write_bytes(key(guest, BestAvailableEncryption(KEY_PASSWORD.encode())))
    return guarded


def key(issued: trustme.LeafCert, lock: KeySerializationEncryption) -> bytes:
    """Java reads PKCS 8 only."""
    loaded = load_pem_private_key(issued.private_key_pem.bytes(), None)
    return loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


def properties(guarded: Guarded) -> dict[str, str]:
    """What the broker is told beside the usual."""
    at = {name: f"{name}://127.0.0.1:{port}" for name, port in guarded.ports.items()}
    kinds = {"PLAIN": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", **LISTENERS}
    return {
        "listeners": ",".join(at.values()),
        "advertised.listeners": ",".join(it for name, it in at.items() if name != "CONTROLLER"),
        "controller.quorum.voters": f"1@127.0.0.1:{guarded.ports['CONTROLLER']}",
        "listener.security.protocol.map": ",".join(f"{n}:{kind}" for n, kind in kinds.items()),
        "inter.broker.listener.name": "PLAIN",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:root;User:CN=guest",
        **encryption(guarded),
        **names(),
    }


def encryption(guarded: Guarded) -> dict[str, str]:
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(guarded.folder / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(guarded.authority),
        "listener.name.mutual.ssl.client.auth": "required",
    }


def names() -> dict[str, str]:
    users = " ".join(f'user_{name}="{PASSWORD}"' for name in ("root", "guest"))
    return {
        "listener.name.password.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.password.plain.sasl.jaas.config": (
            f"{LOGIN}.plain.PlainLoginModule required {users};"
        ),
        "listener.name.password.scram-sha-256.sasl.jaas.config": (
            f"{LOGIN}.scram.ScramLoginModule required;"
        ),
        "listener.name.password.scram-sha-512.sasl.jaas.config": (
            f"{LOGIN}.scram.ScramLoginModule required;"
        ),
        "listener.name.token.sasl.enabled.mechanisms": "OAUTHBEARER",
        "listener.name.token.oauthbearer.sasl.jaas.config": (
            f"{LOGIN}.oauthbearer.OAuthBearerLoginModule required "
            'unsecuredLoginStringClaim_sub="x";'
        ),
    }


def allow(guarded: Guarded, operation: AclOperation, name: str) -> None:
    """Let `guest` do this with a topic; it takes a moment until the broker knows."""
    admin = AdminClient({"bootstrap.servers": guarded.address("PLAIN")})
    binding = AclBinding(
        ResourceType.TOPIC,
        name,
        ResourcePatternType.LITERAL,
        "User:guest",
        "*",
        operation,
        AclPermissionType.ALLOW,
    )
    for done in admin.create_acls([binding]).values():
        done.result(10)
