"""A provider that speaks HTTP/2 and nothing else."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, StreamEnded
from steps import completed


class Second:
    """Counts its connections, and the streams on them; while `silent`, what it hears is its last.

    `status` is what it says of every answer.
    """

    def __init__(self) -> None:
        self.connections = self.streams = 0
        self.silent, self.status = False, "200"
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        spoken = H2Connection(config=H2Configuration(client_side=False))
        spoken.initiate_connection()
        with suppress(ConnectionError):
            while True:
                writer.write(spoken.data_to_send())
                await writer.drain()
                data = await reader.read(65536)
                if not data:
                    break
                if self.silent:
                    await asyncio.Event().wait()
                for event in spoken.receive_data(data):
                    if isinstance(event, DataReceived):
                        spoken.acknowledge_received_data(
                            event.flow_controlled_length, event.stream_id
                        )
                    if isinstance(event, StreamEnded):
                        self._answer(spoken, event.stream_id)
        writer.close()

    def _answer(self, spoken: H2Connection, stream: int) -> None:
        self.streams += 1
        body = json.dumps(completed().document).encode()
        spoken.send_headers(stream, [(":status", self.status), ("content-length", str(len(body)))])
        spoken.send_data(stream, body, end_stream=True)


@asynccontextmanager
async def second(authority: trustme.CA) -> AsyncIterator[Second]:
    """Up for as long as the block runs."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["h2"])
    authority.issue_cert("127.0.0.1").configure_cert(context)
    provider = Second()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0, ssl=context)
    provider.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield provider
    finally:
        server.close()
