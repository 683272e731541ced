"""The written lines of asks.tsv, which answer by what a message does where no row knows its matter, and which of them a message gets.

asks.tsv: kind, answer, summary; `{무엇}` is the thing the user named or she picked, `{무엇:은}` the same with the particle it asks for; of
what is said back (echo.py) `{무엇:함}` is what the user is told to have said. Kinds: KINDS: a question back (told, told0, asked0, wanted0), a
bare reply taken up (yes, no, dunno, why, more), news (on_…, echo_…), her picks, what the last words call for (cue.py), and frames.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path

from ohlora_tui.errors import ModelError
from ohlora_tui.records import Expression, Turn
from ohlora_tui.words import bare, content, uncalled, with_particle
from ohlora_tui.written import cue, echo
from ohlora_tui.written.clauses import clauses

SURE_LIKELIHOOD = -0.5
"""Mean log-probability a token (nats) from which the small model's own answer may stand …"""
SURE_REPLY = 0.2
"""… if the embedder also finds it near the message (cosine). Of the model's 41 answers to validation and development messages
that no row answers, 7 pass both: 5 sensible and 2 half, read by eye."""
Asks = dict[str, list[tuple[str, str]]]
"""kind -> [(answer, summary)]."""
FACE, CALM, PLAYING = Expression("크게", "보통", "없음"), Expression(), Expression("크게", "크게", "없음")
"""Listening; the face for a crisis (PERSONA, care): nothing moves; and in a game."""

_WANTED = re.compile(r"(줘|주라|줄래|주세요|달라|추천|하자|알려|해 봐|해봐)[.!?~ㅋㅎㅠㅜ ]*$|(?:같이|나랑|우리).*할래[.!~ㅋㅎㅠㅜ ]*$|할래\?")
_NO_NA = "".join(f"(?<!{verb})" for verb in "일어 나타 혼 떠 만 끝 생각 짜증 화 신 눈물 겁 빛 열 자라 늘어 드러 깨어 벗어".split())
"""Verbs that end in 나 themselves: "여섯 시에 겨우 일어나" asks nothing."""
_SO_MANY = re.compile(r"(?:페이지|시간|정거장|킬로|만원|[번개명권잔판줄장병살원층곡])(?:이)?나[.!~ㅋㅎㅠㅜ ]*$")
"""As many as that: "소설 씀 12페이지나"."""
_COUNTS = re.compile(r"\?|몇|얼마")
"""How many is asked."""
_BEHIND = re.compile(r"(?:더라|[아어해했았었]|[됐갔왔]\S?대|[렸했았었]대|음|씀|함) (?:[^?]*(?:는지|인지|[은한]지)|현금\S*|\S+ ?그대로)[.!~ㅋㅎㅠㅜ ]*$")
"""What was left out is said behind what was told: "비밀 말해버렸대 내가 누구 좋아하는지"."""
_ASKED = re.compile(rf"(\?|까|까요|(?<![머언])니|냐|(?<=[가-힣]){_NO_NA}나|나요|(?<=[{echo.CLOSED_N}])가요|는가|어때|뭐야|뭘까|을래)[.!?~ㅋㅎㅠㅜ ]*$")
_UNSURE = re.compile(r"모르겠|몰라|(?:는|은|인|ㄴ)지 |뭐 ?[.~ㅋㅎㅠㅜ ]*$|(?:^|\s)뭐(?:가)? (?:됐|많)")
"""A word of asking that asks nothing: "뭐가 문제인지 모르겠어", "그렇지 뭐"."""
_STATES = re.compile(r"(?:네|네요|더라|더라고|더라고요|거든|거든요|습니다|[가-힣]다)[.!~ㅋㅎㅠㅜ ]*$")
"""An ending that tells, whatever word of asking stands before: "뭐라 하는데 못 알아들어서 웃기만 했네요"."""
_DONE = re.compile(r"[았었했갔왔났됐렸켰꼈]\S{0,4}[.!~ㅋㅎ ]*$")
"""Over: no plan."""
_NOT_SO = re.compile(r"(?:이|가|은|는) ?아니(?:었|더|라|네)|(?:눈|속)이 (?:다 )?시원(?!찮)|신[나난났]|좋더[라군]|좋았[어다는고지]|뿌듯|대견|기특|귀엽|귀여")
"""헛수고가 아니었나 봐, 눈이 시원하더라, 애들이 더 신났어요: nothing to comfort."""
CRIES = re.compile(r"[ㅠㅜ]|(?:^|\s)(?:하|휴|에휴|후|하아)[.…~]")
_TROUBLE = re.compile(r"난처|곤란|속상|힘들|무섭|무서|아프|아파|망했|짜증|서운|외로|불안|걱정|억울|미쳤|안 ?봐|없어졌|죽는 ?줄|죽겠|한소리|혼[났나]|울컥|못 ?찾|뻗[었음]|개고생|화끈거[려리린]|욱신|쑤[셔시]|물집|쓰라[려리린]|지[쳤친]")
_MARVELS = re.compile(r"왜\s?(?:이렇게|이리|이케|아직도|자꾸|맨날)\s[^?]*[냐지니까][.!~ㅋㅎㅠㅜ ]*$")
"""No question: "왜 이렇게 행복하냐" tells that one is happy."""
REPLIES = {
    "yes": "응|어|엉|웅|네|넵|넹|예|그래|그럼|맞아|맞음|그치|그렇지|당연하지|당연|물론|물론이지|좋아|ㅇㅇ|ㅇ|ㅇㅋ|오케이|그런 것 같아|그런듯",
    "no": "아니|아뇨|아니야|아니요|아닌데|아직|싫어|싫은데|ㄴㄴ|ㄴ|별로|안 해|안 했어|없어|못 했어|아직 안 했어",
    "dunno": "몰라|모르겠어|모르겠는데|글쎄|글쎄다|그냥|음|흠|딱히|잘 모르겠어|그냥 그래|그저 그래",
    "why": "왜|왜요|뭐가|뭘|뭐|진짜|진짜로|정말|정말로|뭔 소리야|무슨 말이야|그게 뭐야",
}
"""Bare replies, whole phrases: a message of nothing else means nothing without the turn before. 했어 alone is none: it is the opposite of 안 했어."""
ACTS = tuple("good bad did plan want unwilling advice her opinion worry social care".split())
"""What a message does: tells good or bad news, what was done or is planned, wants, is loath to, asks for advice or about her …"""
FRAMES = frozenset({"quoted", "known", "untold", "mended", "sorry", "heard", "grave", "loss", "body", "vet", "ward", "crisis", "intro", "named"})
"""What was told and is asked for again, what was missed, help, and welcome."""
TAKEN_UP = ("good", "bad", "worry", "plan", "want", "unwilling", "care")
"""Acts that she takes up where nothing else answers. Of 40 such answers to later messages, judged blind, 11 were good and 12 wrong; of 39 that took up
what is said of her, done, held or asked, 0 and 20; "그랬구나" is wrong for 7 of 35."""
ECHOES = frozenset(f"echo_{act}" for act in TAKEN_UP if act != "plan")
"""What stands behind the user's own words by what the message does; alone they are as often broken as not (14 judged: none good)."""
SAD = frozenset("bad worry unwilling care".split())
"""Acts whose lines comfort: never said to someone who laughs."""
PICKS = frozenset({"choice", "choice_big", "shall"})
"""What stands around her pick (choice.py)."""
KINDS = frozenset({"told", "told0", "asked0", "wanted0", *REPLIES, "more"} | PICKS | FRAMES | cue.CUES | {f"on_{act}" for act in TAKEN_UP} | ECHOES)
"""All kinds of lines that asks.tsv must hold; on_good … take up what a message does."""
SHORT = 2
"""Content words of a message that, with a story before it, is more of that story: 새벽 세 시쯤."""
_SPELLED = {kind: "|".join(re.escape(bare(p)) for p in phrases.split("|")) for kind, phrases in REPLIES.items()}  # 안 했어 -> 안했어
_REPLIES = {kind: re.compile(rf"(?:{phrases})(?: (?:{phrases}))*") for kind, phrases in _SPELLED.items()}
LAUGHS = re.compile("[ㅋㅎ]{2,}|호호|하하|허허")
_SLOT = re.compile(r"\{무엇(?::([가-힣]+))?\}")
_MARKED = re.compile(r"([가-힣A-Za-z0-9]{2,8}?)(?:이랑|에서|한테|에게|이|가|을|를|은|는|랑|도)")
_MAY = re.compile(r"\S+[가-힣]도 (?=되|돼|될|됩|괜찮)")
"""What is asked leave for is a verb: "얼려도 되려나" is about no 얼려."""
_VERBAL = tuple("같다 하다 되다 있다 없다 했다 었다 았다 괜찮 좋 많 싫 같 없 있 않 높 낮 늦 작 적".split())
"""Verbs that look like a noun before a particle: "괜찮은 것 같다가도" is about nothing called 같다 or 괜찮."""
_NO_THING = frozenset(
    "때문 나한 우리 너무 오늘 내일 어제 요즘 지금 이거 그거 저거 뭔가 하나 사람 자꾸 진짜 맨날 그냥 아직 다음 이번 처음 얼마 아무것 아무".split()
)


def load(path: Path) -> Asks:
    """The written questions. ModelError if the file is missing or malformed."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
        found: Asks = {}
        for row in rows:
            found.setdefault(row["kind"], []).append((row["answer"], row["summary"]))
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as wrong:
        raise ModelError(f"{path} 되묻는 말을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong
    if missing := KINDS - set(found):
        raise ModelError(f"{path}에 {', '.join(sorted(missing))} 줄이 없어요.", "프로그램을 다시 설치해 주세요.")
    return found


def thing(message: str) -> str:
    """The noun the message is about: the last word that a particle marks ("엄마가 된장찌개를 했어" -> 된장찌개), or ""."""
    found = [
        m[1] for word in _MAY.sub("", uncalled(message)).split() if (m := _MARKED.fullmatch(word.strip(".,!?~"))) and m[1] not in _NO_THING and not m[1].endswith((*_VERBAL, "다", "자고", "라고", "냐"))
    ]
    return found[-1] if found else ""


def sure(likelihood: float, reply: float) -> bool:
    """Whether the small model's own answer may stand: likely to itself, and near the message."""
    return likelihood >= SURE_LIKELIHOOD and reply >= SURE_REPLY


def kind_of(message: str) -> str:
    """wanted, asked or told, by the last clause: what was asked before it was answered by who asked."""
    if _MARVELS.search(message):
        return "told"
    last = clauses(message)[-1]
    if not _COUNTS.search(last) and (_SO_MANY.search(last) or _BEHIND.search(last)):
        return "wanted" if _WANTED.search(message) else "told"
    asked = _ASKED.search(last) or (echo.asks(last) and not _UNSURE.search(last) and not _STATES.search(last))
    return "wanted" if _WANTED.search(message) else "asked" if asked else "told"


def fits(act: str, message: str) -> bool:
    """Whether the lines for an act may answer `message`: comfort for one who laughs, or joy for one who cries or is in trouble, is worse than a plain word."""
    if act == "plan" and _DONE.search(message):
        return False
    return not ((act in SAD and (LAUGHS.search(message) or _NOT_SO.search(message))) or (act == "good" and (CRIES.search(message) or _TROUBLE.search(message))))


def reply_of(message: str) -> str:
    """yes, no, dunno or why for a message that is a bare reply (응, 아니 아직, 왜?; 그래? asks why), "" for any other."""
    said = bare(message)
    kind = next((kind for kind, phrases in _REPLIES.items() if phrases.fullmatch(said)), "")
    return "why" if kind and message.rstrip().endswith("?") else kind


def follow_of(turn: Turn) -> str:
    """What `turn` is as a reply to the turn before: yes, no, dunno, why; more for a few words that ask nothing; "" for a matter of its own."""
    if not turn.last_summary:
        return ""
    short = len(content(turn.message)) <= SHORT and kind_of(turn.message) == "told"
    return reply_of(turn.message) or ("more" if short else "")


def ask_back(asks: Asks, turn: Turn, said: frozenset[str], nouns: Container[str] = ()) -> Turn:
    """`turn` with a question back as her answer; a bare reply to what she said is taken up as one. Only one of `nouns` is named:
    not all that stands before a particle is a thing (뒤척이, 올리)."""
    does, noun = kind_of(turn.message), found if (found := thing(turn.message)) in nouns else ""
    return framed(asks, follow_of(turn) or ("told" if noun and does == "told" else f"{does}0"), turn, said, noun)


def framed(asks: Asks, kind: str, turn: Turn, said: frozenset[str], noun: str = "") -> Turn:
    """`turn` with a written line of `kind` as her answer, its slot filled with `noun`, its summary and her face; never one of `said`
    while another is left. A story before it goes on in the summary."""
    return spoken(asks[kind], turn, said, noun, CALM if kind in ("crisis", "grave", "loss", "body", "vet", "ward") else FACE)


def spoken(lines: Sequence[tuple[str, str]], turn: Turn, said: frozenset[str], noun: str = "", face: Expression = FACE) -> Turn:
    """The same with one of `lines`, each an answer and its summary."""
    answer, summary = (_filled(text, noun) for text in _in_turn(lines, turn, said))
    story = f"{turn.last_summary.split(',')[0]}, " if turn.last_summary else ""
    return replace(turn, answer=answer, summary=story + summary, expression=face, change=None)


def _in_turn(lines: Sequence[tuple[str, str]], turn: Turn, said: frozenset[str]) -> tuple[str, str]:
    """The first of `lines` whose own words were not said yet, counted from a place that the message and its story decide."""
    start = zlib.crc32((turn.message + turn.last_summary).encode()) % len(lines)
    order = [*lines[start:], *lines[:start]]
    return next((line for line in order if not any(_own(line[0]) in s for s in said)), order[0])


def _own(line: str) -> str:
    """The longest piece of a line that is hers, not the slot's."""
    return max(_SLOT.split(line)[::2], key=len)


def _filled(text: str, noun: str) -> str:
    return _SLOT.sub(lambda slot: echo.told(noun) if slot[1] == "함" else with_particle(noun, slot[1] or ""), text)
