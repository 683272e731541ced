"""끝말잇기: a game of words, each starting with the letter the last one ended in. She plays it for real, from her own list of nouns.

message, her last answer, words that fell -> her move; the state is what was said, so that a game survives a restart. Pure but for `load`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ohlora_tui.errors import ModelError
from ohlora_tui.words import quiet, with_particle

Words = Mapping[str, tuple[str, ...]]
"""First letter -> nouns that start with it."""
FILE = "nouns.txt"
LONGEST = 24
"""Letters of a message that may be a move: 허허 알았네. 문이면, 문어."""

_WANTS = re.compile(r"끝말 ?(?:잇기|이어|잊기)")
_NOT_NOW = re.compile(r"그만|싫|말고|안 ?(?:할|한|해)|못 ?하|하도 (?:해서|많이)|그냥 (?:얘기|대화|수다)|맨날 (?:해|하)|끝내|이긴|이겼|수수께끼|퀴즈|뭐야|알아|어떻게|지겨|재미없|^(?:엥|뭔|웬) ?끝말|끝말\S{0,6} ?(?:게|건)? ?아니(?:라|고)")
_OPENED = re.compile(r"(?:나부터|[내제]가 ?먼저|나 ?먼저|먼저|시작)(?: ?(?:하지|할게요?|할래|한다|시작할게))?[\s,:!~.]*(?P<word>[가-힣]{2,6})[\s!~.ㅋㅎ]*$")
_PROPOSED = re.compile(r"끝말 ?잇기[^.!]*\?")
_AGREES = re.compile(r"(?:ㅋ|ㅎ|응|어|웅|좋아|좋지|그래|콜|오케이|ㅇㅋ|ㄱㄱ|고고|하자|해|너부터|네가|너|먼저|부터|시작|그럼|[\s,!~.])++")
"""What takes up her offer ("손님 올 때까지 끝말잇기 한 판?"): 좋아 너부터 해. Possessive: "너부터너부터…" would else be cut in every way."""
_TURN = re.compile(r"‘(?P<last>[가-힣]{2,})’[^‘]*‘(?P<start>[가-힣])’")
_OFFERED = re.compile(r"끝말[^.!?]*[.!?]?.*?(?:['‘“\"](?P<quoted>[가-힣]{2,5})['’”\"]|먼저 (?P<bare>[가-힣]{2,5})[.!,])")
"""A written row that opens a game: "끝말잇기로 붙자! 내가 먼저 '나무'"."""
_NOUN = re.compile(r"[가-힣]{2,6}")
_TAIL = re.compile(r"(?:이야|야|이지|지|요|이요)$")
_SAID = re.compile(r"‘([가-힣]{2,})’")
_NO_WORD = frozenset("그래 그만 아니 아니야 싫어 몰라 뭐야 모르겠어 졌어 졌다 항복 포기 패스 힌트 아무거나 안녕 고마워 좋아 그럼 진짜 잠깐 잠시만".split())
SOFTENED = {
    "녀": "여", "뇨": "요", "뉴": "유", "니": "이", "냐": "야", "랴": "야", "려": "여", "례": "예", "료": "요", "류": "유", "리": "이", "라": "나", "래": "내", "로": "노",
    "뢰": "뇌", "루": "누", "르": "느", "력": "역", "련": "연", "렬": "열", "령": "영", "록": "녹", "론": "논", "롱": "농", "룡": "용", "륙": "육", "륜": "윤", "률": "율",
    "름": "늠", "릉": "능", "림": "임", "립": "입", "락": "낙", "란": "난", "람": "남", "랑": "낭", "량": "양", "념": "염", "년": "연", "님": "임", "닉": "익",
}  # fmt: skip
"""The initial rule (두음 법칙): a word that ends in 력 may be followed by one with 역."""
START = ("좋아, 끝말잇기! 내가 먼저 할게. ‘{word}’! 이제 ‘{start}’ 차례야.", "오케이, 봐주기 없기다! ‘{word}’! ‘{start}’부터 시작해.", "덤벼 봐 ㅎㅎ 첫 낱말은 ‘{word}’! ‘{start}’{로} 받아.")
GO = ("‘{word}’! 이번엔 ‘{start}’ 차례야.", "제법인데? 나는 ‘{word}’! ‘{start}’{로} 이어 줘.", "음… ‘{word}’! ‘{start}’, 받을 수 있겠어?", "안 질 거야. ‘{word}’! ‘{start}’부터.")
LOST = "‘{last}’? 이어 갈 말이 안 떠오른다… 내가 졌어! 너 정말 잘한다 👏"
WON = "히히, ‘{last}’에서 막혔구나! 이번 판은 내가 이겼어. 한 판 더 하려면 끝말잇기라고 해 줘."
WRONG = "어? ‘{word}’ 말고 ‘{last}’ 다음이니까 ‘{start}’부터야. 한 번만 봐줄게!"
TWICE = "그 말은 아까 나왔어! ‘{last}’ 다음이니까 ‘{start}’{로} 다른 걸 대 봐."
_GIVES_UP = re.compile(r"졌[어다]|항복|포기|모르겠[어다]|몰라|없[어다]$|패스|못 ?하겠")


@dataclass(frozen=True, slots=True)
class Move:
    """What she says in the game and the summary of the turn."""

    answer: str
    summary: str


def load(path: Path) -> Words:
    """Her nouns, one a line. ModelError if the file cannot be read."""
    try:
        nouns = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as wrong:
        raise ModelError(f"{path}의 낱말을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong
    return by_start(nouns)


def by_start(nouns: Sequence[str]) -> Words:
    found: dict[str, list[str]] = {}
    for noun in nouns:
        found.setdefault(noun[0], []).append(noun)
    return {start: tuple(those) for start, those in found.items()}


def move(message: str, last: str, spoken: Sequence[str], words: Words) -> Move | None:
    """Her move where a game is asked for or goes on, None where the message is no part of one. `last`: her last answer; `spoken`: all that was said before."""
    said = quiet(message)
    if _WANTS.search(said) and not _NOT_NOW.search(said):
        opened = _OPENED.search(said)
        return _after(opened["word"], spoken, words) if opened else _first(message, spoken, words)
    if _PROPOSED.search(last) and _AGREES.fullmatch(said):
        return _first(message, spoken, words)
    turn = _turn(last)
    if not turn or len(said) > LONGEST:
        return None
    if _GIVES_UP.search(said):
        return Move(WON.format(last=turn["last"]), "끝말잇기를 사용자가 그만둠")
    word = _word(said) or _at_the_end(said, turn["start"], words) or _beside(message, turn["start"], words)
    return _taken(word, turn, spoken, words) if word and (_may_follow(word, turn["start"]) or word in words.get(word[0], ())) else None


def _turn(last: str) -> dict[str, str]:
    """Her last word and the letter that is asked for, from her last answer; empty where no game is on."""
    if found := _TURN.search(last):
        return found.groupdict()
    offered = _OFFERED.search(last)
    word = (offered["quoted"] or offered["bare"]) if offered else ""
    return {"last": word, "start": word[-1]} if word else {}


def _may_follow(word: str, start: str) -> bool:
    return word[:1] in (start, SOFTENED.get(start, start))


def _word(said: str) -> str:
    """The noun that a short message is, "" if it is none: 차표, 차표요, 음 차표."""
    token = said.split()[-1] if said.split() else ""
    bare = _TAIL.sub("", token) if len(token) > 3 else token
    return bare if _NOUN.fullmatch(bare) and len(said.split()) <= 2 and bare not in _NO_WORD else ""


def _at_the_end(said: str, start: str, words: Words) -> str:
    """A noun she knows that may follow, as the last word of a few."""
    last = said.split()[-1] if said.split() else ""
    return last if len(said.split()) <= 5 and _may_follow(last, start) and last in words.get(last[:1], ()) else ""


def _beside(message: str, start: str, words: Words) -> str:
    """A noun she knows that may follow and is a clause by itself: "박수! 아 잠깐 손님 왔다"."""
    alone = (_word(quiet(clause)) for clause in re.split(r"[!?.,~]+", message))
    return next((w for w in alone if w and _may_follow(w, start) and w in words.get(w[0], ())), "")


def _taken(word: str, known: Mapping[str, str], spoken: Sequence[str], words: Words) -> Move:
    """Her answer to the user's word: the next one, or why it does not count."""
    start = known["start"]
    summary = f"끝말잇기, ‘{start}’ 차례"
    if not _may_follow(word, start):
        return Move(WRONG.format(word=word, **known), summary)
    if word in _fallen(spoken):
        return Move(TWICE.format(**known, 로=_by(start)), summary)
    return _after(word, (*spoken, f"‘{word}’"), words)


def _first(message: str, spoken: Sequence[str], words: Words) -> Move:
    """She opens with a word that can be followed."""
    every = [w for start in sorted(words) for w in words[start] if _follows(w, words, _fallen(spoken))]
    word = every[zlib.crc32("".join((message, *spoken[-1:])).encode()) % len(every)]
    return _said(START, word)


def _after(word: str, spoken: Sequence[str], words: Words) -> Move:
    """Her next word, one that can be followed if there is any; she owns up where she has none."""
    fallen = {*_fallen(spoken), word}
    left = [w for start in _starts(word) for w in words.get(start, ()) if w not in fallen]
    fair = [w for w in left if _follows(w, words, fallen)] or left
    if not fair:
        return Move(LOST.format(last=word), "끝말잇기에서 로라가 짐")
    return _said(GO, fair[zlib.crc32(word.encode()) % len(fair)])


def _said(lines: Sequence[str], word: str) -> Move:
    line = lines[zlib.crc32(word.encode()) % len(lines)]
    return Move(line.format(word=word, start=word[-1], 로=_by(word[-1])), f"끝말잇기, {with_particle(word, '이라')}고 함, ‘{word[-1]}’ 차례")


def _by(start: str) -> str:
    """로 or 으로 behind a letter in quotes."""
    return with_particle(start, "로")[len(start) :]


def _follows(word: str, words: Words, fallen: frozenset[str] | set[str]) -> bool:
    return any(w not in fallen and w != word for start in _starts(word) for w in words.get(start, ()))


def _starts(word: str) -> tuple[str, ...]:
    """Letters that may follow a word: its last, and the same softened."""
    return tuple(dict.fromkeys((word[-1], SOFTENED.get(word[-1], word[-1]))))


def _fallen(spoken: Sequence[str]) -> frozenset[str]:
    """Words of the game so far: hers in quotes, and the user's one-word messages."""
    hers = [w for text in spoken for w in _SAID.findall(text)]
    return frozenset([*hers, *(w for text in spoken if (w := _word(quiet(text))))])
