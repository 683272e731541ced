"""The table of base models, and where each one and its adapters lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ohlora_tui.errors import ModelError
from ohlora_tui.heads import HEADS

BUNDLED = Path(__file__).parent / "models"
"""What ships in the package: mini/ (base, adapters, rows) and retriever/."""


@dataclass(frozen=True, slots=True)
class Base:
    """A base language model: `source` is a folder or a Hugging Face id, `revision` the pinned commit or branch."""

    name: str
    source: str
    revision: str = "main"
    licence: str = "unknown"
    parameters: str = ""
    note: str = ""
    rows: bool = False  # written rows answer before the model does (it is small)
    folder: str = ""  # where `ohlora models pull` put it on this machine (see `here`)

    @property
    def place(self) -> str:
        """What the libraries load: the folder on this machine if one is known, else the source."""
        return self.folder or self.source

    @property
    def slug(self) -> str:
        """Its name as a folder name."""
        return self.name.replace("/", "--")


MINI = Base(
    "mini",
    str(BUNDLED / "mini" / "base"),
    licence="Apache-2.0",
    rows=True,
    note="내장된 작은 모델이에요. 내려받지 않고 바로 써요.",
)

BASES: dict[str, Base] = {
    b.name: b
    for b in (
        MINI,
        Base("polyglot", "EleutherAI/polyglot-ko-1.3b", "main", "Apache-2.0", "1.3B", "기준 모델이에요."),
        Base("koreanlm", "quantumaikr/KoreanLM-1.5b", licence="unknown", parameters="1.5B", note="임베딩을 맞춘 뒤에 써요."),
        Base("kanana", "kakaocorp/kanana-1.5-2.1b-base", licence="Apache-2.0", parameters="2.1B"),
    )
}


def find(name: str) -> Base:
    """A base by its name in the table, a folder, or a Hugging Face id (`owner/name`)."""
    known = next((b for b in BASES.values() if name in (b.name, b.source)), None)
    if known:
        return known
    if Path(name).expanduser().is_dir():
        folder = Path(name).expanduser().resolve()
        return Base(folder.name, str(folder), folder=str(folder))
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return Base(name, name)
    raise ModelError(f"{name!r} 모델을 찾을 수 없어요.", f"쓸 수 있는 이름: {', '.join(BASES)}, 또는 폴더나 Hugging Face 아이디.")


def here(base: Base, models: Path) -> Base:
    """The base with the folder it was pulled into, if it was. `models`: pulled and trained models."""
    pulled = models / base.slug / "base"
    return replace(base, folder=str(pulled)) if (pulled / "config.json").is_file() else base


def local_folder(base: Base, models: Path) -> Path | None:
    """Where the base's weights lie on this machine (pulled, a folder, or Hugging Face's cache), None if they are not here."""
    place = Path(here(base, models).place)
    if place.is_absolute():
        return place if (place / "config.json").is_file() else None
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(base.source, "config.json", revision=base.revision)
    return Path(found).parent if isinstance(found, str) else None


def adapter_folders(base: Base, models: Path) -> dict[str, Path]:
    """Head name -> folder of its adapter on this base, only those that are there. `models`: pulled and trained models."""
    home = BUNDLED / "mini" / "adapters" if base.name == MINI.name else models / base.slug / "adapters"
    trained = models / base.slug / "adapters"  # what the user trained stands before what shipped
    found = {}
    for name in HEADS:
        for folder in (trained / name, home / name):
            if (folder / "adapter_config.json").is_file():
                found[name] = folder
                break
    return found


def retriever_folder(models: Path) -> Path:
    """The retriever that chat reads: the one trained on this machine if it is whole (its calibration is written last), else the bundled one."""
    own = models / "retriever"
    return own if (own / "retriever.json").is_file() else BUNDLED / "retriever"
