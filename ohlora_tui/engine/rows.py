"""The nearest written row answers first for the mini base, if its event, polarity, number and person are the message's.

message -> letters + meaning + reply + words -> candidates that fit the turn's context -> agree -> woven answer, or None
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohlora_tui import nearness
from ohlora_tui.dataset import read_rows
from ohlora_tui.embedder import Embedder
from ohlora_tui.engine import askback
from ohlora_tui.engine.agree import asks_back, beings, conflict
from ohlora_tui.engine.cover import Cover
from ohlora_tui.engine.events import CAUSE
from ohlora_tui.engine.protocol import Written
from ohlora_tui.engine.roots import matter
from ohlora_tui.engine.special import quotes
from ohlora_tui.engine.weave import core, family, woven
from ohlora_tui.errors import ModelError
from ohlora_tui.records import Row, Turn
from ohlora_tui.words import bare, content, quiet, spelled

Scores = NDArray[np.float32]
CANDIDATES = 40
"""Rows weighed in full; the answer was among the first 15 of the letters-and-meaning order for every validation message that has one."""
COVERED = 0.52
"""Share of a row's words (rare ones first) that the message must say too, by the same or a near word."""
TAKEN_UP = 0.3
"""Share of the message's words that the row must answer: 눈썹이 귀여워 is not 귀여워."""
SPARE = 0.64
"""Score at which a row that takes up only part of the message still answers, if no other does: "오늘 혼났어" for "오늘 회사에서 혼났어"."""
WEAK, WEAK_LESS = 0.45, 0.48
"""The same for the last resort before a question back: of the 20 development messages it answers 13 are answered sensibly, read by
eye. A row of one or two letters ("자?") fits too much to be trusted here."""
FOLLOW = 3
"""A message of at most so many content words may lean on the turn before."""
SAME_MATTER = 0.6
"""Least score of a row with the same words but for their endings and fillers: 외롭다 for "너무 외로워"; letters and vectors alone give it .35."""
OWN_WORDS = 0.05
"""What a row gains that is spelled as the message is, before synonyms are made one: 땡큐 before 고마워."""
CALL = 0.03
"""What a row loses if only one of the two calls her by name: "이름까지 불러 주니까" is no answer to a bare 안녕."""
REMEMBERED = 0.15
"""What a row gains that uses the memory she recalls: it answers better than one that passes over it."""
SAME_KIND = 0.35
"""Cosine of a memory's value and a word of the answer above which the answer is about that value alone (군대 ~ 휴가 .5)."""
_CLOCK = re.compile("[월화수목금토일]요일|새벽|아침|점심|낮|오후|저녁|밤|주말|평일|\\d+ ?[월일시년]|자정|정오")
"""Her answer names an hour or a day."""
_NAMES = re.compile("이름|호칭|별명")
REPLIES = frozenset(
    "응 어 네 예 아니 아니야 아니요 그래 맞아 왜 왜요 뭐 뭐가 아직 글쎄 몰라 그럼 정말 진짜 그냥 당연하지 물론 좋아 싫어 그치 ㅇㅇ ㄴㄴ ㅇ ㄴ".split()
)
"""Words that mean nothing without the turn before."""
SAME_STORY = 0.5
"""Cosine of two summaries above which a follow-up row continues the same story."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row weighed for a message. `why`: the reason it may not answer, "" if it may."""

    row: Row
    score: float
    why: str


class WrittenRows:
    """`threshold`: score (0..1) a row needs to answer; below it the model speaks."""

    def __init__(
        self,
        rows: Sequence[Row],
        arrays: nearness.Arrays,
        known: dict[str, Any],
        embedder: Embedder,
        asks: askback.Asks | None = None,
    ) -> None:
        self._asks = asks or {}
        self._rows = list(rows)
        self._index = arrays
        self._embedder = embedder
        self._weights = {name: float(known[name]) for name in ("letters", "meaning", "reply", "words")}
        self._cover = Cover(embedder, known["counts"], len(self._rows))
        self.threshold = float(known["threshold"])
        if known["fingerprint"] != embedder.fingerprint:
            self._embed_again()
        turns = [r.turn for r in self._rows]
        turns = [r.turn for r in self._rows]
        self._clocks = [t.clock if _CLOCK.search(t.answer) else "" for t in turns]  # only these need the hour to agree
        self._plain = np.array([not (t.recalls or t.last_summary) for t in turns])
        self._carries = np.array([bool(t.last_summary) for t in turns])
        self._follows = np.array([bool(t.last_summary) and not t.recalls for t in turns])
        self._families = [{family(c.memory.key) for c in t.recalls} if not t.last_summary else set() for t in turns]

    @classmethod
    def load(cls, folder: Path | str, embedder: Embedder) -> WrittenRows:
        """The bank in `folder`, with the retriever's embedder. ModelError if a file is missing or damaged."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        folder = Path(folder)
        try:
            known = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
            return cls(
                read_rows(folder / "rows.csv"),
                load_file(folder / "index.safetensors"),
                known,
                embedder,
                askback.load(folder / "asks.tsv"),
            )
        except (OSError, ValueError, KeyError, SafetensorError) as wrong:
            raise ModelError(f"{folder}의 글 모음을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    def _embed_again(self) -> None:
        """Vectors of another embedder are no use: made again with this one (0.2 s)."""
        turns = [r.turn for r in self._rows]
        self._index = dict(self._index)
        self._index["messages"] = self._embedder.encode([bare(t.message) for t in turns])
        self._index["answers"] = self._embedder.encode([t.answer for t in turns])
        self._index["summaries"] = self._embedder.encode([t.last_summary for t in turns if t.last_summary])

    @cached_property
    def _messages(self) -> list[str]:
        return [bare(r.turn.message) for r in self._rows]

    @cached_property
    def _quiet(self) -> list[str]:
        return [quiet(r.turn.message) for r in self._rows]

    @cached_property
    def _matters(self) -> dict[frozenset[str], list[int]]:
        """Rows by their words' roots."""
        found: dict[frozenset[str], list[int]] = {}
        for i, message in enumerate(self._messages):
            if key := matter(message):
                found.setdefault(key, []).append(i)
        return found

    def answer(self, turn: Turn, said: frozenset[str]) -> Written | None:
        """The nearest written row that may answer `turn`, memory woven in, not in `said`; None if none is near enough."""
        weighed = [c for c in self.weigh(turn) if c.row.turn.answer not in said]
        good = [c for c in weighed if not c.why and c.score >= self.threshold]
        caused = any(CAUSE.search(word) for word in turn.message.split())  # 설레서 잠이 안 와: the cause is the matter
        spare = [c for c in weighed if c.why == "less" and c.score >= SPARE and not caused]
        return next((Written(_summarised(c.row.turn, turn), c.score) for c in (*good, *spare)), None)

    def weak(self, turn: Turn, said: frozenset[str]) -> Written | None:
        """A row that is less near, or says less than the user, when nothing better is at hand; None if there is none either."""
        mine = beings(turn.message)
        for c in self.weigh(turn):
            least = {"": WEAK, "less": WEAK_LESS}.get(c.why, 2.0)
            long = len(c.row.turn.message) > 2
            if long and c.score >= least and c.row.turn.answer not in said and not mine - beings(c.row.turn.message):
                return Written(_summarised(c.row.turn, turn), c.score)
        return None

    def ask_back(self, turn: Turn, said: frozenset[str]) -> Written:
        """A written question back, for a message that no row answers."""
        return Written(askback.ask_back(self._asks, turn, said), 0.0)

    def nearest(self, message: str, count: int) -> list[Turn]:
        """The `count` nearest plain written turns, nearest last."""
        scores = np.where(self._plain, self._rough(bare(message)), -1.0)
        return [self._rows[i].turn for i in np.argsort(-scores, kind="stable")[:count][::-1]]

    def weigh(self, turn: Turn) -> list[Candidate]:
        """Rows that fit the context of `turn`, best first, each with its score and the reason against it."""
        message = bare(turn.message)
        rough = self._rough(message)
        fitting = np.where(self._fitting(turn, message), rough, -1.0)
        near = np.argsort(-fitting, kind="stable")[:CANDIDATES].tolist()
        order = dict.fromkeys([*near, *self._matters.get(matter(message), ())[:CANDIDATES]])
        found = [c for i in order if fitting[i] > 0 for c in self._candidate(i, float(rough[i]), turn, message)]
        return sorted(found, key=lambda c: -c.score)

    def _rough(self, message: str) -> Scores:
        """(N,) weighted letters, meaning and reply, not yet scaled."""
        vector = self._embedder.encode([message])[0]
        letters = nearness.similarities(message, self._index, len(self._rows))
        meaning = self._index["messages"].astype(np.float32) @ vector  # (N, D) @ (D,) -> (N,)
        reply = self._index["answers"].astype(np.float32) @ vector
        w = self._weights
        return np.asarray(w["letters"] * letters + w["meaning"] * meaning + w["reply"] * reply, np.float32)

    def _fitting(self, turn: Turn, message: str) -> NDArray[np.bool_]:
        """(N,) rows whose context the turn has: plain ones, follow-ups of the same story, rows on a memory of the same family."""
        said = set(message.split()) - REPLIES
        follows = self._follows if turn.last_summary and len(content(message)) <= FOLLOW else np.zeros(len(self._rows), bool)
        if follows.any():
            vector = self._embedder.encode([turn.last_summary])[0]
            near = np.zeros(len(self._rows), bool)
            near[self._carries] = self._index["summaries"].astype(np.float32) @ vector >= SAME_STORY  # (F, D) @ (D,) -> (F,)
            follows = follows & near
        timely = np.array([not c or c.split()[-2:] == turn.clock.split()[-2:] for c in self._clocks])
        families = {family(r.memory.key) for r in turn.recalled}
        kept = np.array([bool(f) and f <= families for f in self._families])
        if (turn.last_summary and not said) or (families and asks_back(turn.message)):
            return np.asarray(
                (follows | kept) & timely
            )  # "응", "왜?": only the story says what it means; "내 이름 뭐게?": only the memory
        return np.asarray((self._plain | follows | kept) & timely)

    def _candidate(self, at: int, rough: float, turn: Turn, message: str) -> Iterator[Candidate]:
        row = self._rows[at]
        mine, theirs = self._cover.both(message, self._messages[at])
        total = sum(self._weights.values())
        score = max(0.0, min(1.0, (rough + self._weights["words"] * (mine + 2 * theirs) / 3) / total))
        if same := matter(message) == matter(self._messages[at]) != frozenset():
            score = max(score, SAME_MATTER + score / 10)  # the nearest wording still comes first
        literal = quiet(turn.message) == self._quiet[at]
        score += OWN_WORDS * literal - CALL * (("로라" in turn.message) != ("로라" in row.turn.message))
        answer = row.turn.answer
        if row.turn.recalls:
            filled = woven(row.turn, turn.recalled)
            if filled is None or not self._same_kind(row.turn, filled):
                return
            row = replace(row, turn=filled)
            score = min(1.0, score + REMEMBERED)
            answer = filled.answer
        her = "로라" in row.turn.message and bool(beings(turn.message)) and not beings(row.turn.message)
        more = (
            "letters"
            if quotes(answer) and not literal
            else "being"
            if her
            else ""
            if same
            else "more"
            if theirs < COVERED
            else "less"
            if mine < TAKEN_UP
            else ""
        )
        yield Candidate(row, score, more or conflict(spelled(turn.message), spelled(row.turn.message), answer, self._cover.near))

    def _same_kind(self, written: Turn, filled: Turn) -> bool:
        """Nothing else in her answer is about the row's own value: "군대 휴가" is no slot for a sister who is a nurse."""
        for own, theirs in zip(written.recalls, filled.recalls, strict=True):
            rest = [w for w in content(written.answer.replace(core(own.memory.value), " ")) if w not in own.memory.value]
            swapped = own.memory.value != theirs.memory.value and not _NAMES.search(own.memory.key)
            if swapped and any(self._cover.near(core(own.memory.value), w) >= SAME_KIND for w in rest):
                return False
        return True


def _summarised(written: Turn, turn: Turn) -> Turn:
    """Without the row's summary where that names someone the user did not: the summary head writes one then."""
    strangers = beings(written.summary or "") - beings(turn.message) - beings(turn.last_summary)
    return replace(written, summary=None) if strangers else written
