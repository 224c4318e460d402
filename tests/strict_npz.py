"""A reader of NPZ files as narrow as those of other languages: bytes, struct and zlib, nothing of numpy's or zipfile's.

It takes what the narrowest of them take: sizes before each entry, no 64-bit forms, stored or plain deflate, version 1.0
headers, rows of little-endian numbers.
"""

from __future__ import annotations

import ast
import math
import struct
import zlib
from typing import Any

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
NUMBERS = {"<f8": "d", "<f4": "f", "<i8": "q", "<i4": "i", "|u1": "B"}
Array = tuple[tuple[int, ...], list[Any]]


def read_npz(content: bytes) -> dict[str, Array]:
    """Shape and numbers of every entry, one after the other from the first byte on."""
    found: dict[str, Array] = {}
    places: list[tuple[bytes, int, int, int]] = []
    at = 0
    while content[at : at + 4] == LOCAL:
        start = at
        _, flags, method, _, _, crc, packed, size, n_name, n_extra = struct.unpack_from(
            "<5H3I2H", content, at + 4
        )
        assert flags == 0, "sizes after the entry, encrypted, or a name in another code"
        assert method in (0, 8)
        assert n_extra == 0, "an extra field, such as zip's 64-bit sizes"
        assert max(packed, size) < 0xFFFFFFFF
        at += 30
        name = content[at : at + n_name]
        at += n_name
        data = content[at : at + packed]
        at += packed
        if method == 8:
            data = zlib.decompress(data, -15)
        assert len(data) == size
        assert zlib.crc32(data) == crc
        places.append((name, start, packed, size))
        text = name.decode("ascii")
        assert text.endswith(".npy")
        assert text not in found
        found[text.removesuffix(".npy")] = read_npy(data)
    for name, start, packed, size in places:
        assert content[at : at + 4] == CENTRAL
        fields = struct.unpack_from("<6H3I5H2I", content, at + 4)
        assert (fields[2], fields[7], fields[8]) == (0, packed, size)
        n_name, n_extra, n_comment, offset = fields[9], fields[10], fields[11], fields[15]
        assert (n_extra, n_comment, offset) == (0, 0, start)
        assert content[at + 46 : at + 46 + n_name] == name
        at += 46 + n_name
    assert content[at : at + 4] == END, "64-bit records, or something between"
    assert struct.unpack_from("<4H", content, at + 4) == (0, 0, len(places), len(places))
    assert len(content) == at + 22
    return found


def read_npy(data: bytes) -> Array:
    """Shape and numbers of one array."""
    assert data[:8] == b"\x93NUMPY\x01\x00"
    (length,) = struct.unpack_from("<H", data, 8)
    header = data[10 : 10 + length].decode("ascii")
    assert header.endswith("\n")
    said = ast.literal_eval(header)
    assert set(said) == {"descr", "fortran_order", "shape"}
    assert said["fortran_order"] is False
    kind, shape = NUMBERS[said["descr"]], said["shape"]
    count = math.prod(shape)
    numbers = data[10 + length :]
    assert len(numbers) == count * struct.calcsize(kind)
    return shape, list(struct.unpack(f"<{count}{kind}", numbers))
