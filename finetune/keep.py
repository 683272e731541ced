"""What lies beside an adapter: weights in peft's layout, its tokenizer, recipe.json, a model card, the loss curve.

Nothing of this machine is in it, so that transformers, vLLM and `push_to_hub` take the folder as it is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from finetune import curve
from ohlora_tui.bases import Base
from ohlora_tui.heads import HEADS

WROTE = ("torch", "transformers", "peft", "trl")
"""Libraries whose versions are kept: another one may train another adapter."""


def weights(model: Any, tokenizer: Any, out: Path, base: Base) -> None:
    """adapter_model.safetensors (fp16), adapter_config.json and the tokenizer in `out`; the base named by its name or id."""
    from safetensors.torch import load_file, save_file

    model.save_pretrained(str(out), save_embedding_layers=False)
    file, config = out / "adapter_model.safetensors", out / "adapter_config.json"
    save_file({k: v.half().contiguous() for k, v in load_file(file).items()}, file, metadata={"format": "pt"})
    settings = json.loads(config.read_text(encoding="utf-8"))
    settings |= {
        "base_model_name_or_path": public_name(base),
        "revision": None,
        "inference_mode": True,
        "target_modules": sorted(settings["target_modules"]),
    }
    _write(config, settings)
    tokenizer.save_pretrained(str(out))
    told = out / "tokenizer_config.json"
    kept = {k: v for k, v in json.loads(told.read_text(encoding="utf-8")).items() if k not in ("name_or_path", "local_files_only")}
    _write(told, kept)


def public_name(base: Base) -> str:
    """How a base is named to others: its Hugging Face id if it has one, else its name; never a path of this machine."""
    return base.source if base.source.count("/") == 1 and not Path(base.source).exists() else base.name


def recipe(told: dict[str, Any], out: Path) -> None:
    """recipe.json: everything needed to train the same adapter again, and how it went."""
    from importlib.metadata import version

    _write(out / "recipe.json", told | {"versions": {name: version(name) for name in WROTE}}, indent=1)


def card(told: dict[str, Any], out: Path, base: Base) -> None:
    """README.md: a model card that says what the adapter does, from what, and how well."""
    head, recipe_, data = told["head"], told["recipe"], told["data"]
    lines = [
        "---", "library_name: peft", "language: ko", f"base_model: {public_name(base)}", f"license: {base.licence.lower()}",
        "tags: [lora, oh-lora, korean]", "---", f"# Oh-LoRA {head} on {public_name(base)}", "",
        f"A LoRA adapter that writes `{head}`: {ABOUT[head]}", "",
        "| | |", "|---|---|",
        f"| base | {public_name(base)} @ {base.revision}, licence {base.licence} |",
        f"| rows | {data['train_rows']:,} train, {data['valid_rows']:,} valid; sha256 {data['train_sha256'][:12]} |",
        f"| recipe | rank {recipe_['rank']}, alpha {recipe_['alpha']}, learning rate {recipe_['lr']}, {recipe_['epochs']} passes, seed {recipe_['seed']} |",
        f"| validation loss | {told['best_valid_loss']:.4f} nats a target token (before training {told['valid_losses'][0][1]:.4f}) |",
        f"| seconds | {told['seconds']:,.0f} |", "",
        "![loss](loss.png)", "",
        "Prompt: `ohlora_tui/heads.py` of Oh-LoRA TUI. What it writes may be wrong; not for advice of any kind.", "",
    ]  # fmt: skip
    (out / "README.md").write_text("\n".join(lines), encoding="utf-8")


ABOUT = {
    "output_message": "her answer to the user, in Korean.",
    "memory": "`[key: value]` to remember of the user's message, or nothing.",
    "summary": "one line on the turn, carried into the next.",
    "eyes_mouth_pose": "the face that says her answer: eyes, mouth, pose.",
}
assert ABOUT.keys() == HEADS.keys()


def picture(told: dict[str, Any], out: Path) -> curve.Curve:
    """loss.png in `out`; the curve it shows, by passes."""
    steps = max((point["step"] for point in told["curve"]), default=0)
    passes = told["valid_losses"][-1][0] if told["valid_losses"] else 0.0
    train = [(round(point["step"] * passes / steps, 3), point["loss"]) for point in told["curve"]] if steps else []
    found = {"train": train, "valid": [(float(at), loss) for at, loss in told["valid_losses"]]}
    curve.picture(found, out / "loss.png", "pass")
    return found


def _write(path: Path, told: dict[str, Any], indent: int = 2) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=indent, sort_keys=indent == 2) + "\n", encoding="utf-8")
