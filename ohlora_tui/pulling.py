"""A model from the hub to this machine: what of a repository is wanted, whether it fits on the disk, and every byte checked before it is in place.

repository at one commit -> plan -> folder `.part` (a kill leaves it, the next pull goes on) -> every checksum right -> one rename
"""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ohlora_tui import origin
from ohlora_tui.errors import ModelError
from ohlora_tui.hub import AGAIN, Hub, HubFile, Repository, size_of

CONFIGS = ("config.json", "generation_config.json")
TOKENIZER = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt",
    "tokenizer.model", "spiece.model",
)  # fmt: skip
SPELLS = {"tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt"}
"""Of these one must be there: the others say nothing without it."""
WHOLE, INDEX = "model.safetensors", "model.safetensors.index.json"
SHARD = re.compile(r"model-(\d{5})-of-(\d{5})\.safetensors")
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
SPARE = 200_000_000
"""Bytes that stay free: the conversations are on the same disk and must go on being written."""

Progress = Callable[[str, int], None]
"""Name of a file and how many bytes of it came (below 0: they come again)."""


class OnlyPickle(ModelError):
    """A repository whose weights are pickles alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be fetched from one commit of a repository, the smallest first."""

    source: str
    commit: str
    licence: str
    files: tuple[HubFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(f.size for f in self.files)


def planned(repository: Repository, names: Iterable[str]) -> Plan:
    """The plan for those `names` that the repository has. ModelError if one has no checksum."""
    found = tuple(sorted((f for f in repository.files if f.name in set(names)), key=lambda f: (f.size, f.name)))
    for file in found:
        if not file.sha256 and not file.blob:
            raise ModelError(f"허브가 {repository.id} 저장소의 {file.name} 체크섬을 알려 주지 않아요.", "HF_ENDPOINT를 빼고 다시 해 주세요.")
    return Plan(repository.id, repository.commit, repository.licence, found)


def base_plan(repository: Repository) -> Plan:
    """Configuration, tokenizer and safetensors of a base. ModelError if it cannot be one, OnlyPickle if its weights are pickles."""
    names = {f.name for f in repository.files}
    weights = _weights(repository.id, names)
    page = f"https://huggingface.co/{repository.id}/tree/main"
    for there, what in (("config.json" in names, "config.json"), (names & SPELLS, "토크나이저 파일")):
        if not there:
            raise ModelError(f"{repository.id} 저장소에 {what}이 없어요.", f"언어 모델 저장소가 맞는지 확인해 주세요: {page}")
    return planned(repository, {*CONFIGS, *TOKENIZER, *weights})


def _weights(repo: str, names: set[str]) -> set[str]:
    """The weight files to load: one, or all shards and their index."""
    if WHOLE in names:
        return {WHOLE}
    shards = {name: m for name in names if (m := SHARD.fullmatch(name))}
    if shards:
        of = max(int(m[2]) for m in shards.values())
        wanted = {f"model-{i:05}-of-{of:05}.safetensors" for i in range(1, of + 1)} | {INDEX}
        if missing := sorted(wanted - names):
            raise ModelError(f"{repo} 저장소에 {missing[0]} 조각이 없어요 ({of}개 가운데).", "다른 판을 --revision으로 골라 주세요.")
        return wanted
    if "adapter_config.json" in names:
        raise ModelError(f"{repo} 저장소는 기반 모델이 아니라 어댑터예요.", f"`ohlora models import {repo}` 로 들여와 주세요.")
    if any(name.endswith(PICKLED) for name in names):
        raise OnlyPickle(
            f"{repo} 저장소에는 피클(pytorch_model.bin)뿐이라 받지 않아요. 피클은 읽는 것만으로 남의 코드가 실행될 수 있어요.",
            "https://huggingface.co/spaces/safetensors/convert 에서 safetensors로 바꿔 달라고 하고(몇 분), 같은 명령을 다시 해 주세요.",
        )
    raise ModelError(f"{repo} 저장소에 safetensors 가중치가 없어요.", "다른 모델을 골라 주세요.")


def look(hub: Hub, repo: str, revision: str = "main") -> Plan:
    """The plan of a base at `revision`; of one that has only pickles, at the commit the hub's own converter offers, if it does."""
    try:
        return base_plan(hub.look(repo, revision))
    except OnlyPickle as refused:
        for commit in _offers(hub, repo):
            found = hub.look(repo, commit)
            if not _pickled(found):
                return base_plan(found)
        raise refused


def _offers(hub: Hub, repo: str) -> list[str]:
    try:
        return hub.converted(repo)
    except ModelError:  # no pull requests are allowed there: the refusal that is on its way says all
        return []


def _pickled(repository: Repository) -> bool:
    names = {f.name for f in repository.files}
    return WHOLE not in names and not any(SHARD.fullmatch(n) for n in names)


def room(plan: Plan, home: Path) -> tuple[int, int]:
    """(bytes still to come, bytes free) for a plan whose place is `home`. ModelError if the disk is too small, before anything comes."""
    part = part_of(home)
    coming = plan.size - sum(min(f.size, max(size_of(part / f.name), size_of(growing(part, f)))) for f in plan.files)
    there = next(p for p in (home, *home.parents) if p.exists())
    free = shutil.disk_usage(there).free
    if coming + SPARE > free:
        raise ModelError(
            f"디스크가 모자라요: {plan.source}에 {coming / 1e6:,.0f} MB가 더 드는데 {there}에 {free / 1e6:,.0f} MB 남았어요 ({SPARE / 1e6:.0f} MB는 대화 몫으로 비워 둬요).",
            "자리를 비우거나, OHLORA_HOME을 더 넓은 디스크로 바꿔 주세요.",
        )
    return coming, free


def bring(hub: Hub, plan: Plan, home: Path, progress: Progress, check: Callable[[Path], None] = lambda part: None) -> None:
    """The plan's files in `home`, all of them or none. `check` looks at `.part` after every file and may refuse.

    ModelError: a wrong checksum, a full disk, a line that does not come back; what was right so far stays in `.part`.
    """
    with writing(home), alone(home):
        settle(home)
        room(plan, home)
        part = part_of(home)
        part.mkdir(parents=True, exist_ok=True)
        sums = {}
        for file in plan.files:
            sums[file.name] = _checked(hub, plan, file, part, progress)
            check(part)
        origin.write(part, origin.Origin(plan.source, plan.commit, plan.licence, date.today().isoformat(), sums))
        _drop_strangers(part, {*sums, origin.NAME})
        swap(part, home)


def _checked(hub: Hub, plan: Plan, file: HubFile, part: Path, progress: Progress) -> str:
    """The file in `part`; its sha256. What an earlier run left is gone on from, and fetched anew if the whole then turns out wrong."""
    whole, some = part / file.name, growing(part, file)
    whole.parent.mkdir(parents=True, exist_ok=True)
    if whole.is_file() and (found := _right(whole, file)):
        progress(file.name, file.size)
        return found
    for _ in range(2 if (left := size_of(some)) else 1):
        progress(file.name, min(left, size_of(some)))
        hub.fetch(plan.source, plan.commit, file, some, lambda n: progress(file.name, n))
        some.touch()  # an empty file is never fetched
        if found := _right(some, file):
            some.replace(whole)
            return found
        some.unlink()
        progress(file.name, -file.size)
    raise ModelError(f"{plan.source}의 {file.name} 파일이 허브가 말한 체크섬과 달라요. 받은 것은 지웠어요.", AGAIN.split(".")[0] + ". 되풀이되면 HF_ENDPOINT나 네트워크를 의심해 주세요.")


def _right(path: Path, file: HubFile) -> str:
    """The file's sha256 if it is what the hub says it is, else ""."""
    if path.stat().st_size != file.size:
        return ""
    found = origin.sha256(path)
    good = found == file.sha256 if file.sha256 else origin.git_blob(path) == file.blob
    return found if good else ""


def part_of(home: Path) -> Path:
    """Where a model grows until it is whole: beside its place, so on the same disk."""
    return home.with_name(f"{home.name}.part")


def growing(part: Path, file: HubFile) -> Path:
    """A file that is not whole yet, named by its checksum too: another commit's bytes are never appended to it."""
    return part / f"{file.name}.{(file.sha256 or file.blob)[:16]}.growing"


def swap(part: Path, home: Path) -> None:
    """`part` becomes `home`; what was there goes. A kill between the renames is mended by `settle`."""
    old = home.with_name(f"{home.name}.old")
    if home.exists():
        home.rename(old)
    part.rename(home)
    shutil.rmtree(old, ignore_errors=True)


def settle(home: Path) -> None:
    """After a kill in `swap`: the old one is put back if there is no new one, else it goes."""
    old = home.with_name(f"{home.name}.old")
    if old.is_dir() and not home.exists():
        old.rename(home)
    shutil.rmtree(old, ignore_errors=True)


def _drop_strangers(part: Path, names: set[str]) -> None:
    for path in [p for p in part.rglob("*") if p.is_file() and p.relative_to(part).as_posix() not in names]:
        path.unlink()


def speaks(part: Path, name: str) -> None:
    """ModelError unless transformers itself knows the model in `part` as one that writes text; before its weights are fetched."""
    try:
        config = json.loads((part / "config.json").read_text(encoding="utf-8"))
        kind = config.get("model_type")
    except FileNotFoundError:
        return  # not here yet: smaller files come first
    except (OSError, ValueError, AttributeError) as wrong:
        raise ModelError(f"{name}의 config.json을 읽을 수 없어요: {wrong}.", "다른 판을 --revision으로 골라 주세요.") from wrong
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        shutil.rmtree(part, ignore_errors=True)
        own = "저장소의 코드를 실행해야 해서 쓰지 않아요" if "auto_map" in config else "글을 쓰는 모델로 알려져 있지 않아요"
        raise ModelError(f"{name}의 종류 {kind!r}은 {own}.", "GPT-NeoX, LLaMA, Qwen 같은 언어 모델을 골라 주세요.")


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Two pulls of one model would write into each other's files: the second is told so."""
    from filelock import FileLock, Timeout

    lock = home.with_name(f"{home.name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)
    except Timeout as wrong:
        raise ModelError(f"다른 곳에서 {home} 에 받고 있어요.", "그것이 끝난 뒤에 다시 해 주세요.") from wrong


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """What the disk refuses inside, as one sentence."""
    try:
        yield
    except OSError as wrong:
        if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelError(f"{home} 에 쓰다가 디스크가 가득 찼어요.", "자리를 비우고 같은 명령을 다시 해 주세요. 받던 곳부터 이어 받아요.") from wrong
        raise ModelError(f"{home} 에 쓸 수 없어요: {wrong.strerror or wrong}.", "폴더의 권한을 확인하거나 OHLORA_HOME을 바꿔 주세요.") from wrong
