"""Written frames that teach the memory and summary heads their form: which key, which words of the message, and when to stay silent.

Every value stands word for word in its message, because in chat a memory is decoded from the user's own words. `{v}` is the value,
`{v:을}` the value with its particle (을/를, 이/가, 은/는, 이랑/랑, 이야/야, 으로/로, 이에요/예요, 이라고/라고).
"""

from __future__ import annotations

import random
import re
from functools import cache

from finetune import wordlists as W
from ohlora_tui.heads import fresh
from ohlora_tui.records import Memory, Turn

PARTICLES = {
    "을": ("을", "를"),
    "이": ("이", "가"),
    "은": ("은", "는"),
    "이랑": ("이랑", "랑"),
    "이야": ("이야", "야"),
    "이라고": ("이라고", "라고"),
    "이거든": ("이거든", "거든"),
    "과": ("과", "와"),
    "이에요": ("이에요", "예요"),
    "이라": ("이라", "라"),
    "아": ("아", "야"),
    "이었어": ("이었어", "였어"),
}

LAST = "||.|!|~|ㅋㅋ| ㅎㅎ|ㅠㅠ|..| 😊"
"""How messages end."""
WHEN = {
    "오늘 일정": "오늘|이따|이따가|오늘 저녁에|오늘 밤에|오늘 오후에",
    "내일 일정": "내일|내일 아침에|내일 저녁에|낼",
    "모레 일정": "모레|모레 아침에",
    "이번 주 일정": "이번 주에|이번 주말에|이번 주 금요일에|이번 주 토요일에",
    "다음 주 일정": "다음 주에|다음 주 월요일에|다음 주 수요일에|담주에",
    "향후 일정": "다음 달에|내년에|12월에|올겨울에|여름방학에|몇 달 뒤에",
    "어제 일정": "어제|어제저녁에|어젯밤에",
}
"""Words that say when, by the key of the plan."""
FUTURE = "{v} 가기로 했어|{v} 가|{v} 가려고|{v} 갈 거야|{v} 갈 건데 뭐 입지|{v} 가는데 기대돼|{v} 간다|{v} 가야 해|{e} 있어|{e} 있는데 떨려|{e:이} 잡혔어|{e} 하기로 했어|{e:이야} 어떡해|{e} 있어서 긴장돼|드디어 {e:이야}|{e:이라} 준비해야 해|{e} 때문에 바빠|{e:이} 있대"
PAST = "{v} 갔다 왔어|{v} 다녀왔어|{v} 갔는데 재밌었어|{e} 있었어|{e} 끝났어|{e} 하느라 힘들었어"
"""{v}: where one goes; {e}: what takes place."""
FRAMES: tuple[tuple[str, str, str], ...] = (
    (
        "직업",
        W.JOBS,
        "나 {v:이야}|내 직업은 {v:이야}|나 {v:으로} 일해|저 {v:이에요}|나 {v}인데 오늘 너무 힘들었어|나 이번에 {v} 됐어|나는 {v:이야} 너는?|{v:으로} 일한 지 3년 됐어|요즘 {v} 하고 있어|나 {v:이거든}",
    ),
    (
        "사는 곳",
        W.CITIES,
        "나 {v} 살아|나는 {v}에 살아|{v}에 사는데 여기 추워|집은 {v:이야}|나 {v:으로} 이사했어|지금 {v}에서 자취해|우리 집 {v}에 있어|{v} 사람이야 나|나 요즘 {v}에서 지내",
    ),
    (
        "가고 싶은 곳",
        W.TRIPS,
        "{v} 가고 싶다|{v}에 꼭 가 보고 싶어|언젠가 {v} 가는 게 소원이야|{v} 여행 가고 싶어|나중에 {v} 꼭 갈래|아 {v} 가고 싶어 죽겠다",
    ),
    (
        "여행 계획",
        W.TRIPS,
        "{v} 여행 가기로 했어|{v} 여행 계획 짜고 있어|겨울에 {v} 가려고 비행기 끊었어|{v} 가는 비행기 표 샀어|친구랑 {v} 여행 준비 중이야|{v:으로} 휴가 가",
    ),
    ("가 본 곳", W.TRIPS, "나 {v} 가 봤어|{v} 다녀온 적 있어|작년에 {v} 갔었어|{v} 진짜 좋았는데 또 가고 싶다"),
    (
        "취미",
        W.HOBBIES,
        "내 취미는 {v:이야}|요즘 {v}에 빠졌어|나 {v} 시작했어|쉬는 날엔 {v} 해|취미로 {v} 해|{v:이} 취미야|주말마다 {v} 하는 게 낙이야|심심할 때는 {v} 해",
    ),
    (
        "운동",
        W.SPORTS,
        "나 {v} 다녀|요즘 {v} 배워|{v} 시작했어|{v} 한 지 한 달 됐어|매일 {v} 해|나 {v} 등록했어|아침마다 {v} 하고 있어|{v} 하고 왔더니 개운해",
    ),
    (
        "게임",
        W.GAMES,
        "나 요즘 {v} 해|{v} 하는데 계속 져|{v} 하느라 밤새웠어|나 {v} 시작했어|{v} 랭크 올렸어|{v} 너무 재밌다|친구랑 {v} 했어",
    ),
    (
        "전공",
        W.MAJORS,
        "나 {v} 전공이야|내 전공은 {v:이야}|대학에서 {v} 배워|{v} 전공하는데 어려워|나 {v:과} 다녀|{v} 공부하고 있어 대학에서",
    ),
    (
        "이름",
        W.NAMES,
        "내 이름은 {v:이야}|나는 {v:이야}|나 {v:이라고} 해|내 이름 {v:이야} 기억해 줘|안녕 나는 {v:이야}|난 {v:이야} 반가워",
    ),
    ("호칭", W.NICKS, "나 {v:이라고} 불러 줘|앞으로 {v:이라고} 불러|{v:이라고} 불러 주면 좋겠어|나를 {v:이라고} 불러 줄래?"),
    ("별명", W.NICKS, "내 별명은 {v:이야}|친구들이 나 {v:이라고} 불러|내 별명 {v:이야}|별명이 {v:이었어}"),
    (
        "MBTI",
        W.MBTIS,
        "나 {v:이야}|내 MBTI는 {v:이야}|MBTI {v} 나왔어|나는 {v}인데 너는 뭐야?|검사했더니 {v:이래}|나 완전 {v:이야}",
    ),
    (
        "반려동물",
        W.PETS,
        "나 {v} 키워|우리 집 {v} 너무 귀여워|{v} 입양했어|우리 {v:이} 아파|{v} 산책시키고 왔어|{v:이} 사고 쳤어|집에 {v} 있어|나 {v} 키우기 시작했어|{v:이랑} 같이 살아",
    ),
    (
        "반려동물",
        W.PET_NAMES,
        "우리 강아지 이름은 {v:이야}|우리 고양이 이름 {v:이야}|우리 {v:이} 병원 갔다 왔어|우리 집 막내 {v} 보여 주고 싶다",
    ),
    (
        "오늘 날씨",
        W.WEATHERS,
        "오늘 {v} 와|지금 {v} 온다|밖에 {v} 와|여기 {v} 엄청 와|오늘 하루 종일 {v:이야}|{v} 때문에 신발 다 젖었어",
    ),
    ("내일 날씨", W.WEATHERS, "내일 {v} 온대|내일 {v} 예보 있더라|내일은 {v:이래}"),
    (
        "목표",
        W.GOALS,
        "내 목표는 {v:이야}|올해 목표는 {v:이야}|나 {v} 도전할 거야|{v} 성공하고 싶어|이번엔 꼭 {v} 할 거야|{v} 하기로 결심했어|{v} 준비하고 있어",
    ),
    (
        "고민",
        W.WORRIES,
        "요즘 {v} 때문에 고민이야|{v} 때문에 잠이 안 와|{v} 고민이 많아|{v} 생각만 하면 답답해|{v} 문제로 머리 아파|{v} 때문에 스트레스받아|{v:이} 제일 큰 고민이야|{v:이} 걱정돼",
    ),
    (
        "건강",
        W.HEALTH,
        "나 {v} 걸렸어|{v} 때문에 힘들어|{v:이} 심해졌어|나 {v} 있어|{v} 때문에 병원 다녀|{v:이} 너무 심해|{v:이} 도졌어|요즘 {v} 때문에 고생이야",
    ),
    (
        "잃어버린 것",
        W.THINGS,
        "{v} 잃어버렸어|{v} 어디 갔지 없어졌어|버스에 {v} 두고 내렸어|{v:을} 잃어버렸는데 어떡해|{v} 또 잃어버림|지하철에서 {v} 잃어버렸어",
    ),
    ("산 것", W.BUYS, "나 {v} 샀어|{v} 새로 샀어|드디어 {v} 질렀어|세일해서 {v} 샀어|어제 {v} 주문했어|{v} 사 버렸어"),
    ("자격증", W.CERTS, "{v} 땄어|나 {v} 땄다|드디어 {v} 합격했어|{v} 붙었어|나 {v} 있어"),
    (
        "알레르기",
        W.ALLERGENS,
        "나 {v} 알레르기 있어|{v} 알레르기라서 못 먹어|나 {v} 알레르기야|{v} 알레르기 때문에 힘들어|{v} 먹으면 두드러기 나 알레르기야",
    ),
    ("못 먹는 음식", W.BAD_FOODS, "나 {v} 못 먹어|{v} 절대 못 먹어|{v:은} 입에도 못 대"),
    ("싫어하는 음식", W.BAD_FOODS, "나 {v} 싫어해|{v} 진짜 싫어|{v} 들어간 음식 싫어해|나는 {v:이} 싫어"),
    ("먹고 싶은 음식", W.FOODS, "{v} 먹고 싶다|아 {v} 먹고 싶어|갑자기 {v:이} 당겨|오늘따라 {v} 먹고 싶네|{v} 생각나 먹고 싶어"),
    (
        "오늘 요리",
        W.FOODS,
        "오늘 {v} 만들었어|저녁으로 {v} 해 먹었어|{v} 끓였는데 맛있어|오늘 {v} 요리했어|집에서 {v} 만들어 봤어",
    ),
    ("무서워하는 것", W.FEARS, "나 {v} 무서워해|나는 {v:이} 제일 무서워|{v} 무서워서 못 봐|나 {v} 진짜 무서워"),
    ("특기", W.TALENTS, "내 특기는 {v:이야}|나 {v} 잘해|{v:은} 자신 있어|나 {v} 하나는 잘해"),
    ("싫어하는 과목", W.SUBJECTS, "나 {v} 제일 싫어|{v} 너무 싫어|나 {v} 싫어하는 과목이야"),
    ("상태", W.STATES, "나 {v:이야}|나 지금 {v:이야}|나 {v} 했어|드디어 {v:이야}|나 {v}인데 심심해"),
    ("오늘 기분", W.MOODS, "오늘 기분 {v:이야}|오늘 너무 {v}해|기분이 {v}해|오늘 하루 {v} 그 자체야"),
    ("친구", W.NAMES, "친구 {v:이랑} 싸웠어|{v:이} 내 제일 친한 친구야|내 친구 {v} 얘기해 줄까|친구 {v:이} 나한테 화났어"),
    ("연인", W.NAMES, "남자친구 이름은 {v:이야}|여자친구 이름은 {v:이야}|내 남친 {v:이야}|나 {v:이랑} 사귀어"),
    ("오로라에 대한 감정", W.FEELINGS, "너랑 얘기하면 {v}해|로라 너 {v:이야}|너 {v}해 로라야"),
    ("기념일", W.DAYS, "곧 {v:이야}|다음 주가 {v:이야}|내일 여자친구랑 {v:이야}|{v:이} 얼마 안 남았어"),
)
"""(key, word list of the value, messages)."""
GOOD = "나 {v} 좋아해|나는 {v:이} 제일 좋아|{v} 진짜 좋아해|내가 제일 좋아하는 {k:은} {v:이야}|나는 {k} 중에 {v:이} 최고야|{v} 너무 좋다"
BAD = "나 {v} 싫어해|나는 {v:이} 제일 싫어|{v} 진짜 별로야|{k} 중에 {v:은} 싫더라"
FAMILY = {
    "엄마": "수술,생신",
    "아빠": "퇴직,출장",
    "동생": "고3,군대",
    "언니": "결혼,유학",
    "오빠": "취업,군대",
    "누나": "결혼,이사",
    "형": "휴가,취업",
    "할머니": "생신,입원",
    "할아버지": "생신,수술",
    "아들": "초등학생,유치원",
    "딸": "중학생,입학",
    "조카": "돌잔치,입학",
}
FAMILY_FRAMES = (
    "우리 {k} 이번에 {v} 해|{k} {v} 때문에 걱정이야|{k:이} {v:이야}|우리 {k} {v} 있어|{k} {v} 얘기 들었어?|우리 {k:은} {v:이야}"
)
_ANY = "너 {x} 좋아해?|{x:이} 뭐야?|{x} 얘기해 줘|너는 {x} 싫어해?|{x:이랑} {y} 중에 뭐가 더 좋아?|친구가 {x} 좋대|사람들은 왜 {x} 좋아해?|{x} 어때?|{x} 추천해 줘|내가 좋아하는 {x} 기억나?|{x} 좋아하는 사람 많아?|로라는 {x} 알아?|{x} 얘기 그만하자"
SILENT: tuple[tuple[str, str], ...] = (
    (
        W.FOODS,
        _ANY
        + "|너도 {x} 먹어 봤어?|{x} 만드는 법 알려 줘|{x} 먹을래?|{x} 맛있어?|오늘 {x} 어때?|{x} 먹을까 말까|{x:이랑} {y} 중에 뭐 먹지?|{x} 칼로리 높아?",
    ),
    (
        W.PLACES,
        _ANY
        + "|{x} 갈까 말까|{x} 가면 뭐 해?|{x} 몇 시에 열어?|{x} 가려면 어떻게 해?|{x} 갈 때 뭐 입지?|{x:이랑} {y} 중에 어디 갈까?",
    ),
    (W.TRIPS, _ANY + "|{x} 어디가 예뻐?|{x} 가 봤어?|{x} 날씨 어때?|{x} 가려면 얼마나 걸려?|{x} 비싸?|{x} 사람들은 친절해?"),
    (W.HOBBIES, _ANY + "|{x} 할 줄 알아?|{x} 재밌어?|{x} 어렵지 않아?|너는 {x} 잘해?|{x} 시작하려면 뭐가 필요해?"),
    (W.SPORTS, _ANY + "|{x} 할 줄 알아?|{x} 규칙 알려 줘|{x} 힘들어?|너는 {x} 잘해?|{x} 하면 살 빠져?"),
    (W.GAMES, _ANY + "|{x} 할 줄 알아?|{x} 재밌어?|{x} 하자|{x} 잘하는 법 알려 줘"),
    (W.THINGS, _ANY + "|{x} 어디서 사?|{x} 비싸?|{x} 살까 말까|{x} 어떤 색이 예뻐?|{x} 선물하면 좋아할까?"),
    (W.PETS, _ANY + "|{x} 귀여워?|{x} 키우기 힘들어?|{x} 울음소리 흉내 내 줘|너도 {x} 키워?|{x} 그려 줘"),
    (W.SUBJECTS, _ANY + "|{x} 어떻게 공부해?|{x} 잘해?|{x} 문제 내 줘|{x} 왜 배워?"),
)
"""(word list, questions and talk about those things): nothing is known of the user from them."""
SILENT_PLAIN = "안녕|안녕 로라야|하이|좋은 아침|굿모닝|잘 자|굿나잇|고마워|고마워 로라야|미안해|응|아니|그래|맞아|ㅋㅋㅋ|ㅎㅎ|ㅠㅠ|헐|대박|진짜?|정말?|왜?|그래서?|뭐 해?|뭐 하고 있어?|심심해|나 왔어|다녀왔어|너 이름이 뭐야?|너는 몇 살이야?|내가 뭐 좋아한다고 했지?|내 이름 기억해?|너 누구야?|너 AI야?|노래 불러 줘|농담해 줘|재밌는 얘기 해 줘|끝말잇기 하자|사랑해|보고 싶었어|너 예쁘다|오늘 며칠이야?|지금 몇 시야?|무슨 요일이야?|배고파|졸려|피곤해|추워|더워|밥 먹었어?|뭐 먹지|뭐 입지|내일 뭐 입고 나가지?|어디 가지|그럼 몇 시에?|그건 왜?|알겠어|오케이|몰라|글쎄|싫어|좋아|괜찮아|아무것도 아니야|그냥|음|하|휴|아니 그게 아니라|다시 말해 줘|무슨 말이야?|바보|메롱|1 더하기 1은?|대통령이 누구야?|하늘은 왜 파래?|지구는 둥글어?|로라야|오로라|야|너 몇 살이야?|생일이 언제야?|MBTI 뭐야?|학교 어디 나왔어?|남자친구 있어?|꿈이 뭐야?|취미가 뭐야?|좋아하는 음식 뭐야?"


@cache
def _list(text: str, sign: str = ",") -> tuple[str, ...]:
    return tuple(text.split(sign))


def _one(rng: random.Random, text: str, sign: str = "|") -> str:
    return rng.choice(_list(text, sign))


def fill(frame: str, **values: str) -> str:
    """`"{v:이랑} 카페"` with v="동생" -> "동생이랑 카페"; the particle follows the last letter."""
    return re.sub(r"\{(\w)(?::([가-힣]+))?\}", lambda m: values[m[1]] + particle(values[m[1]], m[2] or ""), frame)


def particle(word: str, name: str) -> str:
    """The form of a particle that `word` takes: (엄마, 이랑) -> 랑."""
    closed = (ord(word[-1]) - 0xAC00) % 28 if "가" <= word[-1] <= "힣" else 0
    if name == "으로":
        return "으로" if closed not in (0, 8) else "로"  # 8: ㄹ
    pair = PARTICLES.get(name) or ((name, name[1:]) if name.startswith("이") else (name, name))
    return pair[0] if closed else pair[1]


def memory_turn(rng: random.Random) -> Turn:
    """A message and its memory, or None: 42 % of them have one, a little more than the written rows (33 %)."""
    if rng.random() > 0.42:
        return Turn(_dressed(_silent(rng), rng))
    key, value, message = rng.choices((_plan, _fact, _liking, _family), (30, 58, 9, 3))[0](rng)
    return Turn(_dressed(message, rng), change=fresh(Memory(key, value)))


def _plan(rng: random.Random) -> tuple[str, str, str]:
    key = rng.choice(tuple(WHEN))
    frame = _one(rng, PAST if key == "어제 일정" else FUTURE)
    place = _one(rng, W.PLACES, ",")
    if rng.random() < 0.5:
        who = _one(rng, W.PEOPLE, ",")
        place = f"{who}{particle(who, '이랑')} {place}"
    event = _one(rng, W.EVENTS, ",")
    message = f"{_one(rng, '||나 |나 ')}{_one(rng, WHEN[key])} {fill(frame, v=place, e=event)}"
    return key, place if "{v" in frame else event, message


def _fact(rng: random.Random) -> tuple[str, str, str]:
    key, values, frames = rng.choice(FRAMES)
    value = _one(rng, values, ",")
    return key, value, fill(_one(rng, frames), v=value)


def _liking(rng: random.Random) -> tuple[str, str, str]:
    kind = rng.choice(tuple(W.LIKES))
    value = _one(rng, W.LIKES[kind], ",")
    liked = rng.random() < 0.7
    return f"{'좋아하는' if liked else '싫어하는'} {kind}", value, fill(_one(rng, GOOD if liked else BAD), v=value, k=kind)


def _family(rng: random.Random) -> tuple[str, str, str]:
    who = rng.choice(tuple(FAMILY))
    value = _one(rng, FAMILY[who], ",")
    return who, value, fill(_one(rng, FAMILY_FRAMES), k=who, v=value)


def _silent(rng: random.Random) -> str:
    if rng.random() < 0.35:
        return _one(rng, SILENT_PLAIN)
    things, frames = rng.choice(SILENT)
    one, other = rng.sample(_list(things), 2)
    return fill(_one(rng, frames), x=one, y=other)


def _dressed(message: str, rng: random.Random) -> str:
    """The same message as people type it: called by name, with or without its last sign."""
    if rng.random() < 0.14 and "로라" not in message:
        message = rng.choice(("로라야 ", "오로라야 ", "로라야, ", "있잖아 ")) + message
    return message if message.endswith(("?", "!")) else message + _one(rng, LAST)
