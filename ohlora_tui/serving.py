"""`ohlora serve-model`: one model in memory for several terminals, as an OpenAI-compatible server of the standard library.

    GET  /health             {"status": "ok"}
    GET  /v1/models          the base and its heads
    POST /v1/completions     prompts as `heads.py` writes them; model = a head or the base; fields in engine/raw.py

One generation at a time, first come first served; a client that goes away ends its own. Nothing a client says is logged or kept.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import select
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from ohlora_tui.engine.wording import Cut
from ohlora_tui.errors import DataError, OhLoraError
from ohlora_tui.heads import HEADS, START

if TYPE_CHECKING:
    from ohlora_tui.engine.local import LocalEngine
    from ohlora_tui.engine.raw import Wish

OWNER = "ohlora"
"""`owned_by` in /v1/models: how `engine/remote.py` knows that it speaks to its own kind."""
MOST_WAITING = 32
"""Requests that may wait; one more is told 503 and to come back."""
MOST_BYTES = 1 << 20
"""Bytes of a request. The longest honest one is a memory's regex: about 90 kB for a message of 60 words."""
PATIENCE, HEARTBEAT = 0.05, 5.0
"""Seconds between two looks while waiting, and between two signs of life to a client that waits."""
IDLE = 30.0
"""Seconds a client may take to say what it wants, or to take in what it is given."""


class Turned(Exception):
    """A request that is not answered: `status` and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Queue:
    """Who may use the engine now: first come, first served."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._tickets: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, stopped: Callable[[], bool], waiting: Callable[[], None]) -> Iterator[bool]:
        """Waits for the turn; False if `stopped()` came first. `waiting` is called now and then meanwhile. Turned(503) if too many wait."""
        ticket = object()
        with self._changed:
            if len(self._tickets) > self._most:
                raise Turned(503, "too many requests are waiting")
            self._tickets.append(ticket)
        try:
            while not self._first(ticket) and not stopped():
                waiting()
            yield not stopped()
        finally:
            with self._changed:
                self._tickets.remove(ticket)
                self._changed.notify_all()

    def _first(self, ticket: object) -> bool:
        """Whether the ticket's turn has come; looks again when something changes or after PATIENCE."""
        with self._changed:
            return self._tickets[0] is ticket or (self._changed.wait(PATIENCE) and self._tickets[0] is ticket)


class ModelServer(ThreadingHTTPServer):
    """Serves one LocalEngine. The address is taken first, for `load` costs seconds; who connects meanwhile waits. OhLoraError if it is taken."""

    daemon_threads = True

    def __init__(self, load: Callable[[], LocalEngine], host: str = "127.0.0.1", port: int = 8399) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.private = is_loopback(host)
        self.queue, self.began = Queue(), int(time.time())
        try:
            super().__init__((host, port), Handler)
        except OSError as wrong:
            why = wrong.strerror or type(wrong).__name__
            raise OhLoraError(f"{host}:{port}에 서버를 열 수 없어요 ({why}).", "`--port`로 다른 번호를 적어 주세요.") from wrong
        try:
            self.engine = load()
        except BaseException:
            self.server_close()
            raise
        self.names = (self.engine.name, *(name for name in HEADS if name in self.engine.heads))

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error; anything else is a fault of ours and shows where."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: ModelServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    server_version, sys_version = "ohlora", ""

    def do_GET(self) -> None:
        self._answered(self._GETS)

    def do_POST(self) -> None:
        self._answered(self._POSTS)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: what people say to her is theirs."""

    def _answered(self, routes: dict[str, Callable[[Handler], None]]) -> None:
        self.close_connection = True
        self._streaming = False
        try:
            self._check_host()
            path = urlsplit(self.path).path
            if path not in routes:
                raise Turned(405 if path in self._GETS | self._POSTS else 404, f"{self.command} {path[:80]} is not served")
            routes[path](self)
        except Turned as wrong:
            self._refuse(wrong.status, str(wrong))
        except OhLoraError as wrong:  # DataError: no room for the prompt
            self._refuse(400 if isinstance(wrong, DataError) else 500, wrong.message)
        except OSError:
            return  # the client went away: nobody is left to tell

    def _check_host(self) -> None:
        """A page in a browser may reach this machine under a name of its own; on loopback only loopback's names are served."""
        named = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        if self.server.private and not is_loopback(named):
            raise Turned(403, "this server answers to 127.0.0.1 and localhost only")

    def _health(self) -> None:
        self._send(200, {"status": "ok", "model": self.server.engine.name})

    def _models(self) -> None:
        base, *heads = self.server.names
        common = {"object": "model", "created": self.server.began, "owned_by": OWNER}
        listed = [{"id": base, **common, "root": base, "parent": None}]
        listed += [{"id": name, **common, "root": f"{base}/{name}", "parent": base} for name in heads]
        self._send(200, {"object": "list", "data": listed})

    def _completions(self) -> None:
        from ohlora_tui.engine.raw import wish_of

        try:
            wish = wish_of(self._body())
        except ValueError as wrong:
            raise Turned(400, str(wrong)) from wrong
        if wish.model not in self.server.names:
            raise Turned(404, f"the model {wish.model[:80]!r} does not exist; there are: {', '.join(self.server.names)}")
        if wish.echo:
            self._score(wish)
        else:
            self._write(wish)

    def _body(self) -> Any:
        if self.headers.get_content_type() != "application/json":
            raise Turned(415, "Content-Type must be application/json")  # a web page cannot send this without asking first
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise Turned(411, "Content-Length is missing")
        if int(length) > MOST_BYTES:
            raise Turned(413, f"more than {MOST_BYTES} bytes")
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as wrong:
            raise Turned(400, "the body is not JSON") from wrong

    def _score(self, wish: Wish) -> None:
        """How likely what stands behind the prompt's last mark is, its end included. The prompt itself is one unscored entry."""
        at = wish.prompt.rfind(START) + len(START)
        if at < len(START) or at == len(wish.prompt):
            raise Turned(400, f"echo needs a text behind {START.strip()!r}")
        prompt, target = wish.prompt[:at], wish.prompt[at:]
        with self.server.queue.turn(self._gone, lambda: None) as mine:
            scores = self.server.engine.likelihoods(wish.model, prompt, target) if mine else []
        told = {
            "tokens": [prompt, *(token for token, _ in scores)],
            "token_logprobs": [None, *(score for _, score in scores)],
            "text_offset": [0, *([at] * len(scores))],
            "top_logprobs": None,
        }
        self._send(200, self._chunk(wish, wish.prompt, "stop") | {"choices": [{"index": 0, "text": wish.prompt, "logprobs": told, "finish_reason": "stop"}]})

    def _write(self, wish: Wish) -> None:
        cut = Cut(wish.stop, (lambda piece: self._event(self._chunk(wish, piece, None))) if wish.stream else (lambda piece: None))
        if wish.stream:
            self._open_stream()
        with self.server.queue.turn(self._gone, self._alive) as mine:
            if not mine:
                return
            try:
                rule = self.server.engine.complete(wish, cut.take, lambda: cut.over or self._gone())
            except ValueError as wrong:
                raise Turned(400, str(wrong)) from wrong
        cut.take(rule.text[len(cut.whole) :])  # a constrained text comes as one piece
        cut.flush()
        used = int(getattr(rule, "tokens", 0))  # a constrained text ends by itself; its tokens are not counted
        reason = "length" if getattr(rule, "cut_off", False) and not cut.over else "stop"
        usage = {"usage": {"completion_tokens": used}} if used else {}
        if not wish.stream:
            self._send(200, self._chunk(wish, cut.text, reason) | usage)
            return
        self._event(self._chunk(wish, "", reason))
        if wish.usage and usage:
            self._event(self._chunk(wish, "", None) | {"choices": []} | usage)
        self._raw(b"data: [DONE]\n\n")

    def _chunk(self, wish: Wish, text: str, reason: str | None) -> dict[str, Any]:
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}
        return {"id": "cmpl-ohlora", "object": "text_completion", "created": int(time.time()), "model": wish.model, "choices": [choice]}

    def _gone(self) -> bool:
        """Whether the client closed its end: it never sends anything after its request."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def _open_stream(self) -> None:
        self.send_response(200)
        for name, value in (("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-store"), ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        self._streaming, self._heard = True, time.monotonic()

    def _alive(self) -> None:
        """A comment in the stream now and then, so that a client that waits in the queue knows it is not forgotten."""
        if self._streaming and time.monotonic() - self._heard > HEARTBEAT:
            with contextlib.suppress(OSError):  # `_gone` will say so
                self._raw(b": waiting\n\n")
            self._heard = time.monotonic()

    def _event(self, document: dict[str, Any]) -> None:
        self._raw(b"data: " + json.dumps(document, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n")

    def _raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _refuse(self, status: int, why: str) -> None:
        document = {"error": {"message": why, "type": "invalid_request_error" if status < 500 else "server_error", "code": status}}
        with contextlib.suppress(OSError):  # the client may be gone
            if self._streaming:
                self._event(document)
            else:
                self._send(status, document)

    def _send(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        self.send_response(status)
        for name, value in (("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body))), ("Connection", "close")):
            self.send_header(name, value)
        if status == 503:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self._raw(body)

    _GETS: ClassVar[dict[str, Callable[[Handler], None]]] = {"/health": _health, "/v1/models": _models}
    _POSTS: ClassVar[dict[str, Callable[[Handler], None]]] = {"/v1/completions": _completions}
