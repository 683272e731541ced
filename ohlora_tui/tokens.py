"""Text -> token ids, once for training and chat, so that both read and write the same ids.

An example is tokenised in two pieces, prompt and target, and never as one text: no token spans the border, so what the
model was taught to continue is exactly what it is given in chat.

    prompt_ids              target_ids
    [BOS] … ### 답변:        " 안녕! (답변 종료)" EOS
"""

from __future__ import annotations

from typing import Any

from ohlora_tui.errors import DataError, ModelError

MAX_LENGTH = 512
"""Most tokens of prompt + target together. The longest of 3,237 written rows has 94 with mini's tokenizer and 480 bytes,
so at most 480 with any byte-level one."""


def eos_id(tokenizer: Any) -> int:
    """Id of the end-of-text token, from the tokenizer (Polyglot's config.json says 0, its tokenizer another id)."""
    if tokenizer.eos_token_id is None:
        raise ModelError(
            f"{tokenizer.name_or_path} 토크나이저에 끝 토큰(eos)이 없어요.", "tokenizer_config.json에 eos_token을 적어 주세요."
        )
    return int(tokenizer.eos_token_id)


def bos_ids(tokenizer: Any) -> list[int]:
    """`[BOS]` where this tokenizer puts one before every text (LLaMA-shaped ones), else `[]` (Polyglot, mini)."""
    first = tokenizer.encode("가")[0]
    return [first] if first == tokenizer.bos_token_id else []


def prompt_ids(tokenizer: Any, prompt: str, max_length: int = MAX_LENGTH) -> list[int]:
    """Ids the model reads: BOS where the tokenizer uses one, then the prompt; at most `max_length`.

    What is too long loses its oldest part, the left of the context; BOS and the end of the prompt stay.
    """
    head, body = bos_ids(tokenizer), _encode(tokenizer, prompt)
    room = max_length - len(head)
    if room < 1:
        raise DataError(f"토큰 {max_length}개 안에 질문을 넣을 자리가 없어요.", "최대 길이를 늘려 주세요.")
    return head + body[-room:]


def target_ids(tokenizer: Any, prompt: str, target: str) -> list[int]:
    """Ids the model writes after `prompt`: `target` as `Head.target` gives it (end marker inside), then EOS.

    A tokenizer that puts a space before every text (SentencePiece) gets the target without its own, so that
    prompt + target decode to the very text, with one space between them.
    """
    follows = prompt != "" and _adds_space(tokenizer)
    return [*_encode(tokenizer, target.removeprefix(" ") if follows else target), eos_id(tokenizer)]


def example_ids(tokenizer: Any, prompt: str, target: str, max_length: int = MAX_LENGTH) -> tuple[list[int], list[int]]:
    """(prompt_ids, target_ids), together at most `max_length`; only the left of the prompt is ever cut.

    DataError if the target leaves no room for any of the prompt: an end that is cut off teaches the model never to end.
    """
    written = target_ids(tokenizer, prompt, target)
    if len(written) + len(bos_ids(tokenizer)) >= max_length:
        raise DataError(
            f"쓸 글이 토큰 {len(written)}개라 최대 길이 {max_length}에 들어가지 않아요: {target[:40]!r}…", "그 줄을 줄여 주세요."
        )
    return prompt_ids(tokenizer, prompt, max_length - len(written)), written


def _encode(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer.encode(text, add_special_tokens=False))


def _adds_space(tokenizer: Any) -> bool:
    """Whether the tokenizer puts a space of its own before a text (`▁가`, `Ġ가`)."""
    first = tokenizer.convert_ids_to_tokens(_encode(tokenizer, "가"))[0]
    return first.startswith(("▁", "Ġ"))


def fit_embeddings(model: Any, tokenizer: Any, rows_wanted: int = 0) -> str:
    """Give every id the tokenizer can emit an embedding row; a Korean sentence on what was done, "" if nothing had to be.

    KoreanLM's tokenizer emits ids beyond its embedding, which ends training in an index error. New rows (to a multiple of 64,
    at least `rows_wanted`) start as the mean of the old ones: the same each time, so a base without adapters stays usable.
    """
    rows = model.get_input_embeddings().weight.shape[0]
    needed = max(len(tokenizer), 1 + max(tokenizer.get_vocab().values()))
    target = max(needed if needed > rows else 0, rows_wanted)
    if target <= rows:
        return ""
    model.resize_token_embeddings(target, pad_to_multiple_of=64, mean_resizing=False)
    for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
        if layer is not None:
            layer.weight.data[rows:] = layer.weight.data[:rows].float().mean(0).to(layer.weight.dtype)
    now = model.get_input_embeddings().weight.shape[0]
    return f"토크나이저가 {needed:,}개의 토큰을 쓰는데 임베딩은 {rows:,}줄이라 {now:,}줄로 늘렸어요."
