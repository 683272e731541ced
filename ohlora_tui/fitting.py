"""Whether an adapter made elsewhere is what it says, which head and base it is for, and whether its weights are that base's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ohlora_tui import bases
from ohlora_tui.bases import Base
from ohlora_tui.errors import ModelError
from ohlora_tui.heads import HEADS

AUTHOR = "daebakgazua/"
"""The predecessor's author on the hub; the adapters published there were trained on Polyglot-Ko 1.3B."""
CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


def head_of(name: str, wished: str = "") -> str:
    """The head an adapter is for: as wished, or the one head whose name is in the folder's or repository's."""
    if wished and wished not in HEADS:
        raise ModelError(f"--head 값 {wished!r}은 없는 머리예요.", f"{', '.join(HEADS)} 가운데 하나를 적어 주세요.")
    found = [wished] if wished else [head for head in HEADS if head in name.lower()]
    if len(found) != 1:
        raise ModelError(f"{name!r}이 어느 머리의 어댑터인지 이름으로는 알 수 없어요.", f"--head로 알려 주세요: {', '.join(HEADS)}.")
    return found[0]


def base_of(named: str, source: str) -> str:
    """The base an adapter is for, from how its configuration names it (an id, or a path of any system), else from whose it is.

    A path is read for a hint alone: the predecessor's adapters name `…\\polyglot_original` on their author's machine.
    """
    for base in bases.BASES.values():
        if named and named in (base.name, base.source):
            return base.name
    last = re.split(r"[/\\]", named.rstrip("/\\"))[-1].lower()
    if found := [name for name in bases.BASES if name in last]:
        return found[0]
    if source.startswith(AUTHOR):
        return bases.BASES["polyglot"].name
    raise ModelError(
        f"{source} 어댑터의 기반 모델을 알 수 없어요 (적힌 것: {named!r}).", f"--base로 알려 주세요: {', '.join(bases.BASES)}, 폴더, Hugging Face 아이디."
    )


def checked(folder: Path) -> dict[str, Any]:
    """The adapter's configuration. ModelError unless it is LoRA and its weights are a whole safetensors file."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        kind = config.get("peft_type")
    except (OSError, ValueError, AttributeError) as wrong:
        raise ModelError(f"{folder.name}의 {CONFIG}을 읽을 수 없어요: {wrong}.", "다시 받아 주세요.") from wrong
    if kind != "LORA":
        raise ModelError(f"{folder.name} 어댑터는 LoRA가 아니라 {kind!r}예요.", "LoRA로 학습한 것만 들여올 수 있어요.")
    shapes(folder / WEIGHTS)
    return dict(config)


def shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """Name -> shape of every tensor of a safetensors file; its header alone is read. ModelError if it is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(file), "np") as found:
            return {name: tuple(found.get_slice(name).get_shape()) for name in found.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as wrong:
        raise ModelError(f"{file.parent.name}의 {file.name}이 손상됐어요: {wrong}.", "다시 받아 주세요.") from wrong


def fits(folder: Path, base: Base) -> None:
    """ModelError unless the adapter's tensors are just those peft would make on `base`, which is here. No weight of the base is read."""
    hint = f"이 어댑터를 학습한 기반 모델을 --base로 알려 주세요 ({base.name} 말고)."
    try:
        wanted = _made_on(base, folder)
    except (ValueError, TypeError, OSError, KeyError) as wrong:
        why = (str(wrong).splitlines() or [type(wrong).__name__])[0][:200]
        raise ModelError(f"{folder.name} 어댑터는 {base.name} 모델의 것이 아니에요: {why}", hint) from wrong
    found = {key: shape for key, shape in shapes(folder / WEIGHTS).items() if "lora_" in key}
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key) != found.get(key):
            there, needed = (" × ".join(map(str, s)) if s else "없음" for s in (found.get(key), wanted.get(key)))
            layer = key.removeprefix("base_model.model.").removesuffix(".weight")
            raise ModelError(f"{folder.name} 어댑터는 {base.name} 모델과 크기가 달라요: {layer}가 어댑터에는 {there}, 모델에는 {needed}.", hint)


def _made_on(base: Base, folder: Path) -> dict[str, tuple[int, ...]]:
    """Name -> shape of what peft makes on `base` by the adapter's configuration, without any weights (a meta device)."""
    import torch
    from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
    from transformers import AutoConfig, AutoModelForCausalLM

    from ohlora_tui.devices import quiet

    quiet()
    config = AutoConfig.from_pretrained(base.place, revision=base.revision, local_files_only=True, trust_remote_code=False)
    adapter = LoraConfig.from_pretrained(str(folder))
    adapter.init_lora_weights = True  # nothing is to be computed: the weights are the file's
    adapter.base_model_name_or_path = None  # another machine's path: peft would warn that this one is not it
    with torch.device("meta"):
        model = get_peft_model(AutoModelForCausalLM.from_config(config), adapter)
    made = get_peft_model_state_dict(model, save_embedding_layers=False)  # "auto" would ask the hub
    return {key: tuple(tensor.shape) for key, tensor in made.items() if "lora_" in key}
