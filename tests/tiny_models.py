"""Random models of a few thousand weights in the shapes that Oh-LoRA runs on, each with four LoRA adapters in PEFT's layout.

polyglot   GPT-NeoX, byte-level BPE (a Korean syllable may be three tokens), no BOS
kanana     LLaMA with grouped heads, byte-level BPE, BOS before every text
mini       GPT-NeoX, the mini base's own tokenizer (syllables, byte fallback, markers as single tokens)
koreanlm   LLaMA whose tokenizer emits ids beyond the embedding, SentencePiece style (a space before every text)
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ohlora_tui.bases import Base
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.engine.thread import MODEL_THREAD
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS, MARKERS
from ohlora_tui.settings import Settings
from ohlora_tui.tokens import eos_id

SHAPES = ("polyglot", "kanana", "mini", "koreanlm")
LINES = (
    "로라야 안녕? 나 내일 친구랑 카페 가기로 했어",
    "오 좋겠다! 어디 카페 가? 편한 니트 어때?",
    "오늘 면접 떨어졌어 너무 우울해",
    "사용자는 내일 카페 약속, 편한 니트 추천",
    "[내일 일정: 친구랑 카페] [오늘 날씨: 흐림] [상태: 면접 떨어짐]",
    *EXPRESSION_TEXTS,
    *MARKERS,
)
EOS = "<|endoftext|>"


def build(shape: str, folder: Path, heads: tuple[str, ...] = tuple(HEADS)) -> tuple[Base, dict[str, Path]]:
    """A base of `shape` in `folder`/base and its adapters in `folder`/adapters: what LocalEngine.load takes."""
    import torch

    torch.manual_seed(7)
    tokenizer = _TOKENIZERS[shape]()
    model = _MODELS[shape](len(tokenizer) - 40 if shape == "koreanlm" else len(tokenizer))
    tokenizer.save_pretrained(str(folder / "base"))
    model.save_pretrained(str(folder / "base"))
    return Base(shape, str(folder / "base")), _adapters(model, folder / "adapters", heads)


def load(shape: str, folder: Path, heads: tuple[str, ...] = tuple(HEADS), **settings: Any) -> LocalEngine:
    base, adapters = build(shape, folder, heads)
    return LocalEngine.load(base, adapters, Settings(home=folder / "home", **{"answer_tokens": 40, **settings}))


def _adapters(model: Any, folder: Path, heads: tuple[str, ...]) -> dict[str, Path]:
    """Adapters whose B is not zero, so that each head speaks differently."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    wrapped: Any = None
    for name in heads:
        if wrapped is None:
            wrapped = get_peft_model(model, config, adapter_name=name)
        else:
            wrapped.add_adapter(name, config)
    if wrapped is not None:
        wrapped.save_pretrained(str(folder))
    return {name: folder / name for name in heads}


def _byte_level(bos: str | None = None) -> Any:
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    raw = tokenizers.Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = [EOS, *([bos] if bos else [])]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    raw.train_from_iterator(
        LINES, trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
    )
    if bos:
        raw.post_processor = processors.TemplateProcessing(single=f"{bos} $A", special_tokens=[(bos, raw.token_to_id(bos))])
    return PreTrainedTokenizerFast(tokenizer_object=raw, eos_token=EOS, bos_token=bos)


def _sentencepiece() -> Any:
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    learner = tokenizers.Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    learner.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=240, show_progress=False))
    learned = json.loads(learner.to_str())["model"]
    names = [
        "<unk>",
        "<s>",
        "</s>",
        *(f"<0x{b:02X}>" for b in range(256)),
        *sorted(learned["vocab"], key=learned["vocab"].__getitem__),
    ]
    vocab, merges = {name: i for i, name in enumerate(names)}, [tuple(m) for m in learned["merges"]]
    raw = tokenizers.Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    raw.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="</s>", bos_token="<s>", unk_token="<unk>")


def _mini() -> Any:
    from finetune.tokenizer import train_tokenizer

    return train_tokenizer(LINES * 3, LINES, size=700)


def _neox(vocab: int) -> Any:
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

    return GPTNeoXForCausalLM(
        GPTNeoXConfig(
            vocab_size=vocab,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            max_position_embeddings=1024,
            eos_token_id=300,  # as Polyglot: not what the tokenizer says
        )
    )


def _llama(vocab: int) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocab,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            intermediate_size=64,
            max_position_embeddings=1024,
        )
    )


_TOKENIZERS = {
    "polyglot": _byte_level,
    "kanana": lambda: _byte_level("<|begin_of_text|>"),
    "mini": _mini,
    "koreanlm": _sentencepiece,
}
_MODELS = {"polyglot": _neox, "kanana": _llama, "mini": _neox, "koreanlm": _llama}


@contextmanager
def speaking(engine: LocalEngine, ids: list[int]) -> Iterator[list[int]]:
    """Make every generation of the engine write `ids` and then end; yields the list of how often the model was called (one count).

    What is written is counted from a generation's prompt on: one whose client went away a moment ago may still take a step.
    """
    base = engine._model.get_base_model() if engine.heads else engine._model
    calls, at = [0], [0]
    wanted = [*ids, eos_id(engine._tokenizer)]

    def begin(module: Any, args: Any, out: Any) -> None:
        at[0] = 0 if out.shape[1] > 1 else at[0] + 1

    def force(module: Any, args: Any, out: Any) -> Any:
        out = out.clone()
        out[:, -1] = -20.0
        out[:, -1, wanted[min(at[0], len(wanted) - 1)]] = 20.0
        calls[0] += 1
        return out

    handles = [base.get_input_embeddings().register_forward_hook(begin), base.get_output_embeddings().register_forward_hook(force)]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def occupied() -> Iterator[None]:
    """The model thread is busy with somebody else's generation."""
    began, over = threading.Event(), threading.Event()
    other = threading.Thread(target=lambda: MODEL_THREAD.run(lambda: began.set() or over.wait(10)), daemon=True)
    other.start()
    assert began.wait(10)
    try:
        yield
    finally:
        over.set()
        other.join(5)
