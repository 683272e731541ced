"""What models are on this machine, where each came from, and what of it may be removed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ohlora_tui import bases, origin
from ohlora_tui.bases import Base
from ohlora_tui.errors import ModelError
from ohlora_tui.origin import Origin
from ohlora_tui.pulling import part_of

RETRIEVER = "retriever"


@dataclass(frozen=True, slots=True)
class Held:
    """A base: `folder` of its weights here (None: not here), where they came from, and its adapters by head."""

    base: Base
    folder: Path | None
    came: Origin | None
    adapters: dict[str, Path]

    @property
    def bundled(self) -> bool:
        """Whether it came in the package."""
        return self.base.name == bases.MINI.name


def held(models: Path) -> list[Held]:
    """The bases of the table, then whatever else was pulled, imported or trained into `models`."""
    return [one(base, models) for base in (*bases.BASES.values(), *_others(models))]


def one(base: Base, models: Path) -> Held:
    """What is here of one base."""
    folder = bases.local_folder(base, models)
    return Held(base, folder, origin.read(folder) if folder else None, bases.adapter_folders(base, models))


def _others(models: Path) -> list[Base]:
    known = {base.slug for base in bases.BASES.values()}
    found = []
    for home in sorted(models.iterdir()) if models.is_dir() else ():
        if home.name in known or not ((home / "base" / "config.json").is_file() or (home / "adapters").is_dir()):
            continue
        came = origin.read(home / "base")
        name = came.source if came and came.source.replace("/", "--") == home.name else home.name.replace("--", "/", 1)
        found.append(Base(name, name, licence=came.licence if came else "unknown"))
    return found


def size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def removable(name: str, head: str, models: Path) -> list[Path]:
    """What `ohlora models remove` would delete: the pulled base and what was imported for it; with `head`, that adapter alone, trained ones too.

    Never what came in the package, never a folder outside `models`, never (without `head`) an adapter that was trained here.
    ModelError if nothing is left to remove.
    """
    if name == RETRIEVER:
        found = [models / RETRIEVER]
    else:
        base = bases.find(name)
        home = models / base.slug
        imported = [p.parent for p in (home / "adapters").glob(f"*/{origin.NAME}") if origin.read(p.parent)]
        smaller = sorted((models.parent / "quantized").glob(f"{base.slug}-*"))  # what --quantize made of it
        found = [home / "adapters" / head] if head else [home / "base", part_of(home / "base"), *sorted(imported), *smaller]
    if there := [path for path in found if path.exists()]:
        return there
    raise ModelError(*_kept(name, head, models))


def _kept(name: str, head: str, models: Path) -> tuple[str, str]:
    """Why there is nothing to remove, and what can be done."""
    if head:
        return f"{name}에는 여기서 배웠거나 들여온 {head} 어댑터가 없어요.", f"`ohlora models info {name}` 으로 확인해 주세요."
    if name in (bases.MINI.name, RETRIEVER):
        return f"{name} 모델은 함께 온 것이라 지우지 않아요.", "받은 것은 `ohlora models list`에 나와요."
    folder = bases.local_folder(bases.find(name), models)
    if folder is not None:
        return f"{name} 모델은 여기로 받은 것이 아니라 {folder} 에 있어요.", "직접 지워 주세요. Hugging Face 캐시라면 `hf cache rm`으로 지울 수 있어요."
    return f"{name} 모델은 이 컴퓨터에 없어요.", "`ohlora models list`로 확인해 주세요."
