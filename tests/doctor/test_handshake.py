"""The handshake of a WebSocket, read from bytes."""

from __future__ import annotations

import socket

import pytest

from monitor.doctor import handshake


def read(data: bytes) -> handshake.Answer:
    """The first frame in `data`."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return handshake.read_frame(handshake.Reader(ours, 5))


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"\x81\x02{}", handshake.Answer(101, "{}")),
        (b"\x89\x00\x81\x01a", handshake.Answer(101, "a")),
        (b"\x81\x7e\x01\x00" + b"x" * 256, handshake.Answer(101, "x" * 256)),
        (b"\x81\x7f" + (70_000).to_bytes(8, "big") + b"y" * 70_000, handshake.Answer(101, "y" * 70_000)),
        (b"\x88\x06\x11\x31Gone", handshake.Answer(101, "Gone", 4401)),
        (b"\x88\x00", handshake.Answer(101, "", 1005)),
    ],
)
def test_frames_are_read_as_the_standard_has_them(data: bytes, answer: handshake.Answer) -> None:
    assert read(data) == answer


@pytest.mark.parametrize("data", [b"", b"\x81", b"\x81\x05abc", b"\x81\x81aaaab", b"\x81\x7f" + b"\xff" * 8])
def test_a_broken_frame_is_no_answer(data: bytes) -> None:
    with pytest.raises(handshake.BadAnswer):
        read(data)


def test_the_accept_key_is_that_of_the_standard() -> None:
    assert handshake.accept_of(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
