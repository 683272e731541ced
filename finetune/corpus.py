"""What the mini base reads: public corpora, the written persona rows, templated memories and summaries, each as whole documents.

A document is (prompt, target). Plain text has no prompt. Every task but the answer carries its tag before the answer marker
(tokenizer.TAGS), so that a summary or a memory is never mistaken for an answer. Only rows of the train split come here.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from finetune.banmal import banmal
from finetune.templates import memory_turn
from finetune.tokenizer import TAGS
from finetune.wordings import Wordings
from ohlora_tui.errors import DataError
from ohlora_tui.heads import END, HEADS, START, Head
from ohlora_tui.records import Memory, Recall, Row, Turn


@dataclass(frozen=True, slots=True)
class Source:
    """One corpus file: folder/file under `--corpora`, where it is from and under which licence."""

    name: str
    path: str
    origin: str
    licence: str


SOURCES = (
    Source("songys", "songys_chatbot_data/ChatbotData.csv", "songys/Chatbot_data @ 4cf20d13", "MIT"),
    Source("question_pair", "songys_question_pair/train.txt", "songys/Question_pair @ e84b6f0e", "MIT"),
    Source("nsmc", "nsmc_reviews/reviews.txt.gz", "e9t/nsmc, raw reviews", "CC0"),
    Source("kor_sts", "kor_sts/sts-train.tsv", "kakaobrain/KorNLUDatasets @ 0df0fe7d", "CC BY-SA 4.0"),
    Source("para_kqc", "para_kqc/paraKQC_v1.txt", "warnikchow/paraKQC @ c16270fe", "CC BY-SA 4.0"),
    Source("3i4k", "3i4k/fci.txt", "warnikchow/3i4k @ cfa90c15", "CC BY-SA 4.0"),
    Source("sae4k", "sae4k/sae4k_v1.txt", "warnikchow/sae4k @ 4d55f8f6", "CC BY-SA 4.0"),
)

Doc = tuple[str, str]  # (prompt, target); ("", text) is plain text

_RUDE = re.compile(
    r"씨발|시발|씨바|ㅅㅂ|병신|ㅂㅅ|존나|졸라|좆|개새|새끼|쓰레기|미친|꺼져|닥쳐|년놈|년들|놈들|창녀|섹스|야동|성관계|모텔|자위|강간|성폭|원나잇|스킨십|죽여|뒤져|뒈|자살|죽고|한남|김치녀|홍어|일베|메갈|빨갱|노무현|박근혜|이명박|문재인|대통령|좌파|우파|장애인|흑인|게이|레즈|임신|낙태|바람피|외도|불륜"
)
_NOT_HER = re.compile(r"위로봇|위로해 ?드|챗봇|저는 |나는 (?:사람|엄마|남자)|하느님|주님|고객")
"""Answers that are not 오로라's: the corpus' own robot, polite speech that stayed, a person with a body."""


def clean(text: str) -> str:
    """NFC, one space between words, no control characters, no ▁ (the tokenizer's space)."""
    text = unicodedata.normalize("NFC", text).replace("▁", " ")
    return " ".join("".join(c for c in text if c.isprintable() or c == " ").split())


def tagged(head: Head, turn: Turn) -> Doc:
    """The head's prompt and target, its tag before the answer marker; answers carry none (they are the plain format)."""
    prompt = head.prompt(turn)
    if head.name in TAGS:
        prompt = prompt.removesuffix(START) + TAGS[head.name] + START
    return prompt, head.target(turn)


def plain_doc(text: str) -> Doc:
    return "", text


def _open(folder: Path, source: Source) -> list[str]:
    path = folder / source.path
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return raw.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise DataError(
            f"{path} 말뭉치를 읽을 수 없어요: {wrong}.", f"{source.origin}에서 받아 --corpora 폴더에 넣어 주세요."
        ) from wrong


def _source(name: str) -> Source:
    return next(s for s in SOURCES if s.name == name)


def everyday(folder: Path) -> list[tuple[str, str, int]]:
    """(question, answer in 반말, label) of the everyday corpus; rude ones and those no rule turns well are left out."""
    pairs = []
    for row in csv.DictReader(_open(folder, _source("songys"))):
        question, polite = clean(row["Q"]), clean(row["A"])
        answer = banmal(polite)
        if answer and 2 <= len(question) <= 60 and not _RUDE.search(question + answer) and not _NOT_HER.search(polite + answer):
            pairs.append((question, answer, int(row["label"])))
    return pairs


def paraphrased(folder: Path, pairs: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The answers once more, for questions that mean the same as one of `pairs` (is_duplicate 0 = same meaning)."""
    known = {_bare(q): (a, n) for q, a, n in pairs}
    found = []
    for line in _open(folder, _source("question_pair"))[1:]:
        cells = [clean(c.strip('"')) for c in line.split("\t")]
        if len(cells) == 3 and cells[2] == "0" and not _RUDE.search(line):
            for here, there in ((cells[0], cells[1]), (cells[1], cells[0])):
                if _bare(here) in known and _bare(there) not in known:
                    found.append((there, *known[_bare(here)]))
    return found


def _bare(text: str) -> str:
    return re.sub(r"[\s.?!~]", "", text)


def general(folder: Path) -> dict[str, list[Doc]]:
    """Plain Korean by corpus; utterance -> gist pairs of sae4k as `summary` documents."""
    docs: dict[str, list[Doc]] = {
        "nsmc": [plain_doc(clean(t)) for t in _open(folder, _source("nsmc")) if not _RUDE.search(t)],
        "kor_sts": [plain_doc(clean(c)) for t in _open(folder, _source("kor_sts"))[1:] for c in t.split("\t")[5:7]],
        "para_kqc": [plain_doc(clean(t.split("\t")[-1])) for t in _open(folder, _source("para_kqc"))],
        "3i4k": [plain_doc(clean(t.split("\t")[-1])) for t in _open(folder, _source("3i4k")) if not _RUDE.search(t)],
    }
    docs["3i4k"] = [d for d in docs["3i4k"] if len(d[1]) >= 8]
    docs["gist"] = [_gist(*t.split("\t")[:2]) for t in _open(folder, _source("sae4k")) if t.count("\t") >= 2]
    return {name: [d for d in found if d[1]] for name, found in docs.items()}


def _gist(utterance: str, gist: str) -> Doc:
    return f"{clean(utterance)}{TAGS['summary']}{START}", f" {clean(gist)}{END}"


def persona_docs(rows: Sequence[Row], name: str) -> list[Doc]:
    """One head's documents of written rows; rows without that target (no expression) are left out."""
    head = HEADS[name]
    return [tagged(head, r.turn) for r in rows if name == "memory" or head.value(r.turn)]


class Mix:
    """Endless documents: at `done` (0..1 of the training) a kind is drawn by its weight then, a document at random.

    The weights go from general Korean to talk: what is read last is remembered best. Written rows stay few: a row that is
    read more than about five times is known by heart and spoils answers to other messages (LOG.md).
    """

    WEIGHTS: ClassVar[dict[str, tuple[float, float]]] = {  # share of documents at the start -> at the end
        "nsmc": (0.16, 0.06),
        "kor_sts": (0.03, 0.01),
        "para_kqc": (0.03, 0.01),
        "3i4k": (0.09, 0.04),
        "gist": (0.05, 0.03),
        "songys": (0.17, 0.15),
        "output_message": (0.18, 0.28),
        "memory": (0.06, 0.09),
        "template": (0.04, 0.05),
        "summary": (0.08, 0.11),
        "gist_turn": (0.02, 0.03),
        "eyes_mouth_pose": (0.09, 0.14),
    }

    def __init__(
        self, folder: Path, rows: Sequence[Row], seed: int, weights: Mapping[str, Sequence[float]] | None = None, wordings: Wordings | None = None
    ) -> None:
        self.weights: dict[str, tuple[float, float]] = {name: (ends[0], ends[-1]) for name, ends in (weights or self.WEIGHTS).items()}
        self.rng = random.Random(seed)
        self.rows = [r for r in rows if r.split == "train"]
        self.wordings = wordings or {}
        pairs = everyday(folder)
        self.pairs = pairs + paraphrased(folder, pairs)
        self.docs = general(folder) | {name: persona_docs(self.rows, name) for name in ("summary", "eyes_mouth_pose")}
        self.gists = [(d[0].split(TAGS["summary"])[0], d[1]) for d in self.docs["gist"]]
        self.memories = [r.turn.memory for r in self.rows if r.turn.memory]
        self.made: dict[str, Callable[[], Doc]] = {
            "songys": self._songys,
            "template": lambda: tagged(HEADS["memory"], memory_turn(self.rng)),
            "gist_turn": self._gist_turn,
            "output_message": lambda: tagged(HEADS["output_message"], self._varied()),
            "memory": lambda: tagged(HEADS["memory"], self._varied()),
        }

    def sizes(self) -> dict[str, int]:
        """Distinct documents by kind, for the log (`template` is made on the fly)."""
        return {n: len(d) for n, d in self.docs.items()} | {
            "songys": len(self.pairs),
            "output_message": len(self.rows),
            "memory": len(self.rows),
        }

    def draw(self, done: float) -> tuple[str, Doc]:
        """(kind, document) for this moment of the training."""
        weights = [a + (b - a) * done for a, b in self.weights.values()]
        kind = self.rng.choices(tuple(self.weights), weights)[0]
        return kind, self.made[kind]() if kind in self.made else self.rng.choice(self.docs[kind])

    def _songys(self) -> Doc:
        """An everyday pair, one in eight with a memory or a summary that has nothing to do with it."""
        question, answer, label = self.rng.choice(self.pairs)
        if label and self.rng.random() < 0.4:  # two thirds of the corpus are about love: one more try for another
            question, answer, label = self.rng.choice(self.pairs)
        turn = Turn(vary(question, self.rng), answer=answer)
        if self.rng.random() < 0.08:
            turn = replace(turn, recalls=(self._recall(self.rng.choice(self.memories)),))
        elif self.rng.random() < 0.05:
            turn = replace(turn, last_summary=self.rng.choice(self.gists)[1].removesuffix(END).strip())
        return tagged(HEADS["output_message"], turn)

    @staticmethod
    def _recall(memory: Memory) -> Recall:
        return Recall(memory, 1.0, True, memory.text)

    def _gist_turn(self) -> Doc:
        """A summary of a whole turn: what was asked, in the gist's words, whatever the answer was."""
        utterance, gist = self.rng.choice(self.gists)
        turn = Turn(utterance, answer=self.rng.choice(self.pairs)[1], summary=gist.removesuffix(END).strip())
        return tagged(HEADS["summary"], turn)

    def _varied(self) -> Turn:
        """A written turn, two in three that have other wordings under one of them, four in ten as another hand types it."""
        row = self.rng.choice(self.rows)
        known = [w for w in self.wordings.get((row.scenario, row.turn.message), ()) if _keeps(row.turn, w)]
        turn = replace(row.turn, message=self.rng.choice(known)) if known and self.rng.random() < 2 / 3 else row.turn
        return replace(turn, message=vary(turn.message, self.rng)) if self.rng.random() < 0.4 else turn


def _keeps(turn: Turn, wording: str) -> bool:
    """The memory stands in this wording as well: what is not in the user's words is never remembered."""
    return turn.memory is None or turn.memory.value in wording


def vary(message: str, rng: random.Random) -> str:
    """The same message as another hand types it: called by name, its last sign dropped or doubled, spaces left out."""
    roll = rng.random()
    if roll < 0.15 and "로라" not in message:
        return rng.choice(("로라야 ", "로라야, ", "오로라야 ", "로라 ")) + message
    if roll < 0.35:
        return message.rstrip(".?!~ ") or message
    if roll < 0.45:
        return message.rstrip(".~ ") + rng.choice(
            (".", "..", "~", "ㅠㅠ" if "ㅠ" in message else "!", "ㅋㅋ" if "ㅋ" in message else "")
        )
    if roll < 0.50 and len(message) > 6:
        words = message.split()
        at = rng.randrange(len(words))
        return " ".join([*words[:at], "".join(words[at : at + 2]), *words[at + 2 :]])
    return message


def texts_for_tokenizer(mix: Mix) -> Iterator[str]:
    """What the tokenizer counts: talk and persona several times, general text once."""
    for question, answer, _ in mix.pairs:
        yield from (question, answer)
    for _ in range(6):
        for row in mix.rows:
            for head in HEADS.values():
                yield head.prompt(row.turn)
                yield head.target(row.turn)
    for _ in range(6000):
        turn = memory_turn(mix.rng)
        yield from (turn.message, turn.memory.text if turn.memory else "")
    for name, docs in mix.docs.items():
        if name not in HEADS:
            yield from (prompt + target for prompt, target in docs[:40000])
