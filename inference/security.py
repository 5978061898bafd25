"""TLS and SASL: the settings, and what a Kafka client is given of them."""

import ssl
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from inference.errors import Misconfigured
from inference.tokens import ClientCredentials, Credentials, TokenFile, Tokens, accepted, is_safe


class Mechanism(StrEnum):
    """How we say who we are."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    OAUTHBEARER = "OAUTHBEARER"


class Tls(BaseSettings):
    """Encryption of the way to the broker."""

    model_config = SettingsConfigDict(
        env_prefix="KAFKA_SSL_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    ca_file: Path | None = Field(
        None,
        description="PEM file of the authority that signed the brokers' certificates; "
        "by default those that the system trusts.",
    )
    cert_file: Path | None = Field(
        None, description="PEM file of our own certificate, where brokers ask for one."
    )
    key_file: Path | None = Field(
        None, description="PEM file of that certificate's key, if it is not in the same file."
    )
    key_password: SecretStr | None = Field(None, description="Password of that key.")
    check_hostname: bool = Field(
        default=True, description="Whether a broker's certificate must carry the broker's name."
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.key_file or self.key_password) and not self.cert_file:
            message = "a key is set, but no certificate: set KAFKA_SSL_CERT_FILE too"
            raise Misconfigured(message)
        return self

    @property
    def wanted(self) -> bool:
        """Whether anything is set that only encryption makes use of."""
        return bool(self.ca_file or self.cert_file)

    def context(self) -> ssl.SSLContext:
        """What a connection is made with; raises Misconfigured if a file is no good."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            context.check_hostname = self.check_hostname
            if self.cert_file:
                # Never None: a key with a password would then be asked for on the terminal.
                password = self.key_password.get_secret_value() if self.key_password else ""
                context.load_cert_chain(self.cert_file, self.key_file, password)
        except OSError as error:
            message = f"a file of KAFKA_SSL_* cannot be used: {error.strerror or error}"
            raise Misconfigured(message) from error
        return context


class Sasl(BaseSettings):
    """Who we are to the broker."""

    model_config = SettingsConfigDict(
        env_prefix="KAFKA_SASL_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    mechanism: Mechanism = Field(
        Mechanism.PLAIN, description="PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER."
    )
    username: str | None = Field(None, description="User name for PLAIN and SCRAM.")
    password: SecretStr | None = Field(None, description="Password for PLAIN and SCRAM.")
    token_file: Path | None = Field(
        None, description="File with the token for OAUTHBEARER; read again for each connection."
    )
    token_url: str | None = Field(
        None, description="Where OAUTHBEARER gets its token, with the client credentials below."
    )
    client_id: str | None = Field(None, description="Client id at that address.")
    client_secret: SecretStr | None = Field(None, description="Client secret at that address.")
    scope: str | None = Field(None, description="Scope to ask for at that address, if any.")
    token_ca_file: Path | None = Field(
        None, description="PEM file of that address's authority; by default the system's."
    )

    @property
    def wanted(self) -> bool:
        """Whether anything is set that says who we are."""
        return bool(self.username or self.password or self.token_file or self.token_url)

    def options(self) -> dict[str, Any]:
        """Arguments of an aiokafka client; raises Misconfigured where they do not suffice."""
        if self.mechanism is Mechanism.OAUTHBEARER:
            identity: dict[str, Any] = {"sasl_oauth_token_provider": accepted(self._tokens())}
        else:
            identity = self._password()
        return {"sasl_mechanism": self.mechanism.value} | identity

    def _password(self) -> dict[str, Any]:
        if self.token_file or self.token_url:
            message = "a token is set: set KAFKA_SASL_MECHANISM to OAUTHBEARER"
            raise Misconfigured(message)
        if not self.username or not self.password:
            message = f"{self.mechanism} needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
            raise Misconfigured(message)
        return {
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password.get_secret_value(),
        }

    def _tokens(self) -> Tokens:
        if self.username or self.password:
            message = "OAUTHBEARER takes no KAFKA_SASL_USERNAME and no KAFKA_SASL_PASSWORD"
            raise Misconfigured(message)
        if bool(self.token_file) == bool(self.token_url):
            message = "OAUTHBEARER needs one of KAFKA_SASL_TOKEN_FILE and KAFKA_SASL_TOKEN_URL"
            raise Misconfigured(message)
        return TokenFile(self.token_file) if self.token_file else self._granted()

    def _granted(self) -> Tokens:
        if not self.token_url or not self.client_id or not self.client_secret:
            message = "KAFKA_SASL_TOKEN_URL needs KAFKA_SASL_CLIENT_ID and KAFKA_SASL_CLIENT_SECRET"
            raise Misconfigured(message)
        if not is_safe(self.token_url):
            message = "KAFKA_SASL_TOKEN_URL must begin with https://, or others read the secret"
            raise Misconfigured(message)
        secret = self.client_secret.get_secret_value()
        who = Credentials(self.token_url, self.client_id, secret, self.scope, self.token_ca_file)
        return ClientCredentials(who)
