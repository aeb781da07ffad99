"""A server of few places answers everybody who speaks, and nobody keeps others out by being slow."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from servicekit.bounded_http import BoundedHandler, BoundedServer

MOST = 4


class Echo(BoundedHandler):
    """Answers a body with itself; a GET waits until it may go on."""

    timeout = 0.5
    body_s = 0.5
    go = threading.Event()
    busy = threading.Semaphore(0)

    def do_POST(self) -> None:
        body = self.body(100)
        if body is not None:
            self.answer(200, body)

    def do_GET(self) -> None:
        self.received()
        self.busy.release()
        assert self.go.wait(20)
        self.answer(200, b"done", headers={"Cache-Control": "no-store"})

    do_HEAD = do_GET


@pytest.fixture
def port() -> Iterator[int]:
    Echo.go.clear()
    Echo.busy = threading.Semaphore(0)
    server = BoundedServer(("127.0.0.1", 0), Echo, most=MOST)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    Echo.go.set()
    server.shutdown()
    server.server_close()
    thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def heard(held: socket.socket) -> bytes:
    found = b""
    while part := held.recv(4096):
        found += part
    return found


def test_a_body_that_does_not_come_is_answered(port: int) -> None:
    with connected(port) as held:
        held.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab")
        assert heard(held).startswith(b"HTTP/1.1 408 ")
    with connected(port) as held:
        held.sendall(b"POST / HTTP/1.1\r\nContent-Le")
        assert heard(held).startswith(b"HTTP/1.1 408 ")


def test_a_connection_is_kept_for_the_next_request(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        for body in (b"one", b"", b"three"):
            connection.request("POST", "/", body)
            answer = connection.getresponse()
            assert (answer.status, answer.read(), answer.will_close) == (200, body, False)
        connection.request("POST", "/", b"x" * 101)
        answer = connection.getresponse()
        assert (answer.status, answer.will_close) == (413, True)


NEXT = b"GET /next HTTP/1.1\r\nConnection: close\r\n\r\n"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(NEXT), NEXT)


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        (f"Content-Length: {len(NEXT)}", NEXT, b"200"),
        (f"Content-Length: {len(NEXT)}\r\nContent-Length: {len(NEXT)}", NEXT, b"200"),
        ("Connection: keep-alive\r\nTransfer-Encoding: chunked", CHUNKED, b"200"),
        (f"Content-Length: 0\r\nContent-Length: {len(NEXT)}", NEXT, b"400"),
        (f"Content-Length: {len(NEXT)}\r\nTransfer-Encoding: chunked", CHUNKED, b"400"),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked", CHUNKED, b"400"),
        (f"Content-Length: +{len(NEXT)}", NEXT, b"400"),
        (f"Content-Length : {len(NEXT)}", NEXT, b"400"),
        (f"Broken\r\nContent-Length: {len(NEXT)}", NEXT, b"400"),
    ],
)
def test_the_body_of_a_get_is_no_request(port: int, lines: str, body: bytes, status: bytes) -> None:
    Echo.go.set()
    with connected(port) as held:
        held.sendall(f"GET / HTTP/1.1\r\n{lines}\r\n\r\n".encode() + body)
        answer = heard(held)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in answer


def test_a_get_without_a_body_keeps_the_connection(port: int) -> None:
    Echo.go.set()
    with connected(port) as held:
        held.sendall(b"GET / HTTP/1.1\r\nContent-Length: 0 \r\n\r\n" + NEXT)
        assert heard(held).count(b"HTTP/1.1 200 ") == 2


def test_the_longest_waiting_gives_way_and_none_that_is_at_work(port: int) -> None:
    with ExitStack() as stack:
        working = [stack.enter_context(connected(port)) for _ in range(MOST - 1)]
        for held in working:
            held.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            assert Echo.busy.acquire(timeout=20)
        idle = stack.enter_context(connected(port))
        idle.sendall(b"POST / HTTP/1.1\r\n")
        last = stack.enter_context(connected(port))
        last.sendall(b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert Echo.busy.acquire(timeout=20)
        assert heard(idle) == b""
        refused = stack.enter_context(connected(port))  # all are at work
        assert heard(refused) == b""
        Echo.go.set()
        for held in (*working, last):
            answer = heard(held)
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert answer.endswith(b"done") == (held is not last)
