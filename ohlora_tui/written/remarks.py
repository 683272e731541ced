"""What she says to a verb and the words beside it where no row knows the matter: "팀장한테 혼났어" is answered as what being told off is.

message -> its last clauses -> verbs (predicates.py) and words -> the lines of the most telling place of remarks.tsv, one of them. Pure text.

remarks.tsv: verb, with, mode, who, tone, answer, summary. `with`: words of which one must stand in the clause (a|b); verb `-`: the words
alone; 이다: what something is. `who`: me, other, any. `tone`: ㅋ, ㅠ or empty. {무엇} is the word of `with` that was found; `*` is whatever
noun stands right before the verb.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ohlora_tui.errors import ModelError
from ohlora_tui.words import uncalled
from ohlora_tui.written.clauses import clauses, heart
from ohlora_tui.written.cue import question
from ohlora_tui.written.predicates import ANY, ASK, DID, DOES, MODES, SHALL, Reader, Said

FILE = "remarks.tsv"
ALONE, IS, WHATEVER = "-", "이다", "*"
WHATEVER_WORTH = 0.5
"""How much more telling a place is that says back whatever noun stands before the verb."""
WITH, MODE, WHO, TONE, LAST = 4.0, 2.0, 1.0, 1.0, 3.0
"""How much more telling a place is that names a word, a mode, whose deed it is, a tone, and one whose verb ends the clause."""
BARE = 2.0
"""How much less a word tells without a verb."""
LONGEST = 160
"""Letters of a clause that are read, the last ones: 2,100 took 16 s."""
COMPOUND = 3
"""Letters from which a noun may end another (영어학원); "주신거지" is no 거지."""
FRAGMENT = 3
"""Words of a clause that only names something: "그냥 동네 강아지"."""
CLAUSES = 2
"""Clauses read, the last ones: what was said before them has been left behind."""
TRAILING = 2
"""Words of a last clause that may only trail the one before it: "팀장한테 혼났어. 하 진짜"."""
EARLIER = 1.0
"""How much less a clause before the last one tells."""
LEAST = 3.0
"""How telling a place must be: a verb that ends the message, or a word beside it."""
_SIGNS = re.compile(r"[ㅋㅎㅠㅜㅡ~!.…^;,\"“”'‘’()]+")
_TYPED = re.compile(r"[햇겟엇앗왓갓봣됫줫](?=[어다는네지음고던습거])")
"""ㅅ typed for ㅆ."""
_LAUGHS, _CRIES = re.compile("[ㅋㅎ]{2,}"), re.compile(r"[ㅠㅜ]|(?:^|\s)(?:하|휴|에휴|후|하아)[.…~ㅠ]")
_IS = re.compile(
    r"(?:들)?(?:이야|야|이에요|예요|에요|이요|요|이고|고|인데|ㄴ데|이라|라|이라서|라서|이지|지|이었\S*|였\S*|이잖아|잖아|임|이네|네|이다|다|입니다|이거든|거든|거든요|이래|래|인가|이더라|더라|이구|이여|여|인 듯|일걸)?(?:요)?"
)
"""What 이다 looks like behind its noun; a fragment is its noun alone."""
_MARKED = re.compile(r"([가-힣A-Za-z0-9]{2,8}?)(?:이랑|이|가|을|를|은|는|도|만|까지)")
_VERBAL = tuple("같다 하다 되다 있다 없다 했다 었다 았다 괜찮 좋 많 싫 같 없 있 않 높 낮 늦 작 적 다 자고 라고 냐 하 되 면서 으면 니까 어서 아서 는데 지만 까 네 거 게 것 걸 건 때 줄 수 데".split())
"""What stands before a particle and is no thing: "괜찮은", "먹는", "할 수가"."""
_NO_THING = frozenset(
    "나 너 내 네 저 제 우리 너희 이거 그거 저거 이것 그것 뭔가 하나 둘 다들 아무 아무것 아무도 누가 오늘 내일 어제 요즘 지금 이번 다음 처음 마지막 아직 자꾸 너무 진짜 그냥 사실 이제 아까 방금 여기 거기 저기 얼마 조금 많이 자주 가끔 맨날 매일 항상 혼자 같이 서로 먼저 나중 무슨 어떤 모르 생각 마음 정도 때문".split()
)
_WHICH = re.compile(r"(?:^|\s)(?:뭐|뭘|뭔|무슨|어떤|어디|어딜|언제|누구|누가|몇|왜|어떻게|얼마)(?:\S{0,3})? (?:\S+ ){0,5}\S*(?:지|까|냐|나|대|해|돼|야|니|좋아|나아|하노|노)(?:요)?$|(?:^|\s)(?:뭐|뭘|어디|언제)\S{0,4}(?:지|까|나)(?:요)?$|(?:아시|있|없|되|하)는지요?$|추천(?: ?좀)?(?: ?해 ?줘| ?부탁\S*| ?점)?$")
"""뭐 먹지, 어떻게 해: asks without a question mark."""
_TURN = re.compile(r"(?:는데|은데|한데|던데|지만|거든|길래|더니|야지|니까|는지|ㄹ지)(?:요)? (?=.)")
"""Behind it another matter begins: what stands before it is not beside the verb."""
_WAS = re.compile(r"이었|였")
_PARTICLE = r"(?:들)?(?:이랑|랑|하고|이나|나|이|가|을|를|은|는|도|만|에|에서|에게|한테|께|으로|로|의|와|과|까지|부터|처럼|보다|마다|밖에|라도|이라도|쯤|씩|들|요|이요)?"
_PERSON = re.compile(
    r"(?:^|\s)(?:[가-힣]{0,4}(?:엄마|아빠|어머니|아버지|부모님|할머니|할아버지|언니|누나|오빠|동생|남편|신랑|아내|와이프|집사람|마누라|영감|할멈|아들|딸|아이|아기|애기|손주|손녀|손자|며느리|사위|시어머니|장모|이모|고모|삼촌|조카|"
    r"친구|남친|여친|남자친구|여자친구|애인|짝꿍|선배|후배|동기|동료|팀장|부장|과장|대리|실장|사장|소장|점장|상사|선임|사수|손님|고객|선생|쌤|교수|담임|원장|의사|간호사|기사|아저씨|아줌마|이웃|옆집|윗집|아랫집|주인|경찰|강아지|고양이|댕댕이|냥이)"
    r"|걔|얘|쟤|애|형|누가|남들|사람들|아무도|상대|그 ?사람|그분|[가-힣]{1,3}이)(?:들|님|네|분)?(?:이|가|은|는|께서|도|만|들이)(?=\s)|(?:^|\s)(?:다들|애들|아무도|모두)(?=\s)"
)
"""Somebody else as the one who does it."""
_SUBJECT = re.compile(r"[가-힣]{2,}(?:은|는|이|가|도|께서)(?=\s)|(?:^|\s|[가-힣])[건게]\s|걔|얘")
_MINE = re.compile(r"(?:^|\s)(?:나|난|내가|나는|나도|나만|저|전|제가|저는|저도|저만|우리)(?=\s)")


@dataclass(frozen=True, slots=True)
class Remark:
    """One written line and when it may be said."""

    verb: str
    beside: tuple[str, ...]
    mode: str
    who: str
    tone: str
    answer: str
    summary: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """The lines of the most telling place of a message, what stands in their slot, and how telling the place is."""

    lines: tuple[tuple[str, str], ...]
    thing: str
    worth: float


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    said: tuple[Said, ...]
    asked: bool
    tone: frozenset[str]
    earlier: bool


class Remarks:
    """All lines, by verb."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self._by_verb: dict[str, list[Remark]] = {}
        for remark in remarks:
            self._by_verb.setdefault(remark.verb, []).append(remark)
        self._words = frozenset(word for remark in remarks for word in remark.beside)
        self._reader = Reader(verb for verb in self._by_verb if verb not in (ALONE, IS))

    @classmethod
    def load(cls, path: Path) -> Remarks:
        """ModelError if the file is missing or malformed."""
        try:
            with path.open(encoding="utf-8", newline="") as handle:
                return cls([_remark(row) for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)])
        except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError) as wrong:
            raise ModelError(f"{path} 대꾸하는 말을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    def fitting(self, message: str) -> Fitting | None:
        """What she can say to `message`, None if it holds no verb or word that has lines."""
        found: dict[tuple[float, str], list[tuple[str, str]]] = {}
        read = self._clauses(message)
        if len(read) > 1 and len(read[-1].text.split()) > TRAILING:
            read = read[-1:]
        for clause in read:
            for remark, worth, thing in self._of(clause):
                if worth >= LEAST:
                    found.setdefault((worth, thing), []).append((remark.answer, remark.summary))
        if not found:
            return None
        worth, thing = max(found, key=lambda place: place[0])
        return Fitting(tuple(found[worth, thing]), thing, worth)

    def _clauses(self, message: str) -> list[_Clause]:
        parts = clauses(heart(uncalled(message)))[-CLAUSES:]
        tone = frozenset(sign for sign, pattern in (("ㅋ", _LAUGHS), ("ㅠ", _CRIES)) if pattern.search(message))
        made = []
        for at, part in enumerate(parts):
            text = " ".join(_SIGNS.sub(" ", _TYPED.sub(_closed, part[-LONGEST:])).split())
            made.append(_Clause(text, tuple(self._reader.read(text, self._words)), bool(question(part) or _WHICH.search(text)), tone, at < len(parts) - 1))
        return made

    def _of(self, clause: _Clause) -> Iterable[tuple[Remark, float, str]]:
        """Every line that suits the clause, how telling its place is, and the word that was found."""
        off = EARLIER if clause.earlier else 0.0
        for said in clause.said:
            for remark in self._by_verb[said.verb]:
                if (worth := _worth(remark, said, clause)) is not None:
                    yield remark, worth[0] - off, worth[1]
        for remark in self._by_verb.get(IS, ()):
            if thing := _is(remark, clause):
                yield remark, _fixed(remark) + LAST - off, thing
        for remark in self._by_verb.get(ALONE, ()):
            if (thing := _beside(remark, clause.text)) and _asked_alike(remark, clause) and _toned(remark, clause):
                yield remark, _fixed(remark) + (LAST if _all_of(clause, thing) else -BARE) - off, thing


def _all_of(clause: _Clause, thing: str) -> bool:
    """Whether a word is what the clause is about: a few words without a verb, it the last of them; or a phrase that ends it."""
    if " " in thing:
        return len(clause.text[clause.text.rindex(thing) :].split()) <= len(thing.split())
    words = clause.text.split()
    return not clause.said and len(words) <= FRAGMENT and _names(words[-1], thing)


def _remark(row: dict[str, str]) -> Remark:
    if row["mode"] not in MODES or row["who"] not in ("me", "other", "any") or row["tone"] not in ("", "ㅋ", "ㅠ"):
        raise ValueError(f"{row['verb']}: {row['mode']}, {row['who']}, {row['tone']}")
    beside = tuple(word for word in row["with"].split("|") if word)
    return Remark(row["verb"], beside, row["mode"], row["who"], row["tone"], row["answer"], row["summary"])


def _fixed(remark: Remark) -> float:
    return (WHATEVER_WORTH if remark.beside == (WHATEVER,) else WITH * bool(remark.beside)) + MODE * (remark.mode != ANY) + WHO * (remark.who != ANY) + TONE * bool(remark.tone)


def _worth(remark: Remark, said: Said, clause: _Clause) -> tuple[float, str] | None:
    """How telling a line's place is for a verb that was found, and the word beside it; None if it does not suit."""
    begins = max(0, _last_end(_TURN, clause.text[: said.at]))
    thing = _beside(remark, clause.text[begins : said.at] if remark.beside == (WHATEVER,) else clause.text[begins:])
    mode = ASK if clause.asked and said.last and said.mode != SHALL else said.mode
    if remark.mode not in (mode, ANY) or (remark.beside and not thing) or not _toned(remark, clause) or not _whose(remark, said, clause):
        return None
    return (_fixed(remark) + LAST, thing) if said.last else None


def _whose(remark: Remark, said: Said, clause: _Clause) -> bool:
    if remark.who == ANY:
        return True
    before = f"{clause.text[: said.at]} "
    person, mine = _last_end(_PERSON, before), _last_end(_MINE, before)
    others = said.others or person > mine
    return others == (remark.who == "other")


def _closed(typed: re.Match[str]) -> str:
    """햇어 -> 했어."""
    return chr(ord(typed[0]) + 1)


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    return max((found.end() for found in pattern.finditer(text)), default=-1)


def _toned(remark: Remark, clause: _Clause) -> bool:
    return not remark.tone or remark.tone in clause.tone


def _asked_alike(remark: Remark, clause: _Clause) -> bool:
    """A line for a question answers one, any other none."""
    return (remark.mode in (ASK, SHALL)) == clause.asked if remark.mode != ANY else not clause.asked


def _beside(remark: Remark, text: str) -> str:
    """The word of `with` that stands in the clause, "" if none does: the front of a word, or all of a short one but its particle."""
    words = text.split()
    if remark.beside == (WHATEVER,):
        return found[1] if words and (found := _MARKED.fullmatch(words[-1])) and not found[1].endswith(_VERBAL) and found[1] not in _NO_THING and not _PERSON.search(f"{words[-1]} ") else ""
    return next((named for named in remark.beside if (" " in named and f" {named}" in f" {text}") or any(_names(word, named) for word in words)), "")


def _names(word: str, named: str) -> bool:
    return word.startswith(named) if len(named) > 1 else bool(re.fullmatch(named + _PARTICLE, word))


def _is_anothers(text: str) -> bool:
    """Whether something else than the user is said to be it: "누운 건 첫째고"."""
    before = text.rpartition(" ")[0] + " "
    return bool(_SUBJECT.search(before)) and not _MINE.search(before)


def _is(remark: Remark, clause: _Clause) -> str:
    """The word of `with` that the clause's last word is, "" if it is another."""
    last = clause.text.split()[-1:] or [""]
    for named in remark.beside:
        at = last[0].rfind(named)
        tail = last[0][at + len(named) :]
        if at < 0 or (at > 0 and len(named) < COMPOUND) or not _IS.fullmatch(tail) or (remark.who == "me" and _is_anothers(clause.text)):
            continue
        mode = ASK if clause.asked else DID if _WAS.match(tail) else DOES
        if remark.mode in (mode, ANY) and _toned(remark, clause):
            return named
    return ""
