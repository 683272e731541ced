"""What a turn lets her say: how sure a row must be beside what is grave, which memories may be spoken of, and whose summary stands. Pure."""

from __future__ import annotations

from dataclasses import replace

from ohlora_tui.records import Recall, Turn
from ohlora_tui.written import recollect
from ohlora_tui.written.agree import beings
from ohlora_tui.written.gravity import dark, grave, plain
from ohlora_tui.written.protocol import Written

GRAVE = 0.65
"""Probability from which a row answers a grave message: what is merely near is worse there than a plain word …"""
OWN_GRAVE = 0.35
"""… unless the row was written for a grave one: "남편이 때렸어" gets 1366, at .40, instead of a plain word. Not where somebody may end it: the roof has rows on its wind."""


def need(written: Written, message: str, least: float) -> float:
    """The probability that `written` needs to answer `message`: `least`, or more if that is grave."""
    if not grave(message):
        return least
    own = written.turn.message != message and grave(written.turn.message) and not dark(message)
    return max(least, OWN_GRAVE if own else GRAVE)


def summarised(written: Turn, turn: Turn) -> Turn:
    """Without the row's summary where that names someone the user did not: the summary head writes one then."""
    strangers = beings(written.summary or "") - beings(turn.message) - beings(turn.last_summary)
    return replace(written, summary=None) if strangers else written


def speakable(turn: Turn) -> tuple[Recall, ...]:
    """The memories that may be spoken of beside the message: beside a grave one only an illness or an animal, where it is about the body."""
    if not grave(turn.message):
        return turn.recalls
    body = plain(turn.message) not in ("grave", "loss")
    return tuple(r for r in turn.recalls if body and recollect.family(r.memory.key) in recollect.OF_BODY)


def frail(turn: Turn) -> bool:
    """Whether she recalls something that a yes by chance could harm."""
    return any(recollect.family(r.memory.key) in recollect.FRAIL for r in turn.recalls if r.used or r.score >= recollect.NEAR)
