"""Korean words of a message, without a dictionary: what is left when calls, laughter, particles and endings are taken off.

Pure text; shared by the retriever, the written rows and their training, so that all of them see the same words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CALL = re.compile(r"(?:^|(?<=[\s,.!?~]))(?:오?로라(?:야|님|쨩)|오로라(?=[\s,!~])|로라(?=[,!~]))[\s,.!?~]*")
_NOISE = re.compile(r"[ㅋㅎㅠㅜㅡㅇㄷㄱㅊㄴㅂㅈㅅㄹㅁ]{1,}(?=\s|$|[.!?~])|[ㅋㅎㅠㅜ]{2,}|[^\w\s]|_")
_WORD = re.compile(r"[가-힣]+|[a-z]+|\d+")

JOSA = (
    "에서부터|으로부터|에게서는|한테서는|이라든지|이라도|에서는|에서도|에게는|한테는|한테서|에게서|까지는|까지도|부터는|으로는|으로도|이랑은|하고는|"
    "이라고|이라는|에서|에게|한테|께서|으로|까지|부터|처럼|보다|마다|만큼|이랑|하고|이나|라도|밖에|조차|마저|이야|이다|이고|인데|"
    "에는|에도|와의|과의|랑은|은|는|이|가|을|를|에|의|도|만|와|과|랑|로|나|야|아"
)
_JOSA = re.compile(rf"(?<=[가-힣])(?:{JOSA})$")

STOP = frozenset(
    "혹시 나 너 넌 난 내 네 니 나는 너는 내가 네가 니가 우리 저 제 제가 저는 그 이 저기 거 것 게 걸 건 수 때 좀 더 또 다 막 진짜 정말 너무 완전 "
    "되게 엄청 아주 왜 뭐 뭘 뭔 뭐야 어떻게 어때 어떡해 그냥 근데 그리고 그래서 그럼 있어 없어 있는데 없는데 같아 같은 했어 해 하는 한 할 하고 "
    "해줘 알려줘 추천 추천해줘 이번 오늘 내일 어제 요즘 지금 이제 아까 아직 벌써 많이 잘 안 못 하나 걸까 거야 봐 줘 돼 되 하다 하지 해야 된다 "
    "하자 할래 할까 해볼래 하면 했는데 하는데 되는데 같은데 어떡해 어쩌지 어떡하지 진짜로 정말로 싶어 싶다 자꾸 계속 맨날 매일 이렇게 그렇게 저렇게 무슨 어떤 어디 누구 언제 몇 응 어 아 음 오 와 야 오로라 로라".split()
)

TIMES: tuple[tuple[str, str], ...] = (
    ("그저께", r"그저께|그제|엊그제"),
    ("모레", r"모레"),
    ("내일", r"내일|낼(?=\s|부터|은|도|$)|담날"),
    ("어제", r"어제|어젯밤|간밤"),
    ("오늘", r"오늘"),
    ("다음 주", r"다음\s?주|담\s?주|차주"),
    ("이번 주", r"이번\s?주|금주"),
    ("지난주", r"지난\s?주|저번\s?주"),
    ("주말", r"주말|토요일|일요일"),
    ("다음 달", r"다음\s?달|담\s?달"),
    ("평일", r"월요일|화요일|수요일|목요일|금요일"),
)
"""Time words by name, longest first where one contains another."""
_TIMES = tuple((name, re.compile(pattern)) for name, pattern in TIMES)


SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"(?<![가-힣])머(?=해|하|야|먹|지|라|함|임)", "뭐"),
    (r"(?<![가-힣])모해", "뭐해"),
    (r"남친", "남자친구"),
    (r"여친", "여자친구"),
    (r"전 (?=(?:남자|여자)친구|애인)", "전"),
    (r"핸드폰|휴대폰|(?<![가-힣])폰(?![가-힣]{2})|스마트폰", "휴대폰"),
    (r"넷플(?!릭)", "넷플릭스"),
    (r"담\s?주|다음주|차주", "다음 주"),
    (r"이번주", "이번 주"),
    (r"다음달|담달", "다음 달"),
    (r"(?<![가-힣])낼(?![가-힣])", "내일"),
    (r"키로|킬로(?!그)|(?<=\d)km", "킬로"),
    (r"생신", "생일"),
    (r"개망|폭망", "망했어"),
    (r"해줄래|해 줄래|해 줘|해 주라|해주라", "해줘"),
    (r"([가-힣])구\s?싶", r"\1고 싶"),
    (r"고싶", "고 싶"),
    (r"안되", "안 돼"),
    (r"(?<![가-힣])안(?=[가-힣]{1,3}$|와|해|돼|가|자)(?![녕경내방주심부개전색건])", "안 "),
    (r"(?<![가-힣])못(?=자|잤|해|했|가|갔|먹|보)", "못 "),
    (r"꿧|꾸었", "꿨"),
    (r"(?<![가-힣])(비|눈)(?:가|이)?\s?(?:온다|오네|와요|오는 중|옴|온당|오넹|오잖아|오는구나|와)(?![가-힣])", r"\1 와"),
    (r"(?<![가-힣])(?:자려고|자야겠다|잘래|잘게|자러 갈게|자러 가|잔다)(?:요)?(?=$|\s)", "잘래"),
    (r"(?:때려치|때려치우|관두|그만두|퇴사하)고 ?싶", "그만두고 싶"),
    (r"어케", "어떻게"),
    (r"잼(?=있|없|써)", "재미"),
    (r"넘(?=\s)", "너무"),
    (r"\s+(?=해줘|했어|했다|하는|하고|해)", ""),
)
"""Chat spellings and abbreviations, brought to one form before two messages are compared; the last one joins `추천 해줘`."""
CHAT: tuple[tuple[str, str], ...] = (
    (r"안뇽|안냥|안뉭|안농(?![가-힣])", "안녕"),
    (r"하이(?:염|욤|여|용|룽)(?![가-힣])|하잉(?![가-힣])", "하이"),
    (r"안냐세[여요]|안뇽하세[여요]|안녕하세여", "안녕하세요"),
    (r"(?<![a-z])(?:hi+|hello|hey)(?![a-z])|(?<![가-힣])(?:하이루|하잉|방가방가)(?![가-힣])", "안녕"),
    (r"(?<![가-힣])[머모뭐]\s?(?:행|햐|함|하냥|하뉘|하세용)(?![가-힣])", "뭐해"),
    (r"(?<![a-z])aurora(?![a-z])", "오로라"),
    (r"(?<![a-z])lora(?![a-z])", "로라"),
    (r"안녕하세(?:여|염|용)|안녕하십니까", "안녕하세요"),
    (r"(?<![가-힣])잘 (?=자(?:요|라|렴)?(?![가-힣]))", "잘"),
    (r"([아어워와려여해겨쳐러]) (?=[줘줄주])", r"\1"),
    (r"썸 (?=타|탔|탄)", "썸"),
    (r"(?<![가-힣])(화|짜증|신|눈물|겁)[이가]? ?(?=나(?![가-힣])|나[고는서다네요]|났|난다)", r"\1"),
    (r"자러 (?:갈게|간다|갈래|가야지|가야겠다|가려고|갈 거야|갈란다|가께)(?:요)?|(?<![가-힣])(?:잘란다|잘꺼야|잘 ?거야)", "잘래"),
    (r"취업", "취직"),
    (r"갔다 ?(?=왔|와서|옴)", "다녀"),
    (r"(?<=[가-힣])(?<![집열도와나가민])(?<!는) ?중(?:이야|임|이다|이에요|이지)?(?=$|[.!?~])", " 중"),
    (r"(?<=는) ?중(?:이야|임|이다|이에요|이지)(?=$|[.!?~])|(?<=가는) ?길(?:이야|임)?(?=$|[.!?~])", " 중"),
    (r"킹받[가-힣]*|빡[치쳐친침쳤][가-힣]*|열 ?받(?:네|는다|음|았어|아 ?죽[가-힣]+)", "열받아"),
    (r"모쏠", "모솔"),
    (r"런닝", "러닝"),
    (r"(?<![가-힣])일 ?년(?=은|이|에|은|$| )", "1년"),
    (r"질 ?(?=않)", "지 "),
    (r"따돌림", "왕따"),
    (r"(?:감사(?:합니다|해요?|드려요?|드립니다|함다|해여)|고맙습니다|고맙다|고마웡|땡큐)(?![가-힣])", "고마워"),
    (r"(?<=[아어워와려파퍼빠해나쳐]) ?죽겠(?:다|어|네|음|당|어요)|(?<=[가-힣]기) 짝이 없[가-힣]+", ""),
    (r"(?<=[가-힣]) +(?=하기 ?(?:싫|귀찮|힘들))", ""),
)
"""Spellings and synonyms of small talk, made one for the written rows alone: a memory keeps the user's own word (취업)."""
_SPELLINGS = tuple((re.compile(pattern), whole) for pattern, whole in SPELLINGS)
_CHAT = tuple((re.compile(pattern), whole) for pattern, whole in CHAT)


def normal(text: str) -> str:
    """NFC, lower case, single spaces: what every comparison starts from."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def uncalled(text: str) -> str:
    """A message without the call (로라야, 오로라 안녕 -> 안녕); signs and laughter stay. A call alone stays as it is."""
    said = normal(text)
    return " ".join(_CALL.sub(" ", said).split()) or said


def spelled(text: str) -> str:
    """A message without the call, chat spellings and synonyms made one; signs stay (a question is a question)."""
    return _respelled(uncalled(text), _SPELLINGS + _CHAT)


def _respelled(text: str, table: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    kept = text
    for pattern, whole in table:
        kept = pattern.sub(whole, kept)
    return " ".join(kept.split()) or text


def bare(text: str) -> str:
    """A message without the call, laughter, tears and signs, spellings made one; never empty for a text of any letters."""
    return spelled(quiet(text))


def quiet(text: str) -> str:
    """A message without the call, laughter, tears and signs, in the user's own spelling."""
    said = uncalled(text)
    return " ".join(_NOISE.sub(" ", said).split()) or said


def words(text: str) -> list[str]:
    """Words of `text` in order: Hangul, Latin or digits, lower case, calls and laughter off."""
    return _WORD.findall(_respelled(uncalled(quiet(text)), _SPELLINGS))


def stem(word: str) -> str:
    """`카페에서` -> `카페`: one particle off, if at least two syllables (or one, for a one-syllable particle) stay."""
    cut = _JOSA.sub("", word)
    return cut if len(cut) >= 2 or (len(cut) == 1 and word[1:] in tuple("은는이가을를에도만")) else word


def stems(text: str) -> list[str]:
    """Stems of all words, in order, without repeats."""
    return list(dict.fromkeys(stem(w) for w in words(text)))


def alike(one: str, other: str) -> float:
    """How much of their letters (jamo) two words share from the front, 0..1 (싸웠어, 싸움: .5); under three jamo nothing."""
    a, b = unicodedata.normalize("NFD", one), unicodedata.normalize("NFD", other)
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return 2 * common / (len(a) + len(b)) if common >= 3 else 0.0


def content(text: str) -> list[str]:
    """Stems of the words that carry matter, in order, without repeats."""
    return list(_content(text))


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[str, ...]:
    found = (stem(w) for w in words(text) if w not in STOP)
    return tuple(dict.fromkeys(s for s in found if s not in STOP))


def bigrams(text: str) -> frozenset[str]:
    """Two-letter pieces of the content words; a one-letter word counts as itself. Robust against particles and endings."""
    return frozenset(p for w in content(text) for p in ([w] if len(w) == 1 else [w[i : i + 2] for i in range(len(w) - 1)]))


def times(text: str) -> frozenset[str]:
    """Names of the time words in `text` (`오늘`, `내일`, `주말` …)."""
    said = normal(text)
    return frozenset(name for name, pattern in _TIMES if pattern.search(said))


def shared(one: str, other: str) -> tuple[str, ...]:
    """Content words of `one` that `other` has too, up to its particle or ending (same first two letters, or the same word)."""
    heads = {w[:2] for w in content(other)} | set(content(other))
    return tuple(w for w in content(one) if w in heads or (len(w) >= 2 and w[:2] in heads))


def ends_in_consonant(text: str) -> bool:
    """True if the last letter closes with a consonant (받침); digits are read in Korean; others count as open."""
    last = text.rstrip(" .!?~\"')")[-1:]
    if last.isdigit():
        return last in "013678"
    return "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 != 0


NAME_PARTICLES = ("이한테", "이가", "이는", "이를", "이도", "이의")
"""A name that ends in a consonant takes 이 before its particle: 하준이가, 민수가."""
PARTICLE_PAIRS = (
    ("이라고", "라고"), ("이구나", "구나"), ("이랑", "랑"), ("으로", "로"), ("이야", "야"), ("이라", "라"), ("이나", "나"), ("이면", "면"), ("이지", "지"),
    ("이네", "네"), ("이니", "니"), ("이었", "였"), ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("아", "야"),
)  # fmt: skip
"""Particles after a consonant and after a vowel, longest first."""


def with_particle(noun: str, particle: str) -> str:
    """`noun` with the form of `particle` that its last letter asks for: (카페, 을) -> 카페를. Unknown particles stay."""
    if particle in NAME_PARTICLES:
        return noun + (particle if ends_in_consonant(noun) else particle[1:])
    for closed, opened in PARTICLE_PAIRS:
        if particle in (closed, opened):
            if closed == "으로" and (ord(noun[-1]) - 0xAC00) % 28 == 8:  # ㄹ takes 로
                return noun + opened
            return noun + (closed if ends_in_consonant(noun) else opened)
    return noun + particle
