"""One message to one receiver: what is sent, and what an answer means."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.domain.delivery import Message, Target
from monitor.notifiers import deliver

MESSAGE = Message("key-1", "fired", "warning", "CPU on db-01", "CPU on db-01 is 93 %")


@pytest.fixture
def receiver():
    """A web server that answers with `status` and keeps what it got."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append((dict(self.headers), json.loads(body)))
            self.send_response(self.server.status)
            if self.server.retry_after:
                self.send_header("Retry-After", self.server.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status, server.retry_after = [], 200, ""
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_a_post_with_the_idempotency_key(receiver):
    answer = deliver(Target("ops", "webhook", receiver.url), MESSAGE)
    assert (answer.delivered, answer.text) == (True, "HTTP 200")
    [(headers, body)] = receiver.got
    assert headers["Idempotency-Key"] == body["key"] == "key-1"
    assert body["subject"] == "CPU on db-01"


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (404, True), (408, False), (429, False), (500, False)]
)
def test_what_is_refused_may_be_tried_again_unless_it_is_our_fault(receiver, status, permanent):
    receiver.status = status
    answer = deliver(Target("ops", "webhook", receiver.url), MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, permanent)


def test_a_receiver_that_asks_for_patience_is_heard(receiver):
    receiver.status, receiver.retry_after = 429, "30"
    assert deliver(Target("ops", "webhook", receiver.url), MESSAGE).retry_after == 30.0


def test_nobody_there_is_an_answer_too():
    answer = deliver(Target("ops", "webhook", "http://127.0.0.1:9/"), MESSAGE)
    assert (answer.delivered, answer.permanent) == (False, False)


def test_an_unknown_kind_is_refused_for_good():
    assert deliver(Target("ops", "pigeon", "roof"), MESSAGE).permanent
