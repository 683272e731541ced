"""What an OpenAI-compatible server answers, read: an event stream or one document. Pure; nothing in it is trusted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ohlora_tui.engine.wire import Stopped, document_of, reason_in
from ohlora_tui.errors import EngineError

_COMMENTS = (b":", b"event:", b"id:", b"retry:")


def chunks(lines: Iterator[bytes], stopped: Stopped, url: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of an event stream, or the one of a server that answers all at once. EngineError for anything else.

    A stream that ends without `[DONE]` or a finish reason is broken, unless the reader has `stopped()` it.
    """
    ended = False
    for line in lines:
        said = line.strip()
        if not said or said.startswith(_COMMENTS):
            continue
        streamed = said.startswith(b"data:")
        body = said[5:].strip() if streamed else b"".join([said, *lines])
        if body == b"[DONE]":
            return
        chunk = document_of(body, url)
        if chunk.get("error"):
            raise EngineError(f"{url} 서버가 쓰다가 멈췄어요: {reason_in(chunk)}", "서버의 기록을 확인해 주세요.")
        ended = ended or not streamed or bool(choice_of(chunk, url).get("finish_reason"))
        yield chunk
    if not ended and not stopped():
        raise EngineError(f"{url} 서버의 답이 도중에 끊겼어요.", "다시 만들기(ctrl+r)를 눌러 주세요.")


def choice_of(chunk: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    """The one completion of a chunk; `{}` where it carries none (the count of tokens comes so)."""
    found = chunk.get("choices")
    if isinstance(found, list) and all(isinstance(c, dict) for c in found):
        return found[0] if found else {}
    raise EngineError(f"{url} 서버의 답에 choices가 없어요.", "OpenAI 호환 서버(/v1/completions)인지 확인해 주세요.")


def piece_of(chunk: Mapping[str, Any], url: str) -> str:
    """The text a chunk brings, as the server wrote it."""
    text = choice_of(chunk, url).get("text")
    return text if isinstance(text, str) else ""


def tokens_of(chunk: Mapping[str, Any]) -> int:
    """Tokens written so far by the server's own count; 0 where the chunk does not say."""
    usage = chunk.get("usage")
    count = usage.get("completion_tokens") if isinstance(usage, dict) else 0
    return count if isinstance(count, int) and 0 < count < 100_000 else 0


def scores_after(found: Mapping[str, Any], border: int) -> list[float]:
    """Log-probabilities (nats) of the tokens that begin at or after letter `border` of an echoed text; [] if it has none."""
    choices = found.get("choices")
    told = choices[0].get("logprobs") if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    if not isinstance(told, dict):
        return []
    starts, scores = told.get("text_offset"), told.get("token_logprobs")
    if not isinstance(starts, list) or not isinstance(scores, list):
        return []
    pairs = zip(starts, scores, strict=False)
    return [float(s) for at, s in pairs if isinstance(at, int) and at >= border and isinstance(s, int | float) and math.isfinite(s)]
