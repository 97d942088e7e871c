"""Requests as clients send them: every header, every query and every byte of a body as it is written here."""
import dataclasses
import http.client
import json
import struct
import urllib.parse
import zlib


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str | None, dict]]:
        """Names and data of a stream's events; anything else in it is an error, but for comments and `[DONE]`."""
        events = []
        for block in self.body.decode().replace("\r\n", "\n").split("\n\n"):
            lines = [line for line in block.split("\n") if line and not line.startswith(":")]
            if not lines or lines == ["data: [DONE]"]:
                continue
            name = lines.pop(0)[7:] if lines[0].startswith("event: ") else None
            assert len(lines) == 1 and lines[0].startswith("data: "), block
            events.append((name, json.loads(lines[0][6:])))
        return events

    @property
    def dropped(self) -> list[str]:
        return sorted(filter(None, self.headers.get("x-headgate-translation-dropped", "").split(", ")))


def send(gateway: str, method: str, path: str, headers: dict, body: dict | bytes | None = None) -> Answer:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(gateway).netloc, timeout=20)
    try:
        connection.request(method, path, json.dumps(body).encode() if isinstance(body, dict) else body, headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def zstd(content: bytes) -> bytes:
    """A frame of one block that is not compressed (RFC 8878, sections 3.1.1 and 3.1.1.2)."""
    assert len(content) < 65536
    header = b"\x28\xb5\x2f\xfd" + b"\xa0" + struct.pack("<I", len(content))
    return header + struct.pack("<I", len(content) << 3 | 1)[:3] + content


def aws_event(name: str, payload: dict) -> bytes:
    """A message of `application/vnd.amazon.eventstream`."""
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for key, value in [(":message-type", "event"), (":event-type", name), (":content-type", "application/json")])
    content = json.dumps(payload).encode()
    message = struct.pack(">II", 16 + len(headers) + len(content), len(headers))
    message += struct.pack(">I", zlib.crc32(message)) + headers + content
    return message + struct.pack(">I", zlib.crc32(message))
