"""The one door to the network: a Hugging Face hub, asked only when the user said so. What it answers, or one sentence.

A file is fetched here and not by `hf_hub_download`: in huggingface_hub 2.4 that starts a killed download from nothing, compares no checksum,
and holds 10 MB of a cut line in memory that are lost with it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from huggingface_hub import HfApi, constants, hf_hub_url
from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers, get_session, get_token, hf_raise_for_status

from ohlora_tui.errors import ModelError

WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between tries while not one byte comes; any byte starts them anew."""
ASKS = (1.0, 2.0)
"""The same for a question: whoever has no network should hear it soon."""
PASSING = (408, 429, 500, 502, 503, 504)
"""Statuses that pass by themselves: too busy, or broken for a moment (the hub library's own list)."""
CONVERTER = "SFconvertbot"
"""The hub's own account that turns pickles into safetensors by pull request. Anyone can open one: no other author is believed."""

Tick = Callable[[int], None]
"""Bytes that came, below 0 when they have to come again."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository: `size` in bytes; `sha256` of a large one, `blob` (git's sha1) of a small one, "" where not told."""

    name: str
    size: int
    sha256: str = ""
    blob: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """What a repository holds at one commit."""

    id: str
    commit: str
    licence: str
    files: tuple[HubFile, ...]


class Hub:
    """`endpoint`: another hub than HF_ENDPOINT says. The token is HF_TOKEN or what `hf auth login` kept."""

    def __init__(self, endpoint: str | None = None) -> None:
        constants.HF_HUB_DISABLE_TELEMETRY = True  # else it also asks who is calling, and sends torch's version along
        self._api = HfApi(endpoint=endpoint)

    def look(self, repo: str, revision: str = "main") -> Repository:
        """The repository at `revision`, resolved to its commit. ModelError: missing, gated, offline …"""
        with told(repo, self._api.endpoint), understood(self._api.endpoint):
            info = patient(lambda: self._api.model_info(repo, revision=revision, files_metadata=True, timeout=_seconds()), ASKS)
            files = tuple(
                HubFile(f.rfilename, int(f.size or 0), f.lfs.sha256 if f.lfs else "", f.blob_id or "") for f in info.siblings or ()
            )
            if not info.sha:
                raise ValueError("no commit")
        return Repository(repo, info.sha, _licence(info), files)

    def converted(self, repo: str) -> list[str]:
        """Commits, the newest first, at which the hub's converter offers safetensors of a repository that has none."""
        with told(repo, self._api.endpoint), understood(self._api.endpoint):
            offers = {f"refs/pr/{d.num}": d.num for d in self._api.get_repo_discussions(repo, author=CONVERTER, discussion_type="pull_request") if d.author == CONVERTER}
            if not offers:
                return []
            refs = self._api.list_repo_refs(repo, include_pull_requests=True).pull_requests or []
        return [r.target_commit for r in sorted((r for r in refs if r.ref in offers), key=lambda r: -offers[r.ref])]

    def fetch(self, repo: str, commit: str, file: HubFile, target: Path, tick: Tick) -> None:
        """`target` grows to `file.size` bytes, from where it stands; cut and silent lines are taken up again. ModelError when nothing comes."""
        url = hf_hub_url(repo, file.name, revision=commit, endpoint=self._api.endpoint)
        waits = iter(WAITS)
        with told(repo, self._api.endpoint):
            while (have := size_of(target)) < file.size:
                wrong: Exception = ModelError(f"허브가 {file.name} 파일의 내용을 보내지 않아요.", AGAIN)
                try:
                    _stream(url, target, have, file, tick)
                except HTTPError as cut:
                    if not passing(cut):
                        raise
                    wrong = cut
                if size_of(target) > have:
                    waits = iter(WAITS)
                elif (wait := next(waits, None)) is None:
                    raise wrong
                else:
                    time.sleep(wait)


def _stream(url: str, target: Path, have: int, file: HubFile, tick: Tick) -> None:
    """What one connection brings, written as it comes."""
    headers = build_hf_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with get_session().stream("GET", url, headers=headers, timeout=_seconds()) as answer:
        if answer.status_code >= 400:
            answer.read()
        hf_raise_for_status(answer)
        goes_on = answer.status_code == 206  # 200: the whole file comes again
        if have and not goes_on:
            tick(-have)
        with target.open("ab" if goes_on else "wb") as out:
            for block in answer.iter_bytes():
                out.write(block)
                tick(len(block))
                if out.tell() > file.size:
                    raise ModelError(f"{file.name} 파일이 허브가 말한 {file.size:,}바이트보다 커요.", AGAIN)
            out.flush()
            os.fsync(out.fileno())


def size_of(path: Path) -> int:
    """Bytes of a file; 0 if there is none."""
    return path.stat().st_size if path.is_file() else 0


def patient(call: Callable[[], T], waits: tuple[float, ...]) -> T:
    """What `call` gives, tried again after each wait while the line or the hub fails."""
    for wait in waits:
        try:
            return call()
        except HTTPError as wrong:
            if not passing(wrong):
                raise
            time.sleep(wait)
    return call()


def passing(wrong: HTTPError) -> bool:
    """Whether trying again may help."""
    return wrong.response.status_code in PASSING if isinstance(wrong, HfHubHTTPError) else True


AGAIN = "잠시 뒤 같은 명령을 다시 해 주세요. 받던 곳부터 이어 받아요."
SENTENCES: tuple[tuple[type[BaseException], str, str], ...] = (
    (OfflineModeIsEnabled, "HF_HUB_OFFLINE이 켜져 있어서 {repo} 저장소를 받으러 나가지 않았어요.", "받으려면 `unset HF_HUB_OFFLINE TRANSFORMERS_OFFLINE` 뒤에 다시 해 주세요."),
    (GatedRepoError, "{repo} 저장소는 허락을 받아야 받을 수 있어요{token}.", "{page} 에서 조건에 동의하고, HF_TOKEN에 토큰을 적거나 `hf auth login` 뒤에 다시 해 주세요."),
    (DisabledRepoError, "{repo} 저장소는 허브에서 막혀 있어요.", "다른 모델을 골라 주세요."),
    (RevisionNotFoundError, "{repo} 저장소에 그런 판(revision)이 없어요.", "{page} 에서 판을 확인하거나 --revision을 빼 주세요."),
    (RemoteEntryNotFoundError, "{repo} 저장소에서 파일이 사라졌어요.", AGAIN),
    (RepositoryNotFoundError, "{repo} 저장소를 찾을 수 없어요. 없거나, 비공개예요{token}.", "이름을 확인해 주세요: {page} 비공개라면 HF_TOKEN에 토큰을 적어 주세요."),
    (HfHubHTTPError, "허브가 {repo} 저장소를 주지 않았어요 (답 {status}){token}.", AGAIN),
    (HTTPError, "허브({endpoint})에 닿지 않아요: {why}.", "인터넷 연결을 확인하고 같은 명령을 다시 해 주세요. 받던 곳부터 이어 받아요."),
    (HFValidationError, "{repo!r}은 Hugging Face 저장소 이름이 아니에요.", "`이름/모델` 꼴로 적어 주세요. 예: EleutherAI/polyglot-ko-1.3b"),
)  # fmt: skip
"""What went wrong, first match -> what is said of it and what to do next."""


@contextmanager
def told(repo: str, endpoint: str) -> Iterator[None]:
    """Whatever the hub or the line refuses inside, as a ModelError."""
    try:
        yield
    except tuple(kind for kind, _, _ in SENTENCES) as wrong:
        _, sentence, hint = next(row for row in SENTENCES if isinstance(wrong, row[0]))
        status = wrong.response.status_code if isinstance(wrong, HfHubHTTPError) else 0
        words = {
            "repo": repo, "endpoint": endpoint, "page": f"{endpoint}/{repo}", "status": status,
            "token": TOKENS.get((status, get_token() is not None), ""), "why": (str(wrong).splitlines() or [type(wrong).__name__])[0][:200].rstrip("."),
        }  # fmt: skip
        raise ModelError(sentence.format(**words), hint.format(**words)) from wrong


@contextmanager
def understood(endpoint: str) -> Iterator[None]:
    """An answer that is no hub's (a login page, a proxy's), as a ModelError."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as wrong:
        if isinstance(wrong, (HTTPError, HFValidationError)):
            raise
        raise ModelError(f"{endpoint} 주소가 Hugging Face 허브처럼 답하지 않아요.", "HF_ENDPOINT와 인터넷 연결(로그인 창이 뜨는 와이파이인지)을 확인해 주세요.") from wrong


TOKENS = {(401, True): " (보낸 토큰이 맞지 않아요)", (401, False): " (토큰 없이 물었어요)", (403, True): " (이 토큰으로는 아직 허락되지 않았어요)"}
"""(status, was a token sent) -> what it adds."""


def _seconds() -> float:
    """A line on which nothing comes for so long is cut: HF_HUB_DOWNLOAD_TIMEOUT, 10 s by default."""
    return float(constants.HF_HUB_DOWNLOAD_TIMEOUT)


def _licence(info: Any) -> str:
    """The licence the repository's card names, else its tag; "unknown" if neither does."""
    card = getattr(info, "card_data", None)
    named = getattr(card, "license", None) or next((t.removeprefix("license:") for t in info.tags or () if t.startswith("license:")), None)
    return named if isinstance(named, str) else ", ".join(named) if named else "unknown"
