"""How relevant is a memory to a message? The numbers that the calibration weighs, made alike in training and in chat.

cosine, words, overlap, time, family, silence --logistic weights--> relevance 0..1
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ohlora_tui.words import bigrams, content, normal, shared, times

FEATURES = (
    "cosine",
    "word",
    "overlap",
    "named",
    "same_time",
    "other_time",
    "time_plan",
    "family",
    "other_family",
    "need",
    "around",
    "told",
    "cosine_lead",
    "word_lead",
    "around_lead",
    "told_lead",
)
"""cosine of the texts; best cosine between a message word and a value word; shared bigrams;
any shared word; time words agree / disagree; a plan at the asked time; the message speaks of the key's family / only of others;
logit that the message needs a memory at all; how near the message is to what people say around the value, and how many of its words are said there (associations.py);
the leads: how far cosine, word, around and told stand above the best of the other memories. Recall at precision .92: .381 without, .428 with (valid)."""
RIVALS = {"cosine": 0.16, "word": 0.25, "around": 0.21, "told": 0.43}
"""What a rival counts at least: .7 of the median best of the others in pools of 20. A memory that stands alone leads by no more."""
SIGNS = (1, 1, 1, 1, 1, -1, 1, 1, -1, 1, 1, 1, 1, 1, 1, 1)
"""Which way each may pull: the little validation data must not teach that a shared time word speaks against a memory."""
LEAD = 4.0
"""A lead over the other memories counts up to this much; also the lead of a memory that stands alone."""

COMMON = frozenset(
    "일정 계획 약속 상태 기분 목표 고민 것 좋아하는 싫어하는 이름 하루 시간 사람 중 돈 번 잔 알 개 명 살 년 개월 달 주 일 분 시 매일 매주 자주 가끔 조금 많음 있음 없음 좋음 싫음 함 감 됨 하기 하고 가기 보기 "
    "한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 하나 둘 셋 첫 전 후 위 친구랑 같이 혼자 가기로 하기로 예정 준비 고민 생각 때문에 요즘 최근 사고 만 원".split()
)
"""Words of values that half of all messages could share by chance."""

FAMILIES: tuple[tuple[str, str, str], ...] = (
    # name, in the memory's key (or value), in the message
    ("plan", r"일정|약속|계획|예약|여행|시험|면접|결혼식|이사", r"입[고을지어]|옷|신발|나가|나갈|준비|챙기|챙겨|몇 시|일정|약속|계획|스케줄|예약|뭐 하기로|뭐 하지|뭐하지|기대|출발"),
    ("food", r"음식|먹|요리|메뉴|간식|맛|알레르기|식단|다이어트|야식|디저트|커피|술|주량|채식", r"먹|메뉴|아침|점심|저녁|밥|배고|간식|야식|요리|식당|맛집|마시|시켰|시킬|주문|카페"),
    ("weather", r"날씨", r"날씨|우산|비\s|비가|눈\s|눈이|춥|더워|덥|추워|추울|기온|바람|미세먼지|빨래|세탁|세차"),
    ("health", r"건강|통증|상태|병|약|알레르기|수술|다친|멀미|불면|수면|혈|임신|생리", r"아프|아파|약|병원|몸|잠|피곤|머리|허리|목|기침|열|졸|컨디션|쑤시|어지러"),
    ("family", r"엄마|아빠|동생|언니|오빠|누나|형|할머니|할아버지|가족|부모|아들|딸|남편|아내|조카|이모|삼촌", r"엄마|아빠|동생|언니|오빠|누나|할머니|할아버지|가족|부모|아들|딸|남편|아내|조카|이모|삼촌|본가|명절"),
    ("pet", r"강아지|고양이|반려|펫|햄스터|앵무|개\b|토끼|거북", r"강아지|고양이|산책|사료|털|짖|멍멍|야옹|간식|동물병원|냥|댕|츄르|모래|미용"),
    ("work", r"직업|직장|회사|알바|상사|이직|취업|출근|부서|월급|면접|창업|사업", r"회사|출근|퇴근|상사|부장|팀장|회의|알바|월급|손님|야근|이직|사장|동료|사직|연차|면접|업무"),
    ("study", r"학교|전공|시험|과제|공부|학년|수능|자격증|성적|논문|학원|대학|유학|토익", r"공부|시험|과제|수업|교수|선생|학교|도서관|성적|점수|강의|학원|논문|합격|문제집|모의고사|조별"),
    ("love", r"연인|연애|남자친구|여자친구|남친|여친|썸|짝사랑|기념일|이별|전남친|전여친|결혼", r"남자친구|여자친구|남친|여친|데이트|고백|썸|사귀|헤어|연락|답장|기념일|선물|설레|보고 싶"),
    ("hobby", r"취미|좋아하는|덕질|게임|롤|운동|악기|밴드|동아리|책|영화|드라마|노래|가수|팀", r"게임|노래|영화|드라마|책|운동|경기|연습|콘서트|듣|읽|보러|티켓|한 판|팀|헬스|달리|직관"),
    ("money", r"월세|빚|저축|돈|용돈|적금|주식|전세|대출|소비", r"돈|월급|월세|통장|비싸|카드|지갑|저축|주식|이자|아껴|지출|사고 싶|결제|대출"),
    ("home", r"사는 곳|집|자취|이사|이웃|룸메|기숙사|동네", r"집|이사|자취|방\s|월세|이웃|층간|윗집|룸메|동네|보일러|관리비|청소|기숙사"),
)  # fmt: skip
_FAMILIES = tuple((re.compile(key), re.compile(said)) for _, key, said in FAMILIES)
_PLAN = re.compile(FAMILIES[0][1])


def parts(text: str) -> tuple[str, str]:
    """`[key: value]` -> (key, value); a text without a key is all value."""
    key, colon, value = text.strip().strip("[]").partition(": ")
    return (key, value) if colon else ("", key)


def families(message: str, memory: str) -> tuple[float, float]:
    """(the message speaks of a family the memory belongs to, it speaks only of families the memory does not belong to)."""
    said, kept = f"{normal(message)} ", normal(memory)
    spoken = [bool(s.search(said)) for _, s in _FAMILIES]
    owned = [bool(k.search(kept)) for k, _ in _FAMILIES]
    both = any(a and b for a, b in zip(spoken, owned, strict=True))
    return float(both), float(any(spoken) and any(owned) and not both)


def clocks(message: str, memory: str) -> tuple[float, float, float]:
    """(time words agree, disagree, a plan stands at the time that is asked about)."""
    asked, held = times(message), times(memory)
    agree = bool(asked & held)
    apart = bool(asked and held and not agree and not (asked & {"주말"} and held & {"내일", "모레", "이번 주", "오늘"}))
    spoken = bool(_FAMILIES[0][1].search(f"{normal(message)} ")) or bool(
        asked - {"오늘"}
    )  # "오늘" alone is in every other message
    return float(agree), float(apart), float(agree and spoken and bool(_PLAN.search(memory)))


def overlap(message: str, memory: str) -> tuple[float, float]:
    """(share of the memory's bigrams that the message has, any shared content word of the value). Time words do not count."""
    value = frozenset(p for w in value_words(memory) for p in bigrams(w))
    common = len(value & bigrams(message))
    return common / max(len(value), 1), float(any(w not in COMMON for w in shared(memory, message) if not times(w)))


def features(
    message: str, memories: Sequence[str], cosines: NDArray[np.float32], word: NDArray[np.float32], around: NDArray[np.float32], need: float
) -> NDArray[np.float64]:
    """(K, F) numbers for `message` and K rendered memories: `cosines` and best word cosines (K,), associations `around` (K, 2), `need` the gate's logit."""
    rows = []
    for at, memory in enumerate(memories):
        near = [float(cosines[at]), float(word[at])]
        told = [*overlap(message, memory), *clocks(message, memory), *families(message, memory)]
        rows.append([*near, *told, need, *map(float, around[at])])
    found = np.array(rows, dtype=np.float64).reshape(len(memories), len(FEATURES) - len(RIVALS))
    ahead = [ahead_of_others(found[:, FEATURES.index(name)], least) for name, least in RIVALS.items()]
    return np.concatenate([found, np.stack(ahead, axis=1)], axis=1)


def ahead_of_others(values: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """(K,) how far each value stands above the best of the others, which counts `least` at least."""
    first, second = np.sort([*values, least, least])[::-1][:2]
    return values - np.maximum(np.where(values == first, second, first), least)


def value_words(memory: str) -> list[str]:
    """Content words of a memory's value and key, without what half of all messages share."""
    key, value = parts(memory)
    found = [w for w in dict.fromkeys(content(value) + content(key)) if w not in COMMON and not w.isdigit() and not times(w)]
    return found or content(memory) or [memory]


def word_cosines(message: str, texts: Sequence[str], encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> NDArray[np.float32]:
    """(K,) best cosine between a content word of the message and one of each memory's value."""
    said = content(message)
    if not said or not texts:
        return np.zeros(len(texts), np.float32)
    values = [value_words(t) for t in texts]
    flat = sorted({w for v in values for w in v})
    index = {w: i for i, w in enumerate(flat)}
    vectors = encode([*said, *flat])
    near = (vectors[: len(said)] @ vectors[len(said) :].T).max(axis=0)  # (S, D) @ (D, W) -> (W,)
    return np.array([max(near[index[w]] for w in v) for v in values], np.float32)


def leads(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K,) how far each logit stands above the best of the others, within +-LEAD: a memory that is one of many alike is doubtful."""
    if len(logits) < 2:
        return np.full(len(logits), LEAD)
    first, second = np.sort(logits)[::-1][:2]
    return np.clip(np.where(logits == first, logits - second, logits - first), -LEAD, LEAD)


def relevance(
    found: NDArray[np.float64], weights: NDArray[np.float64], bias: float, final: Sequence[float]
) -> NDArray[np.float64]:
    """(K,) 0..1 from features (K, F): `final` weighs the logit, its lead, and 1."""
    logits = found @ weights + bias  # (K, F) @ (F,) -> (K,)
    return sigmoid(final[0] * logits + final[1] * leads(logits) + final[2])


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30, 30))), dtype=np.float64)
