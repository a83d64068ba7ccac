"""Event streams of AWS (application/vnd.amazon.eventstream), in which answers come in parts."""

import struct
from binascii import crc32
from collections.abc import Iterator

MEDIA_TYPE = "application/vnd.amazon.eventstream"
_PART_BYTES = 1024
_STRING = 7  # the type of a header's value


def payload_parts(body: bytes) -> bytes:
    """The events of InvokeEndpointWithResponseStream: PayloadPart with at most 1 KB each."""
    headers = {
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
        ":message-type": "event",
    }
    return b"".join(_message(headers, part) for part in _parts(body))


def _parts(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _PART_BYTES):
        yield body[start : start + _PART_BYTES]


def _message(headers: dict[str, str], payload: bytes) -> bytes:
    """Two lengths and their checksum, the headers, the payload, the checksum of all before."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    total = 4 * 4 + len(head) + len(payload)
    prelude = struct.pack("!II", total, len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return bytes([len(key)]) + key + struct.pack("!BH", _STRING, len(text)) + text
