"""May a row written for one message answer another? Same event, polarity, number and person, or not at all. Pure text.

`conflicts(said, written, answer, near)` -> every reason against it (suits.py: which forbid, which only weigh). It looks for what a near message must share:
events (with their opposites), beings, negation, numbers, days, mood (did, wants to, asks), who is spoken of, and that her answer
speaks of nothing that only the other message said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ohlora_tui.words import content
from ohlora_tui.written.denial import negation
from ohlora_tui.written.events import (
    AIMED,
    APART,
    ARITHMETIC,
    AXES,
    AXIS_PATTERNS,
    BEING_PATTERNS,
    CAUSE,
    COUNT,
    DAY_PATTERNS,
    EX,
    KNOWN,
    ME,
    MISTAKEN,
    MOOD_PATTERNS,
    MYSELF,
    NUMBER,
    QUESTION,
    ROLE_PATTERNS,
    STATES,
    STRONG,
    YOU,
)
from ohlora_tui.written.roots import FILLERS, alike, root
from ohlora_tui.written.special import asks, elsewhere, misnamed, narrower, not_yet, other_question, special, suffered

Near = Callable[[str, str], float]
"""Cosine of two words."""
SAME_NOUN, SAME_VERB = 0.5, 0.33
"""Cosines above which a word is held to be said in other words (무서워 ~ 불안해 .34, 운동 ~ 헬스 .39, 열쇠 ~ 우산 .3)."""

GREETING = re.compile(r"^((?:로라야? |오로라야? )?(?:안녕|하이|헬로|반가워|굿모닝|좋은 아침)(?:하세요)?)[?~!. ]+$")
"""A greeting asks nothing, whatever mark ends it: "안녕?" is "안녕"."""

FILLER = re.compile(r"(?<![가-힣])(?:진짜로?|정말로?|너무+|완전|되게|엄청|아주|겁나|방금|이제|그냥|막|진심)\s+(?=[가-힣])")
"""Words that change nothing of what is told."""

_LOUD = "!~.… "
"""Marks that change nothing at the end of a message; a question mark may."""


def conflicts(said: str, written: str, answer: str, near: Near) -> frozenset[str]:
    """Why an answer written for `written` must not be given to `said` (both without calls and laughter), by the names of CHECKS."""
    said, written = GREETING.sub(r"\1", said), GREETING.sub(r"\1", written)
    if said.rstrip(_LOUD) == written.rstrip(_LOUD):
        return frozenset()
    said, written = FILLER.sub("", said), FILLER.sub("", written)
    return frozenset(name for name, check in CHECKS if check(said, written, answer, near))


def asks_back(said: str) -> bool:
    """The user asks about themselves (내 이름 뭐게?, 나 뭐 좋아한다고 했지?): only what is remembered can answer."""
    return bool(ME.search(said)) and bool(QUESTION.search(said)) and bool(KNOWN.search(said))


def poles(axis: int, text: str) -> frozenset[int]:
    """Which ends of an event axis `text` stands on; spaces do not count (잠이 안 와 = 잠이안와)."""
    run = text.replace(" ", "")
    return frozenset(i for i, pattern in enumerate(AXIS_PATTERNS[axis]) if pattern.search(run))


def moods(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in MOOD_PATTERNS.items() if pattern.search(text))


def beings(text: str) -> frozenset[tuple[int, int]]:
    """(group, being) of everyone `text` names."""
    return frozenset((g, i) for g, group in enumerate(BEING_PATTERNS) for i, pattern in enumerate(group) if pattern.search(text))


def numbers(text: str) -> frozenset[str]:
    return frozenset(NUMBER.findall(text)) | frozenset(COUNT.findall(text))


_NATIVE = ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열")


def _size(number: str) -> float:
    """2, 12.5, 두 -> 2., 12.5, 2.; 0 for what is no number."""
    if number in _NATIVE:
        return _NATIVE.index(number) + 1.0
    return float(number.replace(",", "")) if NUMBER.fullmatch(number) else {"백": 100.0, "천": 1e3, "만": 1e4}.get(number, 0.0)


_BELIEVED = re.compile(r"줄 ?알[았고]")
"""잃어버린 줄 알았는데: what was believed did not happen."""


def _events(said: str, written: str, answer: str, near: Near) -> bool:
    if bool(_BELIEVED.search(said)) != bool(_BELIEVED.search(written)):
        return True
    for axis in range(len(AXES)):
        mine, theirs = poles(axis, said), poles(axis, written)
        if axis < len(STRONG):
            if mine != theirs:
                return True
        elif (mine and theirs and not mine & theirs) or (theirs - mine and theirs & poles(axis, answer)):
            return True
    return False


_WHO = re.compile(r"누구|누가|누굴")


def _beings(said: str, written: str, answer: str, near: Near) -> bool:
    """The row names someone else: of another group, or taken up in her answer; or she asks who it was though it was said."""
    mine, theirs = beings(said), beings(written)
    extra = theirs - mine
    mistaken = {g for g, i in (beings(answer) - mine) & MISTAKEN} & {g for g, i in mine & MISTAKEN}
    if mistaken:
        return True
    if extra & beings(answer) or {g for g, _ in extra} - {g for g, _ in mine}:
        return True
    if any(g == EX for g, _ in mine) and not theirs:
        return True  # news of a former love is no plain news
    return bool(mine and not theirs and (_WHO.search(answer) or beings(answer) - mine or YOU.search(written)))


def _numbers(said: str, written: str, answer: str, near: Near) -> bool:
    mine, theirs = numbers(said), numbers(written)
    sizes = [sorted(_size(n) for n in found) for found in (mine, theirs)]
    if all(sizes) and (max(sizes[0][-1], sizes[1][-1]) >= 2 * min(sizes[0][-1], sizes[1][-1])):
        return True  # 2시간 is not 12시간, whatever she answers
    if ARITHMETIC.search(said + " " + written):
        return mine != theirs or bool(ARITHMETIC.search(said)) != bool(ARITHMETIC.search(written))
    return bool((theirs - mine) & numbers(answer)) or bool(mine and theirs and mine != theirs and numbers(answer))


def _days(said: str, written: str, answer: str, near: Near) -> bool:
    mine, theirs, spoken = ({n for n, p in DAY_PATTERNS.items() if p.search(t)} for t in (said, written, answer))
    ahead = ("future" in mine and "did" in moods(written) - moods(said)) or (
        "future" in theirs and "did" in moods(said) - moods(written)
    )
    if ahead or (mine and theirs and not mine & theirs) or (mine != theirs and mine and spoken and not mine & spoken):
        return True  # an answer to 내일 소풍 가 may well speak of tonight
    return bool(theirs - mine - {"today"})


def _wish(said: str, written: str, answer: str, near: Near) -> bool:
    """One wishes what the other does or is (키우고 싶어, 키우고 있어), or each wishes another thing (끊고 싶어, 피우고 싶어)."""
    if ("wish" in moods(said)) != ("wish" in moods(written)):
        return True
    verbs = [AIMED.findall(t) for t in (said, written)]
    return all(verbs) and not any(a == b or alike(a, b) >= 0.85 or near(a, b) >= SAME_NOUN for a in verbs[0] for b in verbs[1])


_UNDER_WAY = re.compile(r"[가-힣]+는 (?:중|길)")


def _done(said: str, written: str, answer: str, near: Near) -> bool:
    """One is done what the other does, or one is over that the other is at or before: 가는 중이야, 갔다 왔어."""
    for one, other in ((said, written), (written, said)):
        if _UNDER_WAY.search(one) and not _UNDER_WAY.search(other) and "did" in moods(other):
            return True
    return suffered(said, written) or not_yet(said, written)


_ASKED_FACT = re.compile(r"어디|뭐|무엇|몇|누구|언제|얼마|왜|어떻게")


def _fact(said: str, written: str, answer: str, near: Near) -> bool:
    """Two questions of fact about two things: 한국의 수도, 일본의 수도."""
    if not (_ASKED_FACT.search(said) and _ASKED_FACT.search(written)) or any(p.search(t) for p in (YOU, ME) for t in (said, written)):
        return False
    lost = [[w for w in _missing(content(a), b, near) if not _VERB.search(w)] for a, b in ((said, written), (written, said))]
    return all(lost)


def _moods(said: str, written: str, answer: str, near: Near) -> bool:
    mine, theirs = moods(said), moods(written)
    if "ask" in theirs - mine and not ("should" in mine or QUESTION.search(said)):
        return True
    if mine & theirs or not mine or not theirs:
        return False
    return all(frozenset((a, b)) in APART for a in mine for b in theirs)


def _person(said: str, written: str, answer: str, near: Near) -> bool:
    you, me = (bool(YOU.search(said)), bool(YOU.search(written))), (bool(ME.search(said)), bool(ME.search(written)))
    if you[0] and not me[0] and me[1] and not you[1]:
        return True
    if you[1] and not me[1] and me[0] and not you[0]:
        return True
    asked = (asks(said), asks(written))
    if asked[0] != asked[1] and (said.endswith(("?", "까")) or written.endswith(("?", "까"))):
        return True  # asking is not telling: "나 사랑해?" and "사랑해"
    return you[0] != you[1] and asked[0] != asked[1]


_VERB = re.compile(
    r"(?:[어아다해네요까서고래러냐야함됨]|음$|는데|은데|인데|한데|으면|하면|하지|[했었았]지|는지|니까|하자|하게|되게|하니|했니|줘|돼|봐|와|워|져|쳐|려|여)$|싶|있|없|같|했|하는|되는"
)
"""An inflected word, by its ending; a few nouns (바다, 영어) look like one."""


def _missing(words: Sequence[str], other: str, near: Near) -> list[str]:
    """Words (two letters and more) that `other` does not say, not even by a near word: nouns must be nearer than verbs."""
    theirs = [w for w in content(other) if w not in words]  # what both say cannot stand for something else as well
    run, rooted = other.replace(" ", ""), {root(w) for w in other.split()} - {""}
    lost = []
    for word in words:
        if word in run if len(word) > 1 else any(word in w for w in other.split()):
            continue
        if root(word) in rooted:
            continue
        enough, letters = (SAME_VERB, 0.5) if _VERB.search(word) else (SAME_NOUN, 0.85)
        verb = enough == SAME_VERB
        if not any((near(word, w) >= enough and (verb or not _VERB.search(w))) or alike(word, w) >= letters for w in theirs):
            lost.append(word)
    return lost


def _unsaid(said: str, written: str, answer: str, near: Near) -> bool:
    """Her answer takes up a word that only the other message has."""
    return any(len(word) > 1 and word[:2] in answer for word in _missing(content(written), said, near))


def _other(said: str, written: str, answer: str, near: Near) -> bool:
    """Each names a thing that the other does not: 열쇠 두고 왔어 and 우산 두고 왔어. Beings have their own check."""
    mine, theirs = (
        [w for w in _missing(content(a), b, near) if not _VERB.search(w) and not beings(w) and _size(w) == 0]
        for a, b in ((said, written), (written, said))
    )
    if narrower(said, theirs):
        return True
    someone = said.endswith("?") and bool(ME.search(written) or YOU.search(written)) and not (ME.search(said) or YOU.search(said))
    return bool(mine and (theirs or someone or "어디가" in answer))  # 마라탕 좋아해? is not 나 좋아해?


_BLAMED = re.compile(r"([가-힣]+) ?때문")


def _causes(said: str, written: str, answer: str, near: Near) -> bool:
    """Each tells another cause, or one of them a feeling as the cause of what the other tells without: 설레서 잠이 안 와."""
    mine, theirs = ([w for w in t.split() if CAUSE.search(w)] for t in (said, written))
    felt = any(STATES.search(w) for w in (*mine, *theirs))
    return bool((mine and theirs) or felt) and not _same_cause(mine, theirs, near)


def _because(said: str, written: str, answer: str, near: Near) -> bool:
    """The row tells a cause (… 때문에, 늦어서 …) that the message does not tell."""
    mine, theirs = ([w for w in t.split() if CAUSE.search(w)] for t in (said, written))
    blamed = _BLAMED.findall(written)
    if any(w not in said and not any(near(w, v) >= SAME_NOUN for v in content(said)) for w in blamed):
        return True
    return bool(theirs) and not _same_cause(mine, theirs, near)


def _same_cause(mine: Sequence[str], theirs: Sequence[str], near: Near) -> bool:
    return any(a == b or alike(a, b) >= 0.7 or near(a, b) >= 0.6 for a in mine for b in theirs)


def roles(text: str) -> dict[tuple[int, int], str]:
    """What each being does in `text`: acts, receives, is with one, is the cause; only where a particle says so."""
    found = {being: next((role for role, p in patterns if p.search(text)), "") for being, patterns in ROLE_PATTERNS.items()}
    return {being: role for being, role in found.items() if role}


def _roles(said: str, written: str, answer: str, near: Near) -> bool:
    """Who does it to whom: 친구가 울어 is not 친구 때문에 울었어; 친구가 늦었어 is not 내가 늦었어."""
    mine, theirs = roles(said), roles(written)
    if any(mine[b] != theirs[b] for b in mine.keys() & theirs.keys()):
        return True
    for one, roled, other in ((said, mine, written), (written, theirs, said)):
        if "acts" in roled.values() and MYSELF.search(other) and not MYSELF.search(one) and not beings(other):
            return True
    return False


def _less(said: str, written: str, answer: str, near: Near) -> bool:
    """A row of a single word that is no state of mind answers only for itself."""
    row, mine = content(written), [w for w in content(said) if w not in FILLERS]
    if len(row) == 1 and mine and not any(w[0] == row[0][0] or near(w, row[0]) >= SAME_NOUN for w in mine):
        return True  # 지쳐 is not 닥쳐, however alike they are spelled
    return len(row) <= 1 and not STATES.search(written) and bool(_missing(mine, written, near))


CHECKS: tuple[tuple[str, Callable[[str, str, str, Near], bool]], ...] = (
    ("asked", lambda said, written, answer, near: other_question(said, written)),
    ("done", _done),
    ("fact", _fact),
    ("aim", lambda said, written, answer, near: elsewhere(said, written)),
    ("special", lambda said, written, answer, near: special(said, written, answer)),
    ("number", _numbers), ("event", _events), ("being", _beings), ("negation", lambda said, written, answer, near: negation(said, written)),
    ("day", _days), ("wish", _wish), ("mood", _moods), ("person", _person), ("unsaid", _unsaid), ("other", _other), ("less", _less), ("cause", _causes), ("because", _because), ("role", _roles), ("name", lambda said, written, answer, near: misnamed(said, written, answer)),
)  # fmt: skip
