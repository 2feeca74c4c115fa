"""HTTP without a network: what comes in, what goes out, by a clock of the test."""

import io
import json

import pytest
from twisted.internet.testing import StringTransport
from twisted.web import http

from monitor.web.front.channel import Channel
from monitor.web.front.connections import Connections
from monitor.web.front.journal import Journal
from monitor.web.front.limits import Limits, Stage

HEAD = b"POST /api/v1/x HTTP/1.1\r\nHost: here\r\n"


class Transport(StringTransport):
    """A transport of Twisted that remembers its end."""

    aborted = half_closed = False
    dataBuffer, offset, _tempDataLen = b"", 0, 0

    def abortConnection(self) -> None:
        self.aborted = True

    def loseWriteConnection(self) -> None:
        self.half_closed = True


class Request(http.Request):
    """Keeps its body and gets no answer, until told."""

    def gotLength(self, length: int | None) -> None:
        self.content = io.BytesIO()

    def handleContentChunk(self, data: bytes) -> None:
        if self.channel.takes(len(data)):
            super().handleContentChunk(data)

    def process(self) -> None:
        self.channel.factory.requests.append((self.method, self.uri, self.content.read()))
        self.write(b"done")
        self.finish()


class Factory:
    """Where the requests go."""

    def __init__(self) -> None:
        self.requests = []

    def log(self, request) -> None:
        """Nothing."""


class Line:
    """One client on the line."""

    def __init__(self, **limits) -> None:
        self.now = 1000.0
        clock = lambda: self.now  # noqa: E731
        self.door = Connections(Limits(**limits), 10, Journal(clock), clock)
        self.channel = Channel(self.door, lambda connection: None)
        self.channel.factory = self.factory = Factory()
        self.channel.requestFactory = Request
        self.transport = Transport()
        self.channel.makeConnection(self.transport)

    def say(self, data: bytes) -> bytes:
        """Send `data`; return what came back."""
        self.transport.clear()
        self.channel.dataReceived(data)
        return self.transport.value()

    def wait(self, seconds: float) -> None:
        """Let time go by, with a sweep at its end."""
        self.now += seconds
        self.door.sweep()


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"GET /" + b"x" * 8192 + b" HTTP/1.1\r\n", 414),
        (b"GET /" + b"x" * 9000, 414),
        (HEAD + b"X: " + b"y" * 17_000, 431),
        (HEAD + b"X: " + b"y" * 16_380 + b"\r\n\r\n", 431),
        (HEAD + b"X: 1\r\n" * 100 + b"\r\n", 431),
        (HEAD + b"Content-Length: 1000001\r\n\r\n", 413),
        (HEAD + b"Content-Length: 1000001\r\nExpect: 100-continue\r\n\r\n", 413),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 413),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"transfer-encoding:identity\r\nContent-Length: 1\r\n\r\nx", 400),
        (HEAD.replace(b"/1.1", b"/1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1_0\r\n\r\n", 400),
        (HEAD + b"Content-Length: +1\r\n\r\n", 400),
        (HEAD + b"X: a\r\n b\r\n\r\n", 400),
        (HEAD + b"X: a\x00b\r\n\r\n", 400),
        (HEAD + b"no colon\r\n\r\n", 400),
        (HEAD + b"a b: c\r\n\r\n", 400),
        (b"nonsense\r\n", 400),
        (b"GET /\r\n\r\n", 400),
    ],
)
def test_what_is_too_long_or_not_http_gets_an_answer_and_goes_no_further(said, code) -> None:
    line = Line()
    answer = line.say(said)
    assert status(answer) == code
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.endswith((b".\n", b"}"))
    assert line.transport.half_closed
    assert line.say(HEAD + b"\r\n") == b""
    assert line.factory.requests == []


def test_the_api_is_answered_in_its_own_shape() -> None:
    body = Line().say(HEAD + b"Content-Length: 9000000\r\n\r\n").split(b"\r\n\r\n")[1]
    sentence = "The request is too large: its body may have 1,000,000 bytes."
    assert json.loads(body) == {"ok": False, "error": sentence, "errors": [sentence], "status": 413}


def test_a_body_of_the_largest_size_is_taken_whole() -> None:
    line = Line()
    assert status(line.say(HEAD + b"Content-Length: 1000000\r\n\r\n" + bytes(1_000_000))) == 200
    assert len(line.factory.requests[0][2]) == 1_000_000


def test_chunks_are_taken_up_to_the_same_size() -> None:
    line = Line()
    chunk = b"40000\r\n" + bytes(0x40000) + b"\r\n"
    assert line.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + 3 * chunk) == b""
    assert status(line.say(chunk)) == 413
    assert line.say(chunk * 9) == b""


def test_chunks_that_are_mostly_their_own_frames_end_too() -> None:
    line = Line()
    line.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    answers = b"".join(line.say(b"1;" + b"x" * 1000 + b"\r\na\r\n") for _ in range(2100))
    assert status(answers) == 413


def test_who_may_continue_is_told() -> None:
    said = Line().say(HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert said == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_pipelined_requests_are_answered_one_after_the_other() -> None:
    line = Line()
    answers = line.say(b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c")
    assert answers.count(b" 200 ") == 2
    assert [uri for _, uri, _ in line.factory.requests] == [b"/a", b"/b"]
    assert line.channel.connection.stage is Stage.HEADER


@pytest.mark.parametrize(
    ("said", "pieces"),
    [(b"GET / HT", 7), (HEAD + b"Content-Length: 500\r\n\r\n", 15)],
    ids=["a header, after 15 seconds", "a body, after 30 seconds"],
)
def test_what_trickles_is_answered_with_408(said: bytes, pieces: int) -> None:
    line = Line()
    line.say(said)
    for _ in range(pieces):
        line.wait(2)
        line.say(b"x")
    line.transport.clear()
    line.wait(2)
    assert status(line.transport.value()) == 408


def test_who_says_nothing_is_let_go_without_an_answer() -> None:
    line = Line()
    line.wait(16)
    assert line.transport.value() == b""
    assert line.transport.disconnecting


def test_after_an_answer_the_next_request_has_a_minute_to_begin_and_15_seconds_to_end() -> None:
    line = Line()
    line.say(b"GET /a HTTP/1.1\r\n\r\n")
    line.wait(59)
    assert not line.transport.disconnecting
    line.say(b"GET /b")
    line.wait(14)
    assert status(line.say(b" HTTP/1.1\r\n\r\n")) == 200
    line.wait(61)
    assert line.transport.disconnecting


def test_after_a_refusal_the_client_is_heard_out_for_a_moment() -> None:
    line = Line()
    line.say(HEAD + b"Content-Length: 9000000\r\n\r\n")
    for _ in range(100):
        line.say(bytes(65_536))
    assert not line.transport.disconnecting
    line.wait(4)
    assert line.transport.disconnecting


def test_after_a_refusal_not_everything_is_heard() -> None:
    line = Line()
    line.say(HEAD + b"Content-Length: 900000000\r\n\r\n")
    for _ in range(130):
        line.say(bytes(65_536))
    assert line.transport.disconnecting


def test_a_client_that_does_not_read_is_cut_off() -> None:
    line = Line()
    line.transport._tempDataLen = 100
    line.wait(2)
    line.wait(31)
    assert line.transport.aborted
