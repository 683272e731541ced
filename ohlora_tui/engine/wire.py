"""HTTP to one server, from the standard library: no proxy, no redirect, no cookie, nothing kept.

Every request runs in a thread of its own and hands its lines over, so that the reader can leave at once: leaving closes the
connection, and the server stops writing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ohlora_tui.cleaning import clean
from ohlora_tui.errors import EngineError, SettingsError

CONNECT = 5.0
"""Seconds to reach the server."""
SILENCE = 60.0
"""Seconds a server may be silent: a queue, or a long prompt on a CPU. Ours says `: waiting` meanwhile."""
WHOLE = 600.0
"""Seconds one request may last in all."""
WAITS = (0.3, 1.0)
"""Seconds before the second and the third try, where the server could not be reached or said 502 or 503 before anything came."""
PATIENCE = 0.05
"""Seconds between two looks at `stopped` while nothing comes."""
LONGEST_LINE, MOST_BYTES = 1 << 20, 4 << 20
"""Bytes of a line and of an answer; the longest honest ones have a thousandth of that."""
ERROR_BYTES = 1 << 16

Stopped = Callable[[], bool]


class Refused(EngineError):
    """The server answered with an error. `status`: 400, 401, 404 …"""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.status = status


class _Passing(Exception):
    """What may be over in a second: no connection, 502, 503. `told`: the sentence if it is not."""

    def __init__(self, told: EngineError) -> None:
        super().__init__(str(told))
        self.told = told


class Wire:
    """Requests to the server at `url`. `place`: its host and port, for sentences and the status line."""

    def __init__(self, url: str, key: str = "") -> None:
        parts = _checked(url)
        self.secure = parts.scheme == "https"
        self.host, self.port = parts.hostname or "", parts.port or (443 if self.secure else 80)
        self.place = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        self.url = f"{parts.scheme}://{self.place}"
        self._root = parts.path.rstrip("/").removesuffix("/v1")
        self._headers = {"Accept": "text/event-stream, application/json", "Connection": "close"}
        if not (key.isascii() and key.isprintable()):
            raise SettingsError("server_key에 쓸 수 없는 글자가 있어요.", "OHLORA_SERVER_KEY를 다시 넣어 주세요.")
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def lines(self, path: str, body: Any, stopped: Stopped) -> Iterator[bytes]:
        """The lines of the answer to `body` (None: GET) as they come. EngineError; nothing more once `stopped()`."""
        for wait in (*WAITS, None):
            began = False
            try:
                for line in self._once(path, body, stopped):
                    began = True
                    yield line
                return
            except _Passing as wrong:
                if began or wait is None:
                    raise wrong.told from wrong
                until = time.monotonic() + wait
            while time.monotonic() < until and not stopped():
                time.sleep(PATIENCE)
            if stopped():
                return

    def document(self, path: str, body: Any = None, stopped: Stopped = lambda: False) -> dict[str, Any]:
        """The answer as one JSON object; `{}` once `stopped()`."""
        whole = b"".join(self.lines(path, body, stopped))
        if stopped():
            return {}
        return document_of(whole, self.url)

    def _once(self, path: str, body: Any, stopped: Stopped) -> Iterator[bytes]:
        call = _Call(self, path, body)
        size, end = 0, time.monotonic() + WHOLE
        try:
            while not stopped():
                item = call.next()
                if item is None:
                    return
                if isinstance(item, BaseException):
                    raise item
                size += len(item)
                if size > MOST_BYTES or time.monotonic() > end:
                    raise EngineError(f"{self.url} 서버의 답이 끝나지 않아 끊었어요.", "서버를 확인해 주세요.")
                if item:
                    yield item
        finally:
            call.hang_up()

    def connection(self) -> http.client.HTTPConnection:
        """A connection that is not open yet."""
        if self.secure:
            return http.client.HTTPSConnection(self.host, self.port, timeout=CONNECT, context=ssl.create_default_context())
        return http.client.HTTPConnection(self.host, self.port, timeout=CONNECT)

    def send(self, open_: http.client.HTTPConnection, path: str, body: Any) -> None:
        if body is None:
            open_.request("GET", self._root + path, headers=self._headers)
            return
        text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        open_.request("POST", self._root + path, body=text, headers=self._headers | {"Content-Type": "application/json"})


class _Call:
    """One request and its thread."""

    def __init__(self, wire: Wire, path: str, body: Any) -> None:
        self._wire, self._path, self._body = wire, path, body
        # Bounded: an endless answer waits, it does not pile up.
        self._items: queue.Queue[bytes | BaseException | None] = queue.Queue(maxsize=64)
        self._gone = threading.Event()
        self._socket: socket.socket | None = None
        threading.Thread(target=self._run, daemon=True).start()

    def next(self) -> bytes | BaseException | None:
        """The next line; b"" if there is none yet, None at the end, an error to raise."""
        try:
            return self._items.get(timeout=PATIENCE)
        except queue.Empty:
            return b""

    def hang_up(self) -> None:
        """Close the connection, whatever the thread is waiting for."""
        self._gone.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed already by the other side
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        """The thread: whatever happens, the reader gets an end or an error."""
        open_ = self._wire.connection()
        try:
            open_.connect()
            self._socket = open_.sock
            open_.sock.settimeout(SILENCE)
            if not self._gone.is_set():
                self._listen(open_)
            self._put(None)
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            self._put(self._told(wrong, connected=self._socket is not None))
        except BaseException as wrong:
            self._put(wrong)
        finally:
            open_.close()

    def _listen(self, open_: http.client.HTTPConnection) -> None:
        self._wire.send(open_, self._path, self._body)
        answer = open_.getresponse()
        if answer.status != 200:
            raise refusal(answer.status, answer.read(ERROR_BYTES), answer.getheader("Location", ""), self._wire.url)
        while not self._gone.is_set() and (line := answer.readline(LONGEST_LINE + 1)):
            if len(line) > LONGEST_LINE:
                raise EngineError(f"{self._wire.url} 서버의 답을 읽을 수 없어요 (한 줄이 {LONGEST_LINE}바이트를 넘어요).")
            self._put(line)

    def _put(self, item: bytes | BaseException | None) -> None:
        while not self._gone.is_set():
            try:
                self._items.put(item, timeout=PATIENCE)
                return
            except queue.Full:
                continue

    def _told(self, wrong: Exception, connected: bool) -> Exception:
        """A failing connection as a sentence. No connection may be tried again; silence may not."""
        url, why = self._wire.url, type(wrong).__name__
        if isinstance(wrong, ssl.SSLError):
            what = "인증서를 믿을 수 없어요" if isinstance(wrong, ssl.SSLCertVerificationError) else "https로 이야기할 수 없어요"
            return EngineError(f"{url} 서버의 {what} ({clean(str(wrong))[:120]}).", "주소가 http인지 https인지 확인해 주세요.")
        if connected and isinstance(wrong, TimeoutError):
            return EngineError(f"{url} 서버가 {SILENCE:.0f}초 동안 말이 없어서 끊었어요.", "서버가 바쁜지 보고 다시 해 주세요.")
        if connected:
            return _Passing(EngineError(f"{url} 서버와의 연결이 도중에 끊겼어요 ({why}).", "서버를 확인하고 다시 해 주세요."))
        return _Passing(
            EngineError(f"{url} 서버에 닿지 않아요 ({why}).", "서버를 켰는지, 주소가 맞는지 봐 주세요: `ohlora serve-model`.")
        )


def _checked(url: str) -> Any:
    """The parts of a server's address. SettingsError unless it is plain http or https with a host."""
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not (parts.query or parts.fragment)
        if good and "@" not in parts.netloc and clean(url).isascii() and " " not in url.strip():
            return parts
    except ValueError:
        pass  # a port that is no number, an open bracket: the one sentence below
    raise SettingsError(f"서버 주소 {clean(url)[:100]!r}를 쓸 수 없어요.", "http://127.0.0.1:8399 처럼 적어 주세요 (http, https만).")


_SENTENCES = {
    401: ("서버가 열쇠(API key)를 달라고 해요", "OHLORA_SERVER_KEY에 열쇠를 넣어 주세요."),
    403: ("서버가 들여보내 주지 않아요", "OHLORA_SERVER_KEY의 열쇠가 맞는지 봐 주세요."),
    404: ("서버에 그 주소나 모델이 없어요", "주소가 맞는지 봐 주세요."),
}
"""Status -> what it means to the user, and the next step."""


def refusal(status: int, body: bytes, location: str, url: str) -> Exception:
    """An answer that is not 200 as what to raise: 502 and 503 may be over in a second."""
    if 300 <= status < 400:
        return Refused(status, f"{url} 서버가 다른 곳({clean(location)[:80] or '모르는 곳'})으로 보내려 해서 따라가지 않았어요.", "그 주소를 직접 적어 주세요.")
    said = said_in(body)
    if status in _SENTENCES:
        what, hint = _SENTENCES[status]
        return Refused(status, f"{what} ({url}, {status}{f': {said}' if said else ''}).", hint)
    told = Refused(
        status, f"{url} 서버가 요청을 처리하지 못했어요 ({status}{f': {said}' if said else ''}).", "서버의 기록을 확인해 주세요."
    )
    return _Passing(told) if status in (502, 503) else told


def said_in(body: bytes) -> str:
    """The server's own reason in the body of an error; "" if it gave none that can be read."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return reason_in(found) if isinstance(found, dict) else ""


def reason_in(document: Mapping[str, Any]) -> str:
    """`{"error": {"message": …}}`, or a `message` or `detail` of its own: cleaned, one line of at most 160 letters."""
    error = document.get("error", document)
    told = (error.get("message") or error.get("detail") or "") if isinstance(error, dict) else error
    return " ".join(clean(str(told)).split())[:160]


def document_of(body: bytes, url: str) -> dict[str, Any]:
    """A JSON object. EngineError if it is something else: then this is no OpenAI-compatible server."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        start = " ".join(clean(body[:60].decode("utf-8", "replace")).split())
        raise EngineError(f"{url} 서버의 답을 읽을 수 없어요: {start!r}", "OpenAI 호환 서버(/v1/completions)인지 확인해 주세요.")
    return found
