"""The mini base's tokenizer: syllable BPE with byte fallback, the prompt's markers as single tokens.

    text "나 내일 카페 가! (답변 종료)" -> 나 ▁내일 ▁카페 ▁가 ! ␣(답변 종료)

Round trip: decode(encode(x)) == x for NFC text without the sign ▁ (a space is ▁ inside the model). Neither the byte tokens nor the
markers are "special": special ones would vanish in decode(skip_special_tokens=True), and with them the bytes of rare signs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ohlora_tui.heads import END, MARKERS, START

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

EOS = "<|endoftext|>"
TAGS = {"memory": " (기억)", "summary": " (요약)", "eyes_mouth_pose": " (표정)"}
"""Stand before the answer marker while the base learns all four tasks at once, so that no summary leaks into an answer."""

ADDED = (START, END, *TAGS.values(), *MARKERS)
"""Single tokens. START and END carry their space: a prompt's frame costs two tokens instead of about 14."""

SIZE = 6000
"""Entries. 6,000 gave 0.61-0.70 tokens a syllable; more would cost a 256-wide row each."""
_PIECES = r"▁?[\p{L}\p{M}]+|▁?\p{N}|▁?[\[\]()]|▁?[^\p{L}\p{N}\p{M}▁\[\]()]+|▁"


def train_tokenizer(texts: Iterable[str], must_have: Iterable[str], size: int = SIZE) -> PreTrainedTokenizerFast:
    """BPE over `texts`; every sign of `must_have` (persona text, emoji) is in the alphabet however rare it is."""
    import tokenizers
    from tokenizers import models, trainers

    texts = list(texts)
    raw = tokenizers.Tokenizer(models.BPE())
    _dress(raw)
    fixed = 1 + len(ADDED) + 256
    trainer = trainers.BpeTrainer(
        vocab_size=size - fixed,
        initial_alphabet=_alphabet(texts, must_have),
        limit_alphabet=2300,
        show_progress=False,
        min_frequency=2,
    )
    raw.train_from_iterator((_spaced(t) for t in texts), trainer)
    learned = json.loads(raw.to_str())["model"]
    return _wrap(_with_bytes(learned["vocab"], [tuple(m) for m in learned["merges"]]))


def _spaced(text: str) -> str:
    for marker in ADDED:
        text = text.replace(marker, "\n")
    return text


def _alphabet(texts: list[str], must_have: Iterable[str]) -> list[str]:
    """▁, the signs of must_have, then the most frequent signs of the texts, at most 2,300."""
    counts = Counter(c for t in texts for c in t if not c.isspace())
    needed = dict.fromkeys(["▁", *(c for t in must_have for c in t if not c.isspace())])
    frequent = [c for c, n in counts.most_common(2300) if n >= 3]
    return list(dict.fromkeys([*needed, *frequent]))[:2300]


def _with_bytes(vocab: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    """The learned BPE behind eos and the 256 byte tokens, markers added."""
    import tokenizers
    from tokenizers import AddedToken, models

    ranked = sorted(vocab, key=vocab.__getitem__)
    names = [EOS, *(f"<0x{b:02X}>" for b in range(256)), *ranked]
    model = models.BPE(vocab={n: i for i, n in enumerate(names)}, merges=merges, byte_fallback=True, fuse_unk=False)
    whole = tokenizers.Tokenizer(model)
    _dress(whole)
    whole.add_special_tokens([AddedToken(EOS, special=True, normalized=False)])
    whole.add_tokens([AddedToken(m, special=False, normalized=False) for m in ADDED])
    return whole


def _dress(tokenizer: Tokenizer) -> None:
    """NFC, spaces as ▁, words, single digits and brackets apart; and the way back."""
    from tokenizers import Regex, decoders, normalizers, pre_tokenizers

    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_PIECES), behavior="isolated")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])


def _wrap(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=EOS, pad_token=EOS, clean_up_tokenization_spaces=False, model_max_length=512
    )


def save(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """tokenizer.json and tokenizer_config.json: what AutoTokenizer loads without a network, nothing about where it was loaded from."""
    tokenizer.save_pretrained(str(folder))
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    kept = {k: v for k, v in settings.items() if k not in ("is_local", "local_files_only", "backend")}
    kept["tokenizer_class"] = "PreTrainedTokenizerFast"
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
