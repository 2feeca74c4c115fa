"""Frames straight to the socket: Twisted's own connection on a real pair of sockets, without a running reactor."""

import functools
import socket
from types import SimpleNamespace

import pytest
from twisted.internet.tcp import Connection

from monitor.live.wire import Message, Wire, text_frame

LARGE = b"x" * 4_000_000


class Writers:
    """The part of a reactor that a connection needs in order to wait until it may write."""

    def __init__(self):
        self.waiting = set()
        self.addWriter = self.waiting.add
        self.removeWriter = self.waiting.discard


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(5)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def protocol(pair):
    transport = Connection(pair[0], None, Writers())
    transport.connected = 1
    return SimpleNamespace(transport=transport, state=3, STATE_OPEN=3, websocket_extensions_in_use=[])


async def handle_reply(protocol, message):
    """What Daphne would do."""


def wire(protocol):
    return Wire(functools.partial(handle_reply, protocol))


def read_all(transport, reader):
    """Let Twisted write and the reader read, turn by turn, until nothing is left."""
    received = b""
    while transport.reactor.waiting:
        assert transport.doWrite() is None
        received += reader.recv(1 << 20)
    reader.setblocking(False)
    try:
        while True:
            received += reader.recv(1 << 20)
    except BlockingIOError:
        return received


def test_a_frame_is_in_the_socket_at_once(protocol, pair):
    assert wire(protocol).write(b"frame")
    assert pair[1].recv(100) == b"frame"
    assert not protocol.transport.reactor.waiting


def test_what_the_socket_does_not_take_is_left_to_twisted(protocol, pair):
    assert wire(protocol).write(LARGE)
    assert protocol.transport.reactor.waiting
    assert read_all(protocol.transport, pair[1]) == LARGE


def test_nothing_overtakes_what_waits(protocol, pair):
    line = wire(protocol)
    protocol.transport.write(b"first")
    assert not line.write(b"second")
    assert read_all(protocol.transport, pair[1]) == b"first"
    assert line.write(b"second")


def test_a_reader_that_is_gone_is_found_by_the_usual_way(protocol, pair):
    pair[1].close()
    line = wire(protocol)
    assert [line.write(b"frame") for _ in range(3)] == [False] * 3


def test_a_closing_or_lost_connection_takes_no_frame(protocol):
    line = wire(protocol)
    protocol.state = 2
    assert not line.write(b"frame")
    protocol.state, protocol.transport.connected = 3, 0
    assert not line.write(b"frame")


def test_encrypted_or_compressed_sockets_are_never_written(protocol):
    protocol.websocket_extensions_in_use = ["permessage-deflate"]
    assert not wire(protocol).write(b"frame")
    protocol.websocket_extensions_in_use = []
    protocol.transport.TLS = True
    assert not wire(protocol).write(b"frame")


def test_a_socket_that_was_never_opened_is_never_written(protocol):
    del protocol.websocket_extensions_in_use
    assert not wire(protocol).write(b"frame")


def test_a_transport_that_passes_calls_through_its_encryption_is_never_written(protocol):
    protocol.transport = SimpleNamespace(writeSomeData=protocol.transport.writeSomeData)
    assert not wire(protocol).write(b"frame")


def test_any_other_server_is_served_the_usual_way():
    async def send(message):
        pass

    assert not Wire(send).write(b"frame")


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, "8100"),
        (125, "817d"),
        (126, "817e007e"),
        (65535, "817effff"),
        (65536, "817f0000000000010000"),
    ],
)
def test_a_frame_tells_its_length_as_the_protocol_wants(length, head):
    payload = b"a" * length
    assert text_frame(payload) == bytes.fromhex(head) + payload


def test_a_message_is_the_same_text_both_ways():
    message = Message("µ")
    assert message.event == {"type": "websocket.send", "text": "µ"}
    assert message.frame == b"\x81\x02\xc2\xb5"
