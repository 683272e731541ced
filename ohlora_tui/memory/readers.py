"""How a rule's match becomes a memory: names, likes, weather, what befell somebody, plans. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from ohlora_tui.memory import days, lexicon
from ohlora_tui.memory.candidates import day_word
from ohlora_tui.memory.verbs import nominal
from ohlora_tui.memory.wording import closed
from ohlora_tui.records import Memory

Maker = Callable[["re.Match[str]", datetime], "Memory | None"]


def plain(key: str, value: str) -> Memory | None:
    value = re.sub(
        r"^(?:이제|요즘|진짜|원래|사실|나|난|나는|저|저는|내가|우리|또|너무|완전|그|이|저희|오늘|드디어|방금)\s",
        "",
        value.strip(" ,.!?~…"),
    )
    return Memory(key, value) if value and not re.fullmatch(lexicon.NOT_VALUES, value) else None


def named(m: re.Match[str], _now: datetime) -> Memory | None:
    """A name with its copula: 민수야 -> 민수, 지훈이야 -> 지훈, 하은이에요 -> 하은."""
    key = m.groupdict().get("k") or ""
    who = m.groupdict().get("who") or ""
    name = bare_name(m["v"])
    if not name or re.fullmatch(lexicon.NOT_VALUES, name):
        return None
    if who in lexicon.ANIMALS:
        return Memory("반려동물", f"{who} {name}")
    if who:
        return Memory(who, name)
    return Memory(key or "이름", name)


def bare_name(word: str) -> str:
    for tail in (
        "이라고",
        "라고",
        "입니다",
        "이에요",
        "이예요",
        "예요",
        "이야",
        "야",
        "임",
        "이고",
        "인데",
        "이거든",
        "이었음",
        "였음",
        "이었어",
        "였어",
    ):
        head = word[: -len(tail)]
        if word.endswith(tail) and head:
            return head if tail[0] != "이" or closed(head) else f"{head}이"
    return ""


def category(m: re.Match[str], _now: datetime) -> Memory | None:
    """좋아하는/싫어하는 with the kind of thing, by the small lexicon; else 것. A person is not read."""
    thing = re.sub(r"^.*(?:고|서|데|지만|니까|요|어|다) ", "", m["v"].strip())
    thing = bare(re.sub(rf" ?{lexicon.ADVERBS}$", "", thing).strip())
    thing = re.sub(r"는 ?(?:거|것|게)$", "는 거", thing)
    if not thing or re.search(lexicon.PERSONAL, thing) or re.search(r"(?:^|\s)(?:안|못|난|나는|너무)$", thing):
        return None
    if re.fullmatch(lexicon.NOT_VALUES, thing):
        return None
    if re.search(lexicon.PASTIME, thing) and not m.re.groupindex.get("no"):
        return Memory("취미", thing)
    verb = "싫어하는" if m.re.groupindex.get("no") else "좋아하는"
    kind = next(
        (
            kind
            for kind, words in lexicon.THINGS.items()
            if thing.split()[-1] in words or any(thing.endswith(w) for w in words if len(w) > 1)
        ),
        "것",
    )
    return Memory(f"{verb} {kind}", thing)


def bare(thing: str) -> str:
    """A noun without its particle; words that only look so (떡볶이, 고양이, 제주도) stay."""
    if re.search(lexicon.KEEP_TAIL, thing) or any(thing.split()[-1] in words for words in lexicon.THINGS.values() if thing):
        return thing
    return re.sub(r"(?:을|를|은|는|도|이|가)$", "", thing)


def food(m: re.Match[str], _now: datetime) -> Memory | None:
    return plain(
        "먹고 싶은 음식",
        re.sub(r"^.*(?:고|서|데|다|어|워|은|는|엔|에) ", "", bare(re.sub(rf" ?{lexicon.ADVERBS}$", "", m["v"].strip()))),
    )


def bought(m: re.Match[str], _now: datetime) -> Memory | None:
    thing = bare(m["v"].strip())
    if thing.split()[-1] in lexicon.ANIMALS:
        return Memory("반려동물", thing)
    return None if re.search(lexicon.NOT_BOUGHT, thing) else plain("산 것", thing)


def weather(m: re.Match[str], now: datetime) -> Memory | None:
    named = [d for d in days.find(m.string, now.date()) if d.start == d.end]
    word = {0: "오늘", 1: "내일", 2: "모레"}.get((named[0].start - now.date()).days) if named else "오늘"
    what = m["v"]
    return Memory(f"{word} 날씨", lexicon.WEATHER.get(what, what)) if word else None


def clause_noun(m: re.Match[str], _now: datetime) -> Memory | None:
    """A subject and what befell it, as a noun phrase: 엄마가 입원하셨어 -> [엄마: 입원하심]."""
    head = (m.groupdict().get("pre") or "").strip()
    value = f"{head} {nominal(m['v'])}".strip()
    return Memory(lexicon.KIN.get(m["k"], m["k"]), value) if value != m["v"] else None


def phrase(key: str) -> Maker:
    """The whole matched phrase as a noun form: 머리 아파 -> [건강: 머리 아픔]."""

    def make(m: re.Match[str], _now: datetime) -> Memory | None:
        words = m["v"].split()
        last = re.sub(r"^(합격|불합격|통과|탈락|당선|퇴원|졸업)[함됨]$", r"\1", nominal(words[-1]))
        return Memory(key, " ".join([*words[:-1], last]))

    return make


_DROP_ME = re.compile(r"^(?:나는?|난|나도|저는?|전|내가|제가|우리|근데|아니|사실|로라야)\s+")


def plan(m: re.Match[str], now: datetime) -> Memory | None:
    """A day and what happens on it: the words between are the value, the verb of going and doing as the user said it."""
    text, said = m.string, now.date()
    found = days.find(text, said, past=days.past(text))
    if len(found) != 1:
        return None
    day = found[0]
    before = re.split(r"[.,!?~…]\s*", text[: day.at])[-1]
    behind = re.sub(r"^(?:에는|에|은|는|이|까지(?:야)?|부터|도)?(?=\s|$)", "", text[day.to :])
    first = re.split(r"[.,!?~…]", behind)[0]
    phrase = event(" ".join(f"{_DROP_ME.sub('', before + ' ')} {_DROP_ME.sub('', first.strip() + ' ')}".split()))
    if not phrase:
        return None
    named = text[day.at : day.to]
    narrow = re.search(r"(?:[월화수목금토일](?:요일|욜)|주말)$", named)
    word = day_word(day.start, day.end, said, week=bool(narrow))
    place = (
        f"{narrow[0]}에 "
        if word in ("이번 주", "다음 주", "지난주") and narrow
        else f"{named}에 "
        if word in ("향후", "지난")
        else ""
    )
    return Memory(f"{word} 일정", place + phrase)


def event(text: str) -> str:
    """The event of a plan's words: `친구랑 카페 가기로 했어` -> `친구랑 카페 가기로 함`, `면접 보는데 긴장돼` -> `면접`; "" if none is clear."""
    if re.search(r"(?:가|하|보|먹|놀)자(?:$|\s)|(?:할|볼|갈)래(?:$|\s)|어때", text):
        return ""
    if promised := re.match(r"(.{1,30}?기로) (?:했|함|약속)", text):
        return f"{promised[1]} 함"
    hour = r"(?:오전 |오후 )?(?:\d{1,2}|[한두세네] ?|다섯|여섯|일곱|여덟|아홉|열한?|열두)시(?: ?반)?"
    if timed := re.search(
        rf"(?P<e>{lexicon.EVENTS})(?:이|은|을)? (?P<h>{hour})(?:에|로)? ?(?:예약|바뀌|바뀜|변경|옮|미뤄|미뤘|당겨|잡|이야|야|임|로)",
        text,
    ):
        return f"{timed['h']} {timed['e']}"
    noun = re.search(rf"(?P<pre>(?:\S+ ){{0,3}}?)(?P<e>\S*?(?:{lexicon.EVENTS}))(?P<tail>{lexicon.EVENT_TAIL})", text)
    if noun and not re.search(r"아니|취소|없", text[noun.end("e") :][:6]):
        pre = re.sub(r"^.*\S(?:다|요|어|까|해|지|자|야|임|음|함)(?: |$)", "", noun["pre"])
        pre = re.sub(r"(?:^|(?<= ))(?:나는?|난|또|꼭|드디어|근데|벌써|진짜|바로) ", "", pre)
        pre = re.sub(r"^\S+(?:서|고|데|니까|라|며) ", "", pre)
        return f"{pre}{noun['e']}".strip()
    if must := re.match(r"(?P<v>\S+(?: \S+){0,3}?)(?:야) (?:해|돼|됨|함|하는데|되는데|한다|된다)", text):
        return f"{must['v']}야 함" if "뭐" not in must["v"] else ""
    if meeting := re.match(r"(?P<v>\S+(?:이랑|랑|하고)|\S+) 만나(?:$|는|기로)", text):
        return f"{meeting['v']} 만남"
    if trip := re.match(rf"(?P<v>{lexicon.TRIPS})(?:에|로|으로)? ?(?:가는데|간다|가|놀러|여행)", text):
        return trip["v"]
    if going := re.match(
        r"(?P<v>\S+(?: \S+){0,2}?)(?:에|로|으로|을|를)? (?:가|간다|감|가요|가는데|갈 거야|갈거야|놀러 가)(?=$|\s)", text
    ):
        return re.sub(r"러$", "기", going["v"]) if not re.search(rf"{lexicon.ADVERBS}$|왜|뭐|안$|못$", going["v"]) else ""
    return ""
