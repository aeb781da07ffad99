"""Plain HTTP for small public answers, by the standard library alone: bounded places, bounded waits, always an answer.

Why not a server library: none is among the locked packages, and what is served (tiles of a log, cosignatures) is small
and verified by whoever fetches it. A connection has one of a fixed number of places. When all are taken, the one that
has waited longest for its client gives way: nobody keeps others out by being idle or slow.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Mapping
from email import errors
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

TEXT = "text/plain; charset=utf-8"
_ABSOLUTE = re.compile(r"https?://[^/?#]+(?=[/?#]|$)", re.IGNORECASE)
_BROKEN_HEAD = (
    errors.FirstHeaderLineIsContinuationDefect,
    errors.InvalidHeaderDefect,
    errors.MisplacedEnvelopeHeaderDefect,
    errors.MissingHeaderBodySeparatorDefect,
)


class BoundedServer(ThreadingHTTPServer):
    """At most `most` connections at a time, `each` of one address; OSError where the port is taken."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[BoundedHandler],
        *,
        most: int,
        each: int | None = None,
        patience_s: float = 30.0,
    ) -> None:
        self._most, self._each, self._patience_s = most, each or most, patience_s
        self._lock = threading.Lock()
        self._waiting: dict[socket.socket, float] = {}  # for their clients since when, the longest first
        self._working: set[socket.socket] = set()
        self._from: dict[socket.socket, str] = {}
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            taken = self._takes(request, str(client_address[0]))
        if not taken:
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Whoever has been waited for too long, by whatever drops, is waited for no more."""
        until = time.monotonic() - self._patience_s
        with self._lock:
            for held in [held for held, since in self._waiting.items() if since < until]:
                self._drop(held)

    def _takes(self, request: socket.socket, address: str) -> bool:
        """Whether the connection has a place; in its own address's stead where that has its share, else in the longest waiting's."""
        mine = [held for held, other in self._from.items() if other == address]
        among = None
        if len(mine) >= self._each:
            among = set(mine)
        elif len(self._from) >= self._most:
            among = set(self._from)
        if among is not None:
            oldest = next((held for held in self._waiting if held in among), None)
            if oldest is None:
                return False
            self._drop(oldest)
        self._waiting[request], self._from[request] = time.monotonic(), address
        return True

    def _drop(self, held: socket.socket) -> None:
        del self._waiting[held]
        self._from.pop(held, None)
        _hang_up(held)  # its thread ends

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._waiting.pop(request, None)
                self._working.discard(request)
                self._from.pop(request, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no matter of ours."""

    def wait(self, request: socket.socket) -> None:
        """The connection waits for its client: it may be asked to give way."""
        with self._lock:
            if request in self._working:
                self._working.discard(request)
                self._waiting[request] = time.monotonic()

    def work(self, request: socket.socket) -> None:
        """All that the client had to say is read: the connection keeps its place until it is answered."""
        with self._lock:
            if request in self._waiting:
                del self._waiting[request]
                self._working.add(request)


class BoundedHandler(BaseHTTPRequestHandler):
    """One connection. A subclass defines `do_GET` and its like, calling `received` or `body` first, then `answer`."""

    protocol_version = "HTTP/1.1"
    server_version = "guitu"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 30.0
    """Seconds that one word of a client may take."""
    body_s = 10.0
    """Seconds that a whole body may take."""

    def handle_one_request(self) -> None:
        """Requests of a connection follow each other; between them it waits."""
        self._server.wait(self.connection)
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Whether the head of a request was read; 408 when it does not come in time, 400 when its end is not plain.

        The path is that of the origin form, also where the client names the server in it (RFC 9112, 3.2.2).
        """
        try:
            if not super().parse_request():
                return False
        except TimeoutError:
            self._late()
            return False
        if named := _ABSOLUTE.match(self.path):
            rest = self.path[named.end() :]
            self.path = rest if rest.startswith("/") else f"/{rest}"
        why = self._unclear()
        if why is not None:
            self._refused(HTTPStatus.BAD_REQUEST, why)
        return why is None

    def log_message(self, format: str, *args: Any) -> None:
        """Who reads what is public is nobody's business."""

    def received(self) -> None:
        """The request has no body that matters; one that comes all the same is not read, and nothing after it is."""
        if "Transfer-Encoding" in self.headers or any(length.strip("0") for length in self._lengths()):
            self.close_connection = True
        self._server.work(self.connection)

    def body(self, most: int) -> bytes | None:
        """The request's body; None when it is answered already: 408, 411 or 413."""
        if "Transfer-Encoding" in self.headers or not (lengths := self._lengths()):
            return self._refused(HTTPStatus.LENGTH_REQUIRED, "want Content-Length")
        [length] = lengths
        if len(length) > 18 or int(length) > most:
            return self._refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {most} bytes")
        return self._read(int(length))

    def answer(
        self,
        status: int,
        data: bytes,
        kind: str = TEXT,
        *,
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        """The answer is sent; HEAD gets its head alone."""
        if close:  # a body that is not read would be taken for the next request
            self.close_connection = True
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(data)

    def unchanged(self, headers: Mapping[str, str]) -> None:
        """The client is told that it has the content: 304."""
        self._head(HTTPStatus.NOT_MODIFIED, headers)

    def not_allowed(self, *methods: str) -> None:
        """The client is told which methods the path has: 405."""
        why = f"want {' or '.join(methods)}\n".encode()
        self.answer(HTTPStatus.METHOD_NOT_ALLOWED, why, headers={"Allow": ", ".join(methods)}, close=True)

    @property
    def _server(self) -> BoundedServer:
        return cast("BoundedServer", self.server)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self._server.wait(self.connection)  # from here on for the client, who may read slowly or not at all
        self.end_headers()

    def _lengths(self) -> set[str]:
        return {length.strip(" \t") for length in self.headers.get_all("Content-Length", [])}

    def _unclear(self) -> str | None:
        """Why it is not plain where the request ends, so that others may see another one in it (RFC 9112, 5.1 and 6.3)."""
        lengths = self._lengths()
        if (
            any(isinstance(defect, _BROKEN_HEAD) for defect in self.headers.defects)
            or self.headers.get_payload()
        ):
            return "want header lines of the form 'Name: value'"
        if len(lengths) > 1 or not all(re.fullmatch("[0-9]+", length) for length in lengths):
            return "Content-Length: want one decimal number"
        if lengths and "Transfer-Encoding" in self.headers:
            return "want Content-Length alone, without Transfer-Encoding"
        return None

    def _refused(self, status: int, why: str) -> None:
        self.answer(status, f"{why}\n".encode(), close=True)

    def _late(self) -> None:
        self.close_connection = True
        self.command = self.command or ""
        self._refused(HTTPStatus.REQUEST_TIMEOUT, "the request did not come in time")

    def _read(self, length: int) -> bytes | None:
        parts: list[bytes] = []
        until = time.monotonic() + self.body_s
        try:
            while length:
                self.connection.settimeout(max(0.01, until - time.monotonic()))
                part: bytes = self.rfile.read1(length)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
                if not part:
                    self.close_connection = True
                    return None
                parts.append(part)
                length -= len(part)
        except TimeoutError:
            self._late()
            return None
        self.connection.settimeout(self.timeout)
        self._server.work(self.connection)
        return b"".join(parts)


def _hang_up(held: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is gone already
        held.shutdown(socket.SHUT_RDWR)
