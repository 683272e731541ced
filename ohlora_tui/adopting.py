"""Adapters and retrievers made elsewhere, taken in as they are: a folder or a hub repository -> the place chat reads.

files -> staging room (checksums noted) -> LoRA, safetensors, shapes of the base / calibrated on our lines -> one rename
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ohlora_tui import bases, origin, pulling
from ohlora_tui.errors import ModelError
from ohlora_tui.fitting import AUTHOR, CONFIG, WEIGHTS, base_of, checked, fits, head_of
from ohlora_tui.heads import HEADS
from ohlora_tui.hub import Hub

PUBLISHED = tuple(f"{AUTHOR}250502_OhLoRA_LLM_{head}" for head in HEADS)
"""The predecessor's four adapters: what `--adapters v2` means."""
MODULES = "modules.json"
"""What makes a folder a sentence-transformers model."""
BESIDE = ("recipe.json", "README.md")
SBERT = re.compile(
    r"(config_sentence_transformers|sentence_bert_config|modules)\.json|\d+_\w+/(config\.json|model\.safetensors|sentence_bert_config\.json)"
)
RETRIEVER = "retriever"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Adopted:
    """`what`: a head's name or "retriever"; `base` it is for ("" for a retriever); `note`: what could not be checked, or was measured."""

    what: str
    base: str
    folder: Path
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user said of it: base and head ("" = guessed), and whether it may take another's place."""

    base: str = ""
    head: str = ""
    replace: bool = False


def adopt(source: str, models: Path, wish: Wish, hub: Hub | None, progress: pulling.Progress, tell: Tell = lambda line: None) -> list[Adopted]:
    """Takes in a folder (one adapter, or a folder of them) or a hub repository. ModelError: nothing of it is in place then.

    `hub` None: the hub that HF_ENDPOINT names; it is asked only if `source` is no folder here. `tell` hears what will take long.
    """
    staged: list[tuple[Path, str]] = []
    try:
        if Path(source).expanduser().is_dir():
            for folder in _within(Path(source).expanduser().resolve()):
                staged.append((_copied(folder, models), folder.name))
        elif source.count("/") == 1 and not source.startswith((".", "/", "~")):
            hub = hub or Hub()
            plan = _offered(hub, source)
            place = _likely(plan, models, wish)
            if place and not wish.replace and _is(place, plan):
                return [Adopted(place.name, "" if place.name == RETRIEVER else place.parent.parent.name, place, "이미 그 판을 들여와 있었어요.")]
            if place:
                _free(place, wish)
            staged.append((_fetched(hub, plan, models, progress), source))
        else:
            raise ModelError(f"{source!r} 폴더가 없어요.", "어댑터 폴더나 Hugging Face 저장소(이름/모델)를 적어 주세요.")
        judged = [(folder, _judged(folder, name, models, wish, tell)) for folder, name in staged]
        for folder, adopted in judged:
            _put(folder, adopted.folder)
        return [adopted for _, adopted in judged]
    finally:
        for folder, _ in staged:
            shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # something else is waiting there
            staging(models).rmdir()


def staging(models: Path) -> Path:
    """Where things wait until they are known to be good: on the same disk, never read by chat."""
    return models / ".incoming"


def _within(folder: Path) -> list[Path]:
    """The folder itself if it is a model, else the adapters one level below it."""
    if (folder / CONFIG).is_file() or (folder / MODULES).is_file():
        return [folder]
    if found := sorted(p.parent for p in folder.glob(f"*/{CONFIG}")):
        return found
    raise ModelError(f"{folder} 폴더에 {CONFIG}(어댑터)도 {MODULES}(검색 모델)도 없어요.", "그 파일이 든 폴더를 적어 주세요.")


def _copied(folder: Path, models: Path) -> Path:
    """The files of a folder that are wanted, their checksums noted, in the staging room."""
    names = sorted(wanted(str(folder), (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())))
    staged = staging(models) / folder.name
    with pulling.writing(staged):
        shutil.rmtree(staged, ignore_errors=True)
        for name in names:
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, staged / name)
        sums = {name: origin.sha256(staged / name) for name in names}
        origin.write(staged, origin.Origin(str(folder), "", "unknown", date.today().isoformat(), sums))
    return staged


def _offered(hub: Hub, repo: str) -> pulling.Plan:
    found = hub.look(repo)
    return pulling.planned(found, wanted(repo, (f.name for f in found.files)))


def _fetched(hub: Hub, plan: pulling.Plan, models: Path, progress: pulling.Progress) -> Path:
    """The plan's files in the staging room."""
    staged = staging(models) / plan.source.replace("/", "--")
    pulling.bring(hub, plan, staged, progress)
    return staged


def wanted(source: str, there: Iterable[str]) -> set[str]:
    """Those files of an adapter or a retriever that are read. ModelError if it is neither, or pickled."""
    names = set(there)
    if MODULES in names:
        found = {n for n in names if n in (*pulling.CONFIGS, *pulling.TOKENIZER, *BESIDE, pulling.WHOLE) or SBERT.fullmatch(n)}
    elif CONFIG in names:
        found = {n for n in names if n in (CONFIG, WEIGHTS, *pulling.TOKENIZER, *BESIDE)}
    else:
        raise ModelError(
            f"{source}에 {CONFIG}(어댑터)도 {MODULES}(검색 모델)도 없어요.", f"기반 모델이면 `ohlora models pull {source}` 로 받아 주세요."
        )
    if not any(n.endswith(".safetensors") for n in found):
        pickled = any(n.endswith(pulling.PICKLED) for n in names)
        why = "피클뿐이라 들이지 않아요. 피클은 읽는 것만으로 남의 코드가 실행될 수 있어요" if pickled else "가중치가 없어요"
        raise ModelError(f"{source}에는 {why}.", "safetensors로 저장한 것을 적어 주세요.")
    return found


def _likely(plan: pulling.Plan, models: Path, wish: Wish) -> Path | None:
    """The place as far as names tell it, so that a taken one is refused before a byte comes; None where the configuration has to be read first."""
    if any(f.name == MODULES for f in plan.files):
        return models / RETRIEVER
    if not wish.base and not plan.source.startswith(AUTHOR):
        return None
    return _place(models, wish.base or base_of("", plan.source), head_of(plan.source, wish.head))


def _is(place: Path, plan: pulling.Plan) -> bool:
    """Whether what is at `place` is this very commit."""
    told = origin.read(place)
    return told is not None and (told.source, told.commit) == (plan.source, plan.commit)


def _place(models: Path, base: str, head: str) -> Path:
    return models / bases.find(base).slug / "adapters" / head


def _free(place: Path, wish: Wish) -> None:
    if place.exists() and not wish.replace:
        told = origin.read(place)
        what = f"{told.short}에서 들여온 것" if told else "여기서 학습한 것"
        raise ModelError(f"{place} 에 이미 {what}이 있어요.", "바꾸려면 --replace를 붙여 주세요. 있던 것은 지워져요.")


def _judged(staged: Path, name: str, models: Path, wish: Wish, tell: Tell) -> Adopted:
    """Where what is in `staged` belongs. ModelError if it cannot be used there."""
    if (staged / MODULES).is_file():
        _free(models / RETRIEVER, wish)
        return Adopted(RETRIEVER, "", models / RETRIEVER, _calibrated(staged, tell))
    named = str(checked(staged).get("base_model_name_or_path") or "")
    base, head = bases.here(bases.find(wish.base or base_of(named, name)), models), head_of(name, wish.head)
    place = _place(models, wish.base or base.name, head)
    _free(place, wish)
    if bases.local_folder(base, models) is None:
        return Adopted(head, base.name, place, f"{base.name} 모델이 아직 없어서 크기는 맞춰 보지 못했어요. `ohlora models pull {base.name}` 으로 받아 주세요.")
    fits(staged, base)
    return Adopted(head, base.name, place)


def _put(staged: Path, place: Path) -> None:
    with pulling.writing(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        pulling.settle(place)
        pulling.swap(staged, place)


def _calibrated(staged: Path, tell: Tell) -> str:
    """A sentence-transformers model made a retriever: its vectors as they are, its calibration fit here on our own lines."""
    from finetune.pairs import read_lines
    from finetune.retriever import DATA, calibrated
    from ohlora_tui import embedder
    from ohlora_tui.dataset import read_rows

    for module in _modules(staged):
        if not module.startswith("sentence_transformers."):
            raise ModelError(f"{staged.name} 검색 모델이 남의 코드 {module!r}을 실행하려고 해요.", "sentence-transformers의 조각으로만 된 모델을 골라 주세요.")
    try:
        embedder.load(staged).encode(["안녕"])
    except Exception as wrong:  # tokenizers raises bare ones
        why = (str(wrong).splitlines() or [type(wrong).__name__])[0][:200]
        raise ModelError(f"{staged.name} 검색 모델을 읽을 수 없어요: {why}", "sentence-transformers로 저장한 폴더인지 확인해 주세요.") from wrong
    tell("함께 온 글 약 18,000개로 점수를 맞춰요. 큰 모델은 CPU에서 오래 걸려요.")
    rows = [row for row in read_rows(DATA / "persona") if row.split == "train"]
    measured = calibrated(staged, read_lines(DATA / "memory_lines" / "lines.tsv"), rows, 0)["valid"]
    return f"함께 온 글로 점수를 맞췄어요: valid Hit@1 {measured['hit@1']:.3f}. 그만 쓰려면 `ohlora models remove retriever`."


def _modules(folder: Path) -> list[str]:
    try:
        return [str(module["type"]) for module in json.loads((folder / MODULES).read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise ModelError(f"{folder.name}의 {MODULES}을 읽을 수 없어요: {wrong}.", "다시 받아 주세요.") from wrong
