"""Ports on the loopback address: which are free, and who holds one that is not."""

import random
import socket
import struct

LOOPBACK = "127.0.0.1"
# Clients get their ports from 32768 on (Linux) or 49152 on (macOS): below, none is taken by chance.
LOWEST, HIGHEST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Whether a server could listen here now, also right after another one ended."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Any free port below those that the system gives to clients."""
    chosen = random.SystemRandom()
    while True:
        port = chosen.randint(LOWEST, HIGHEST)
        if is_free(port):
            return port


def knows_itself(port: int, timeout: float = 1.0) -> bool:
    """Whether a Kafka broker here answers a metadata request and counts itself among the living.

    Spoken by hand (Metadata, version 1, no topics), since a client would need an event loop.
    """
    body = struct.pack("!hhih", 3, 1, 1, -1) + struct.pack("!i", 0)
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout) as client:
            client.settimeout(timeout)
            client.sendall(struct.pack("!i", len(body)) + body)
            answer = _exactly(client, 12)
    except (OSError, EOFError):
        return False
    correlation, brokers = struct.unpack("!ii", answer[4:])
    return (correlation, brokers > 0) == (1, True)


def _exactly(client: socket.socket, size: int) -> bytes:
    taken = b""
    while len(taken) < size:
        part = client.recv(size - len(taken))
        if not part:
            raise EOFError
        taken += part
    return taken
