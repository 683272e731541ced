"""What a friend has in mind though the retriever does not read it: a plan whose day has come, who or what the message names, what is at stake.

memories + now -> plans that read 오늘, 어제 or 내일 -> Recall, unused, score DUE, or ASKED where she spoke of them lately
memories + message -> illnesses where food or effort is spoken of, kin and things that are named, goals that are tempted -> Recall, unused, score TIED

Written because the retriever reads 41 of 120 memories that matter to a first message (150 cases, ten other memories beside each): it is made to be silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ohlora_tui.memory import calendar, keys
from ohlora_tui.records import ASKED, DUE, Memory, Recall

MOST = 2
"""Plans in mind at once."""
DAYS = ("오늘", "어제", "내일")
"""The day words of a plan that is due, nearest to the heart first."""
EVENING = 18
"""Hour of yesterday after which she has asked how it went if she spoke of it."""
TIED = 0.15
"""Relevance that such a memory counts: enough where a line names a word of the message (written/recollect.py), too little to be read."""
TIES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple((re.compile(known), re.compile(said)) for known, said in (
    (r"위염|위궤양|장염|역류|속 ?쓰|위장", r"커피|술|맥주|소주|한 ?잔|매운|불닭|마라|떡볶이|라면|야식"), (r"당뇨|혈당", r"케이크|단 ?[거것]|달달|디저트|초콜릿|빵|과자|아이스크림|콜라|떡|한 ?입|술"),
    (r"혈압|심장", r"라면|짠|찌개|국물|술|맥주|소주|사우나|담배"), (r"통풍|지방간|고지혈|콜레스테롤", r"술|맥주|소주|치킨|삼겹살|곱창|고기|야식"), (r"^\[알레르기", r"먹으러|시켜|시킬|회식|뷔페|맛집|먹을까|먹어 ?[보봐도]|한 ?입|간지|가려|두드러기|부었"),
    (r"허리|디스크|무릎|발목|관절|손목|어깨|골절|깁스", r"짐 |짐을|이사|운동|등산|뛰|달리|헬스|앉아|누워|들었|걸었|계단|쑤[시셔]"), (r"비염|천식", r"꽃가루|먼지|재채기|코[가를]|춥|청소"), (r"두통", r"머리|술|시끄"),
    (r"복용|약 |우울|공황", r"술|맥주|소주|약[을은도 ]|약 ?먹"),
    (r"금연|담배", r"담배|피우|피고|피웠|한 ?대|한 ?개비"), (r"금주|술 ?끊", r"술|맥주|소주|와인|한 ?잔"),
    (r"다이어트|감량|살 ?빼|살이|몸무게|\d ?(?:kg|키로|킬로)", r"먹|시켜|시킬|치킨|야식|라면|배고|땡[기긴겨]|킬로|키로|kg|빠졌|쪘|운동"),
    (r"저축|모으기|적금|절약|내 집", r"살까|지르|지름|질렀|샀|카드값|월급|통장|비싸|아이폰"), (r"만 ?보|걷기|러닝|달리기|헬스|운동", r"걸었|걷|걸음|\d보|뛰|운동|헬스|나가"),
    (r"시험|자격증|토익|합격|공무원|수능|편입|임용|취업|취준|면접", r"공부|책 |문제|독서실|집중|시험|모의|점수|면접|서류|자소서|불합|합격|떨어|붙"), (r"^\[(?:고민|건강|상태): [^\]]*(?:잠|불면)", r"커피|잠|깼|자\?|뒤척|새벽"),
    (r"^\[연인", r"보고 ?[싶시]|데이트|남친|여친|애인|기차표|썸|답장|읽씹"), (r"^\[반려동물", r"산책|츄르|사료|야옹|멍멍|강아지|고양이|냥이|댕댕|털"), (r"임신", r"허리|입덧|배가|태동|먹"),
    (r"^\[(?:사는 곳|고향)", r"바람|태풍|눈이? 온|비 온|미세먼지|춥|더워|바다"), (r"^\[여행 계획", r"여행|짐|캐리어|여권|비행기|숙소|환전|수영복|맛집"),
))  # fmt: skip
"""(a memory as it reads, a message it is tied to)."""
_WORD = re.compile(r"[가-힣]{2,}")
_COMMON = frozenset("오늘 내일 어제 친구 고양이 강아지 남자친구 여자친구 생일 계획 준비 시작 공부 운동 여행 일정".split())
_DUE = re.compile(rf"\[({'|'.join(DAYS)}) ")


def due(memories: Sequence[Memory], now: datetime, spoken_of: Callable[[datetime], Collection[int]]) -> tuple[Recall, ...]:
    """At most MOST plans of today, yesterday and tomorrow. `spoken_of(since)`: ids of the memories that an answer since then had in mind."""
    found: list[tuple[int, Recall]] = []
    for memory in memories:
        if keys.kind(memory.key).family == "plan" and not memory.pinned and (day := _DUE.match(text := calendar.render(memory, now))):
            found.append((DAYS.index(day[1]), Recall(memory, DUE, False, text)))
    if not found:
        return ()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today, lately = spoken_of(midnight), spoken_of(midnight - timedelta(hours=24 - EVENING))
    told = {"어제": lately}
    found = [(at, replace(r, score=ASKED if r.memory.id in told.get(DAYS[at], today) else DUE)) for at, r in found]
    return tuple(r for _, r in sorted(found, key=lambda pair: (pair[1].score, pair[0]))[:MOST])


def tied(memories: Sequence[Memory], message: str, now: datetime) -> tuple[Recall, ...]:
    """At most MOST memories that the message names (its kin, a word of its value) or is tied to by TIES, newest first."""
    fates = [known for known, said in TIES if said.search(message)]
    found = [m for m in memories if not m.pinned and (_named(m, message) or any(known.search(m.text) for known in fates))]
    return tuple(Recall(m, TIED, False, calendar.render(m, now)) for m in found[: -MOST - 1 : -1])


def _named(memory: Memory, message: str) -> bool:
    if keys.of_kin(memory.key, keys.kin_named(message), memory.value):
        return True
    return any(word[:4] in message for word in _WORD.findall(memory.value) if word not in _COMMON)


def beside(recalls: tuple[Recall, ...], plans: tuple[Recall, ...]) -> tuple[Recall, ...]:
    """What the message recalls, and the plans and tied memories behind it; one that is read for its words stays what it is."""
    read = {r.memory.id for r in recalls if r.used}
    fresh = tuple(r for r in plans if r.memory.id not in read)
    ids = {r.memory.id for r in fresh}
    return (*(r for r in recalls if r.memory.id not in ids), *fresh)
