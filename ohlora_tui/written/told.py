"""What the user said before: asked for again ("나 누구랑 간다고 했지?"), or said again because she missed it ("수육이라니까").

message, earlier messages, memories -> the words to give back; the frames around them are written (asks.tsv).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ohlora_tui.embedder import Vectors
from ohlora_tui.records import Recall
from ohlora_tui.words import content, quiet, uncalled
from ohlora_tui.written.clauses import clauses
from ohlora_tui.written.events import ME

Encode = Callable[[Sequence[str]], Vectors]
NEAR = 0.3
"""Cosine of a question and an earlier message from which that message may be its answer, if they share no word."""
QUOTE = 34
"""Letters of an earlier message that she quotes; a longer one is cut at a word."""

_REMINDS = re.compile(
    r"기억(?:해|하|나|안 ?나)[가-힣]*\??$|(?:라|다|자|냐)고 (?:했|말했)(?:지|더라|었지|는지|게)[가-힣]*\??$|"
    r"(?:뭐|누구|언제|어디|몇 ?[가-힣])(?:게|더라|였지|이었지|였더라)\??$|(?:인|하는|한)지 (?:알|기억|맞)[가-힣]*\??$|"
    r"이름 (?:좀 |한 ?번만? )*불러|(?:라|다|자|냐)?고? ?(?:그랬)지[가-힣]*\??$|"
    r"(?:이름|생일|나이|직업|전공|학교|취미|고향|별명)[이은]? ?(?:뭐|언제|알아|알지|기억|맞)[가-힣]*\??$"
)
"""The user asks for what they told."""
_ASKING = re.compile(
    r"기억[가-힣]*|(?:라|다|자|냐)?고? ?(?:했|말했)[가-힣]*|뭐[가-힣]*|누구[가-힣]*|언제[가-힣]*|어디[가-힣]*|몇|무슨|알[아지][가-힣]*|맞[혀춰][가-힣]*|아까|방금|나[도는를]?|내가?|우리|저[는도]?|제가?"
)
"""Words of such a question that say nothing of its matter."""
_SAYS = {
    "누구": re.compile(r"[가-힣](?:이랑|랑|하고|와|과)(?=\s)|친구|엄마|아빠|동생|언니|누나|오빠|형"),
    "몇 살": re.compile(r"\d+ ?살|스물|서른|마흔|열[한두세네다여일아]|[중고]\d|\d\d학번"),
    "몇": re.compile(r"\d|[한두세네] ?(?:명|시|번|개)"),
    "언제": re.compile(r"\d|오늘|내일|모레|주말|요일|다음|이번|아침|점심|저녁|밤|새벽"),
    "어디": re.compile(r"[가-힣](?:에서|에|으로|로)(?=\s|$)"),
    "이름": re.compile(r"이름|(?:이야|라고 해)"),
}
"""What an answer to such a question holds."""
_WHICH = re.compile(r"무슨 ([가-힣]{1,3}?)(?:인지|이[라야었]|야|였|에|라)")
"""무슨 부인지, 무슨 과라고: the answer is a word that ends in it (축구부)."""
KEYS = {
    "이름": r"이름", "나이": r"몇 살|나이", "생일": r"생일", "직업": r"무슨 일 ?하|직업|뭐 하는 사람", "학교": r"학교", "전공": r"전공|무슨 과",
    "사는 곳": r"어디 ?사|사는 (?:곳|데)", "취미": r"취미", "MBTI": r"(?i:mbti)|엠비티아이", "반려동물": r"강아지|고양이|반려|댕댕|냥이", "오늘 일정": r"오늘 (?:\S+ ){0,2}(?:뭐|일정|약속|뭔|무슨)", "내일 일정": r"내일 (?:\S+ ){0,2}(?:뭐|일정|약속|뭔|무슨)", "어제 일정": r"어제 (?:\S+ ){0,2}(?:뭐|일정|뭔|무슨)", "알레르기": r"알레르기|못 ?먹", "못 먹는 음식": r"못 ?먹",
}  # fmt: skip
"""Key of a memory -> how one asks for it."""
_KEYS = {key: re.compile(pattern) for key, pattern in KEYS.items()}

_AGAIN = re.compile(
    r"(?P<said>.{1,40}?)(?:(?P<noun>이?(?<![으하가오보주내])(?:(?<!더)라|라(?!고)))|(?P<verb>[가-힣]{0,12}(?:(?<!더라)다|달라)))(?:니까|니깐|고 ?했[잖는]|고 ?말했|고(?=[요 ]*[ㅋㅎㅠㅜ!]))[가-힣]*[요ㅋㅎㅠㅜ!~.\s]*$"
)
"""수육이라니까, 아들이 군대 간다고 했잖아, 퇴근이 두 시간 남았다고ㅋㅋ, 알려달라고; a question ("맛있다고?") is none."""
_BARELY = re.compile(r"(?P<said>.{1,40}?)(?:(?P<noun>이?(?<!더)라)|(?P<verb>[가-힣]{0,12}(?:(?<!더라)다|달라)))고[요!~.\s]*$")
"""아니 혼자 있으니 적적하다고: without 아니 before it, it is what somebody else said."""
_OH = re.compile(r"^[ㅋㅎㅠㅜ?!.\s]*(?:(?:아니|아|야|엥|그게 아니라)\s+)+")
_MISSED = re.compile(r"(?:아까|방금|금방) (?:말했|얘기했|그랬)|말했잖|얘기했잖|딴소리|딴 소리|그 ?(?:얘기|말|뜻)[이가]? ?아[니닌]|뭔 ?소리|무슨 ?소리|동문서답|못 알아|(?:듣기만|듣고만) (?:하지|있네|하네|하냐)|^(?:(?:아니|뭐야|아|왜|에이|근데|음) )*대답을? ?안 ?(?:하네|해 ?주네|하냐|해\?|하니)|(?<!내가 )영혼 ?없|(?:무슨|뭔) ?말이[야에]")
_TAIL = re.compile(r"^[가-힣]*[.!~\s]*")
"""What is left of the word that a complaint ends in."""
_DENIES = re.compile(
    r"(?:물어 ?[본봤]|물은|여쭤 ?[본봤]|여쭌) ?(?:게|적|건|거|것)\S{0,2} ?(?:아니|아닌|없)\S*\s*|(?<!할)(?:^|\s)(?:얘기|말|뜻|소리)[가이는은]? ?아니(?:고|라|었고|야|에요)(?!고)\S*\s*"
)
"""What was not asked or meant: "시험 문제 물어본 게 아니고"; what stands behind it was."""
_NOT_THAT = re.compile(r"^.{1,20}?[게거건이가] ?아니(?:고|라)\s+")
"""The same behind a 아니: "아니 담임이 싫은 게 아니라 …"."""
_ASKED_IT = re.compile(r"\s*(?:물어 ?본|물은|여쭤 ?본|여쭌) ?(?:거(?:야|임|라|지|예요|에요|라고|요|랍니다)|건데)(?:요)?\s*")
"""도서관 갈까 말까 물어본 거야: what stands before it was asked."""
_PUZZLED = re.compile(r"^(?:[?!\s]|엥|아니|허허|응|헐)*+(?:(?:뭔|뭘|무슨|웬) ?(?P<what>\S{2,8}(?<![까지]))|(?P<that>\S{2,8}?)(?:(?:이|가|은) (?:뭐[야여임]|뭔데)|[라다]니))$")
"""뭘 되돌려, 신난다니, 1번이 뭐여: her words, wondered at."""
_ODD = 16
"""Letters of a clause that wonders at her words and tells nothing of its own."""
_SHIFT = ((re.compile(r"^(?:너|니)한테 "), "나한테 "), (re.compile(r"^(?:너는|넌) "), "나는 "), (re.compile(r"^(?:내|제) "), "네 "), (re.compile(r"^(?:나는|저는|난|전) "), "너는 "), (re.compile(r"^(?:내가|제가) "), "네가 "))
"""Her words for the user's: 내 생일 -> 네 생일."""


@dataclass(frozen=True, slots=True)
class Missed:
    """The user says that she missed something. `said`: what is said again, ending in 라 or 다 so that 고 follows, "" if nothing is; `plain`: what
    was meant, without that ending; `rest`: what else they say now."""

    said: str
    plain: str
    rest: str


def question(message: str) -> str:
    """The part of a message that asks for something told before, "" if none does."""
    for part in reversed(clauses(message)):
        said = quiet(part)
        whose = ME.search(said) or "기억" in said  # "이름은 뭐야?" asks for hers
        if whose and _REMINDS.search(said) and _has_matter(said):
            return said
    return ""


def _has_matter(asked: str) -> bool:
    """It asks for something ("나 무슨 일 하는지 알지?"), not for herself to know the user ("나 기억해?")."""
    return bool(content(_ASKING.sub(" ", asked))) or any(word in asked for word in (*_SAYS, "무슨"))


def known(asked: str, recalls: Sequence[Recall]) -> str:
    """Value of the newest memory that a question asks for by its key and does not name itself, "" if she holds none."""
    keys = [key for key, pattern in _KEYS.items() if pattern.search(asked)]
    found = [r.memory for r in recalls if any(key in r.text.split(":")[0] or key in r.memory.key for key in keys) and r.memory.value not in asked]
    return max(found, key=lambda m: m.id or 0).value if found else ""


def recalled(asked: str, recalls: Sequence[Recall]) -> str:
    """Value of the best memory the retriever reads for a question, "" if it reads none that the question does not say itself."""
    found = [r.memory.value for r in recalls if r.memory.value not in asked]
    return found[0] if found else ""


def heard(asked: str, past: Sequence[str], encode: Encode) -> str:
    """The earlier message that answers a question, cut to QUOTE letters; "" if none is near. `past`: oldest first."""
    matter = _ASKING.sub(" ", asked)
    told = [p for p in past if not question(p) and not p.rstrip().endswith("?")]
    if not told:
        return ""
    vectors = encode([matter.strip() or asked, *told])
    near = vectors[1:] @ vectors[0]  # (P, D) @ (D,) -> (P,)
    scores = [float(n) + _holds(asked, matter, text) for n, text in zip(near, told, strict=True)]
    best = max(range(len(told)), key=lambda i: (scores[i], i))
    return _cut(told[best]) if scores[best] >= NEAR else ""


def _holds(asked: str, matter: str, text: str) -> float:
    """What a shared word and the asked kind of thing (누구 ~ 친구랑) add to the cosine."""
    shared = sum(any(w[:2] == v[:2] or w in v for v in content(text)) for w in content(matter))
    kind = next((bool(pattern.search(text)) for word, pattern in _SAYS.items() if word in asked), False)
    which = (found := _WHICH.search(asked)) and re.search(f"[가-힣]{found[1]}", text)
    named = not shared and any(key not in _SAYS and pattern.search(asked) for key, pattern in _KEYS.items())
    return 0.3 * min(2, shared) + 0.4 * ((kind or bool(which)) and not named)  # a birthday is no other day


def missed(message: str) -> Missed | None:
    """How a message says that she missed something; None if it does not."""
    parts, denied = clauses(uncalled(message)), bool(_OH.match(uncalled(message)))
    for at, part in enumerate(parts):
        rest = " ".join(p for i, p in enumerate(parts) if i != at)
        said = _OH.sub("", part)
        if found := _AGAIN.search(said) or (_BARELY.search(said) if denied else None):
            ending, verb = found["noun"] or found["verb"], found["verb"] or ""
            return Missed(_hers(found["said"]) + ending, found["said"] + verb, rest)
        if found := _DENIES.search(part) or (_NOT_THAT.search(part) if denied and at == 0 else None):
            return Missed("", _matter(part[found.end() :]), _matter(rest))
        if found := _ASKED_IT.search(part):
            return Missed("", _OH.sub("", part[: found.start()]), _matter(f"{part[found.end() :]} {rest}"))
        if found := _MISSED.search(part):
            left = _matter(_TAIL.sub("", part[found.end() :]))
            return Missed("", "", f"{left} {rest}".strip())
    return None


def _matter(text: str) -> str:
    """`text` with what was asked as a question of its own (갈까 말까 물어본 거야 -> 갈까 말까?); "" if it is about nothing."""
    said = _ASKED_IT.sub("? ", text).strip()
    return said if content(said) else ""


def _wonders(part: str) -> str:
    """The first two letters of what a short clause wonders at, "" if it does not."""
    found = _PUZZLED.match(quiet(part)) if len(quiet(part)) <= _ODD else None
    return (found["what"] or found["that"])[:2] if found else ""


def puzzled(message: str, last: str) -> Missed | None:
    """How a message wonders at what she said last ("1번이 뭐여ㅋㅋ 파스 붙일까"), None if it does not."""
    first, *rest = clauses(uncalled(message))
    word = _wonders(first)
    return Missed("", "", " ".join(rest)) if word and word in last else None


def _hers(said: str) -> str:
    for pattern, hers in _SHIFT:
        said = pattern.sub(hers, said)
    return said


def quoted(past: Sequence[str]) -> str:
    """The last earlier message that is about something and does not itself complain, cut to QUOTE letters."""
    told = [p for p in past if content(p) and missed(p) is None]
    return _cut((told or list(past))[-1])


def _cut(text: str) -> str:
    said = " ".join(uncalled(text).split())
    return said if len(said) <= QUOTE else said[:QUOTE].rsplit(" ", 1)[0] + "…"


_WHAT = re.compile(r"못 들었|무슨 일(?:이(?:야|었|길래)|인데|인지)|어떤 상황인지|고민을 두 줄|낱말 하나|무슨 고민|한 줄만 (?:적|알려|써)|뭔데\?")
TOLD_LENGTH = 20
"""Letters of a message that has told something."""


def asks_what(answer: str, message: str) -> bool:
    """Whether `answer` asks what it is about though `message` has told it. Of 166 such answers judged beside a later message 5 % were good, of the 19,096 others 18 %."""
    return len(message) >= TOLD_LENGTH and bool(_WHAT.search(answer))
