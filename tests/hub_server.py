"""A small Hugging Face hub on this machine: what `huggingface_hub` asks for, served from memory, with the troubles real lines have.

    with serving({"owner/name": Repo({"config.json": b"…"})}) as hub:
        hub.url                          the endpoint
        hub.cut["model.safetensors"] = [1000]    the next answer for that file ends after 1000 bytes, the line is closed
        hub.asked                        (method, path, Range header) of every request

Large files (LFS) are redirected to another host name, as the hub does to its storage: a token must not follow there.
"""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LARGE = (".safetensors", ".bin", ".model")


@dataclass
class Repo:
    """`files` at main; `offers` pull request number -> (author, files); `gated`: who may read: "" all, "401" nobody without token, "403" not even with."""

    files: dict[str, bytes]
    licence: str = "apache-2.0"
    gated: str = ""
    offers: dict[int, tuple[str, dict[str, bytes]]] = field(default_factory=dict)

    def revisions(self) -> dict[str, dict[str, bytes]]:
        """Every name a revision is asked by -> its files."""
        found: dict[str, dict[str, bytes]] = {}
        offered = {f"refs/pr/{number}": files for number, (_, files) in self.offers.items()}
        for name, files in [("main", self.files), *offered.items()]:
            found |= {name: files, commit(files): files}
        return found


def commit(files: dict[str, bytes]) -> str:
    digest = hashlib.sha1()
    for name, body in sorted(files.items()):
        digest.update(name.encode() + body)
    return digest.hexdigest()


def folder(path: Path) -> dict[str, bytes]:
    """The files of a folder, as a repository holds them."""
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}


class HubServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, repos: dict[str, Repo]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.repos = repos
        self.cut: dict[str, list[int]] = {}  # file -> after how many bytes each next answer ends
        self.silent: dict[str, list[int]] = {}  # the same, but the line stays open and nothing comes
        self.tampered: dict[str, bytes] = {}  # file -> what is sent in its stead
        self.slow: dict[str, tuple[int, float]] = {}  # file -> (bytes, seconds between)
        self.failing: dict[str, list[int]] = {}  # file or "api" -> statuses of the next answers
        self.ranges = True
        self.page: bytes | None = None  # a login page in place of everything
        self.asked: list[tuple[str, str, str]] = []
        self.tokens: list[tuple[str, str]] = []  # (host, Authorization)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def sent(self, name: str) -> list[str]:
        """The Range header of each request for a file's bytes."""
        return [told for method, path, told in self.asked if method == "GET" and path.endswith("/" + name)]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is part of the stories; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append((self.command, path, self.headers.get("Range", "")))
        self.server.tokens.append((self.headers.get("Host", ""), self.headers.get("Authorization", "")))
        if self.server.page is not None:
            self.answer(200, self.server.page)
        elif path.startswith("/api/models/"):
            self.api(path.removeprefix("/api/models/"))
        elif "/resolve/" in path:
            repo, _, rest = path[1:].partition("/resolve/")
            self.resolve(repo, rest)
        elif path.startswith("/stored/"):
            self.stored(path)
        else:
            self.refuse(404, "")

    def api(self, rest: str) -> None:
        owner, name, *more = rest.split("/")
        repo = self.server.repos.get(f"{owner}/{name}")
        if statuses := self.server.failing.get("api"):
            self.answer(statuses.pop(0), b"")
        elif repo is None:
            self.refuse(404 if self.headers.get("Authorization") else 401, "RepoNotFound")
        elif more == ["refs"]:
            offers = [{"name": f"pr/{n}", "ref": f"refs/pr/{n}", "targetCommit": commit(files)} for n, (_, files) in repo.offers.items()]
            self.json({"branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": commit(repo.files)}], "converts": [], "tags": [], "pullRequests": offers})
        elif more == ["discussions"]:
            self.json({"count": len(repo.offers), "start": 0, "discussions": [self.discussion(f"{owner}/{name}", n, author) for n, (author, _) in repo.offers.items()]})
        else:
            self.information(f"{owner}/{name}", repo, "/".join(more[1:]) or "main")

    def discussion(self, repo: str, number: int, author: str) -> dict[str, Any]:
        return {
            "title": "Adding `safetensors` variant of this model", "num": number, "author": {"name": author}, "createdAt": "2026-01-01T00:00:00.000Z",
            "status": "open", "repo": {"name": repo, "type": "model"}, "isPullRequest": True,
        }  # fmt: skip

    def information(self, name: str, repo: Repo, revision: str) -> None:
        files = repo.revisions().get(revision)
        if files is None:
            self.refuse(404, "RevisionNotFound")
            return
        siblings = []
        for file, body in files.items():
            told: dict[str, Any] = {"rfilename": file, "size": len(body), "blobId": blob(body)}
            if file.endswith(LARGE):
                told["lfs"] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 135}
            siblings.append(told)
        self.json({"id": name, "sha": commit(files), "siblings": siblings, "tags": [f"license:{repo.licence}"], "gated": bool(repo.gated), "cardData": {"license": repo.licence}})

    def resolve(self, repo: str, rest: str) -> None:
        found = self.server.repos[repo]
        revision, _, file = rest.partition("/")
        if statuses := self.server.failing.get(file):
            self.answer(statuses.pop(0), b"")
        elif found.gated == "403" or (found.gated == "401" and not self.headers.get("Authorization")):
            self.refuse(int(found.gated), "GatedRepo")
        elif file not in found.revisions().get(revision, {}):
            self.refuse(404, "EntryNotFound")
        elif file.endswith(LARGE):
            told = {"Location": f"http://localhost:{self.server.server_address[1]}/stored/{repo}/{revision}/{file}", "X-Repo-Commit": revision}
            body = found.revisions()[revision][file]
            self.answer(302, b"", told | {"X-Linked-Etag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Linked-Size": str(len(body))})
        else:
            self.body(file, found.revisions()[revision][file], {"X-Repo-Commit": revision, "ETag": f'"{blob(found.revisions()[revision][file])}"'})

    def stored(self, path: str) -> None:
        _, _, owner, name, revision, file = path.split("/", 5)
        self.body(file, self.server.repos[f"{owner}/{name}"].revisions()[revision][file], {})

    def body(self, file: str, body: bytes, headers: dict[str, str]) -> None:
        """The bytes asked for, with whatever trouble was ordered for this file."""
        body = self.server.tampered.get(file, body)
        asked = self.headers.get("Range", "")
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranges else 0
        rest = body[begin:]
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        for key, value in ({"Content-Length": str(len(rest)), "Accept-Ranges": "bytes"} | headers).items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        for name, troubles in (("cut", self.server.cut), ("silent", self.server.silent)):
            if troubles.get(file):
                self.wfile.write(rest[: troubles[file].pop(0)])
                self.wfile.flush()
                if name == "silent":
                    self.rfile.read(1)  # until the client has had enough and hangs up
                self.close_connection = True
                return
        size, pause = self.server.slow.get(file, (len(rest) or 1, 0.0))
        for at in range(0, len(rest), size):
            self.wfile.write(rest[at : at + size])
            time.sleep(pause)

    def json(self, told: Any) -> None:
        self.answer(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def refuse(self, status: int, code: str) -> None:
        self.answer(status, b"", {"X-Error-Code": code, "X-Error-Message": code})

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def blob(body: bytes) -> str:
    """Git's name of a file."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()


@contextmanager
def serving(repos: dict[str, Repo]) -> Iterator[HubServer]:
    server = HubServer(repos)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
