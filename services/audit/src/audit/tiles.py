"""The logs over HTTP, by the letter of C2SP tlog-tiles, for anybody: no sign-in, no TLS of its own, GET and HEAD only.

    /<service>/checkpoint, /<service>/{log,sm2}.vkey, /<service>/tile/<L>/<N>[.p/<W>], /<service>/tile/entries/<N>[.p/<W>]
    /<service>/sm3/...    the same of the SM3 log

The answers are small immutable files that any web server or cache may hand out in front of this one (the folder can be
served directly as well). Why no TLS: every byte is checked against a signed checkpoint by who fetches it, whatever the way it came; what can be read holds no
name, number or address of a person, those are sealed in the entries. Entries are not anonymous all the same: where the
port may be opened, and how entries are withheld, says docs/adr/0033.
"""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from proofs.note import NoteError, parse_checkpoint, split_note
from proofs.tiles import TileError, cut_tile, fetch_tile, parse_path, tile_for
from servicekit.bounded_http import TEXT, BoundedHandler, BoundedServer

BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=2"
NEVER = "no-store"
WITHHELD = "本机构不经此处公开日志条目，请向运行单位索取。 Entries are not handed out here; ask the operator for an export.\n"
_ENTRIES = "tile/entries/"
_MOST_CALLS = 64
_MOST_OF_ONE = 48  # connections of one address: whoever takes all of these leaves places for others
_IDLE_S = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path holds, and how long it may be kept."""

    body: bytes
    kind: str
    keep: str
    status: HTTPStatus = HTTPStatus.OK


class TileFolder:
    """The published logs below a folder. `refresh` is called with the service before a checkpoint is read.

    entries: False withholds the entries and no more (docs/adr/0033).
    """

    def __init__(
        self,
        folder: Path,
        services: Collection[str],
        refresh: Callable[[str], None],
        *,
        entries: bool = True,
    ) -> None:
        self._folder, self._services, self._refresh = folder, services, refresh
        self._entries = entries

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
            if rest.startswith(_ENTRIES) and not self._entries:
                return Answer(WITHHELD.encode(), TEXT, NEVER, HTTPStatus.FORBIDDEN)
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
    return cut_tile(tile, widest, fetch_tile(lambda name: (log / name).read_bytes(), widest))


class TileServer:
    """Serves a folder in threads of its own until `close`; `port` 0 lets the kernel choose. OSError where it is taken."""

    def __init__(self, host: str, port: int, tiles: TileFolder) -> None:
        self._server = BoundedServer((host, port), _handler(tiles), most=_MOST_CALLS, each=_MOST_OF_ONE)
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


def _handler(tiles: TileFolder) -> type[BoundedHandler]:
    class Handler(BoundedHandler):
        timeout = _IDLE_S

        def do_GET(self) -> None:
            self.received()
            path = self.path.partition("?")[0]
            found = tiles.answer(path)
            if found is None:  # a tile of the future is there tomorrow: no cache may remember that it is not
                self.answer(HTTPStatus.NOT_FOUND, b"not found\n", headers={"Cache-Control": NEVER})
                return
            data, more = found.body, {"Cache-Control": found.keep, "X-Content-Type-Options": "nosniff"}
            tag = sha256(data).hexdigest()[:32]
            if found.status is HTTPStatus.OK and f"/{_ENTRIES}" in path:
                more["Vary"] = "Accept-Encoding"
                if takes_gzip(self.headers.get("Accept-Encoding", "")):
                    data, tag = gzip.compress(data, mtime=0), f"{tag}-gzip"
                    more["Content-Encoding"] = "gzip"
            if found.status is HTTPStatus.OK:
                more["ETag"] = f'"{tag}"'
                if has_tag(self.headers.get("If-None-Match", ""), tag):
                    more.pop("Content-Encoding", None)
                    self.unchanged(more)
                    return
            self.answer(found.status, data, found.kind, headers=more)

        do_HEAD = do_GET

        def refuse(self) -> None:
            self.not_allowed("GET", "HEAD")

        do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = do_CONNECT = refuse

    return Handler


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header admits gzip: named, or by `*`, with another weight than 0."""
    weights: dict[str, bool] = {}
    for one in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        weights[name] = not any(re.fullmatch(r"q=0(\.0*)?", part.replace(" ", "")) for part in parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))


def has_tag(wanted: str, tag: str) -> bool:
    """Whether an If-None-Match header names the content; weak and strong tags are compared alike."""
    named = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    return "*" in named or f'"{tag}"' in named
