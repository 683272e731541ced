"""Does a message go on with the matter of the last turn, or start another? The summary is carried only while it goes on.

message, summary of the last turn, cosine of their vectors -> numbers -> logistic -> goes on or not
"""

from __future__ import annotations

import math
import re

from ohlora_tui.words import content, shared, times

LEANS = re.compile(r"^(?:그럼|그러면|그래서|그래도|그렇게|그건|그게|그거|그걸|그냥|근데 그|거기|걔|그 |아니|응|어|네|맞아|진짜|왜|뭐가|어떻게|어느|언제|어디|누구|몇|얼마|둘|하나|첫|다음엔|그때|이미|아직|벌써|나도|나는|난 )")
"""Openings that lean on what was said."""
TURNS = re.compile(r"그나저나|아 ?맞다|다른 얘기|딴 얘기|아무튼|그건 그렇고|참[,!]|로라야|^안녕|^하이|^오늘|^요즘|^내일|^어제|^나 (?!그|왜)|^우리 ")
"""Openings that turn to something else."""
LONG = 5
"""Content words from which a message says all by itself."""
NAMES = ("cosine", "shared", "leans", "turns", "words", "question", "dated")
WEIGHTS = {"cosine": 6.839, "shared": 5.709, "leans": 2.633, "turns": -0.265, "words": -4.241, "question": -1.489, "dated": -0.957}
BIAS = 2.321
"""Fit by finetune/topics.py on 256 valid pairs of finetune/data/judged/topics.tsv, with the bundled embedder's cosines."""
CARRIED = 0.5
"""Probability from which the summary is carried: of pairs that go on .89 are carried, of others .69 dropped (cross-fitted)."""


def numbers(message: str, summary: str, cosine: float) -> tuple[float, ...]:
    """The NAMES of a message beside the summary of the turn before."""
    said = content(message)
    return (
        cosine,
        min(1.0, len(shared(message, summary)) / max(1, len(said))),
        float(bool(LEANS.search(message))),
        float(bool(TURNS.search(message))),
        min(len(said), LONG) / LONG,
        float("?" in message),
        float(bool(times(message))),
    )


def goes_on(message: str, summary: str, cosine: float) -> bool:
    """Whether the message continues the matter of `summary`; one that says nothing by itself always does."""
    if not content(message):
        return True
    found = numbers(message, summary, cosine)
    logit = BIAS + sum(WEIGHTS[name] * value for name, value in zip(NAMES, found, strict=True))
    return 1 / (1 + math.exp(-logit)) >= CARRIED
