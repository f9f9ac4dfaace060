"""A file on its way to the server in a test, and reading it there."""

import json
from hashlib import sha256

import httpx2
import msgspec

from mentor_desktop.server.limits import MOST_CHUNK_BYTES
from mentor_desktop.sync.protocol.messages import Refusal
from tests.server.world import Device


class Upload:
    """One file on its way to the server, chunk by chunk."""

    def __init__(self, device: Device, content: bytes, stream: str = "people") -> None:
        self.device, self.content, self.stream = device, content, stream
        self.address = sha256(content).hexdigest()
        self.chunks = [
            content[start : start + MOST_CHUNK_BYTES]
            for start in range(0, len(content), MOST_CHUNK_BYTES)
        ]

    def put(self, number: int, content: bytes | None = None) -> httpx2.Response:
        chunk = self.chunks[number] if content is None else content
        return self._ask("PUT", f"/chunk/{number}", chunk, sha256=sha256(chunk).hexdigest())

    def missing(self) -> list[int]:
        answer = self._ask("GET", "/missing", b"", chunks=str(len(self.chunks)))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["missing"])

    def seal(self, count: int = 0) -> httpx2.Response:
        """Seal it, and say that it has `count` chunks (0: as many as it has)."""
        chunks = {"chunks": count or len(self.chunks)}
        return self._ask("POST", "/seal", json.dumps(chunks).encode())

    def all(self) -> None:
        for number in range(len(self.chunks)):
            assert self.put(number).status_code == 200
        assert self.seal().status_code == 200

    def _ask(self, method: str, path: str, content: bytes, **query: str) -> httpx2.Response:
        return self.device.http.request(
            method,
            f"/v1/blob/{self.address}{path}",
            params={"ws": self.device.ws, "stream": self.stream, **query},
            content=content,
            headers=self.device.headers,
        )


def read_file(device: Device, address: str, span: str | bytes = "") -> httpx2.Response:
    """Read a file, or a part of it."""
    headers: list[tuple[str, str | bytes]] = [*device.headers.items()]
    if span:
        headers.append(("Range", span))
    return device.http.get(f"/v1/blob/{address}", params={"ws": device.ws}, headers=headers)


def code_of(answer: httpx2.Response) -> str:
    """Return the code of a refusal."""
    return msgspec.json.decode(answer.content, type=Refusal).code
