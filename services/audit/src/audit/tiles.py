"""The logs over HTTP, by the letter of C2SP tlog-tiles, for anybody: no sign-in, no TLS of its own, GET and HEAD only.

    /<service>/checkpoint, /<service>/{log,sm2}.vkey, /<service>/tile/<L>/<N>[.p/<W>], /<service>/tile/entries/<N>[.p/<W>]
    /<service>/sm3/...    the same of the SM3 log

Why the standard library: the answers are small immutable files that any web server or cache may hand out in front of
this one (the folder can be served directly as well), and no server library is among the locked packages. Why no TLS:
every byte is checked against a signed checkpoint by who fetches it, whatever the way it came; what can be read holds no
name, number or address of a person, those are sealed in the entries. Its own port lets a firewall publish this alone.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from proofs.note import NoteError, parse_checkpoint, split_note
from proofs.tiles import TileError, cut_tile, parse_path, tile_for

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=2"
_MOST_CALLS = 64
_IDLE_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path holds, and how long it may be kept."""

    body: bytes
    kind: str
    keep: str


class TileFolder:
    """The published logs below a folder. `refresh` is called with the service before a checkpoint is read."""

    def __init__(self, folder: Path, services: Collection[str], refresh: Callable[[str], None]) -> None:
        self._folder, self._services, self._refresh = folder, services, refresh

    def answer(self, path: str) -> Answer | None:
        """What is published under a path; None where nothing is."""
        service, _, rest = path.removeprefix("/").partition("/")
        if not path.startswith("/") or service not in self._services:
            return None
        log = self._folder / service
        if rest.startswith("sm3/"):
            log, rest = log / "sm3", rest.removeprefix("sm3/")
        try:
            if rest == "checkpoint":
                self._refresh(service)
                return Answer((log / rest).read_bytes(), TEXT, SHORT)
            if rest in ("log.vkey", "sm2.vkey"):
                return Answer((log / rest).read_bytes(), TEXT, SHORT)
            return Answer(_tile(log, rest), BYTES, FOR_EVER)
        except (TileError, NoteError, FileNotFoundError, NotADirectoryError):
            return None


def _tile(log: Path, path: str) -> bytes:
    """A tile of any size that the log had: the partial ones of sizes that were never published are cut."""
    tile = parse_path(path)
    size = parse_checkpoint(split_note((log / "checkpoint").read_text(encoding="utf-8"))[0]).size
    widest = tile_for(size, tile.level, tile.index)
    if tile.width > widest.width:
        raise TileError(f"{tile.path}: the log has {size} entries")
    return cut_tile(tile, widest, (log / widest.path).read_bytes())


class TileServer:
    """Serves a folder in threads of its own until `close`; `port` 0 lets the kernel choose. OSError where it is taken."""

    def __init__(self, host: str, port: int, tiles: TileFolder) -> None:
        self._server = _Server((host, port), _handler(tiles))
        self._thread = threading.Thread(target=self._server.serve_forever, name="tiles", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1]

    def close(self) -> None:
        """Nobody is served any more, and the port is free."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._free = threading.BoundedSemaphore(_MOST_CALLS)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no matter of ours."""


def _handler(tiles: TileFolder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "guitu"
        sys_version = ""
        timeout = _IDLE_S

        def do_GET(self) -> None:
            self._send(body=True)

        def do_HEAD(self) -> None:
            self._send(body=False)

        def log_message(self, format: str, *args: Any) -> None:
            """Who reads what is public is nobody's business."""

        def _send(self, *, body: bool) -> None:
            path = self.path.partition("?")[0]
            found = tiles.answer(path)
            if found is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            data = found.body
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", found.kind)
            self.send_header("Cache-Control", found.keep)
            self.send_header("X-Content-Type-Options", "nosniff")
            if "/tile/entries/" in path:
                self.send_header("Vary", "Accept-Encoding")
                if "gzip" in self.headers.get("Accept-Encoding", ""):
                    data = gzip.compress(data, mtime=0)
                    self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if body:
                self.wfile.write(data)

    return Handler
