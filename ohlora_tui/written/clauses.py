"""A message in its parts: "고마워 ㅋㅋ 근데 배고파서 잠이 안 와" thanks, and then tells what it is about. Pure text."""

from __future__ import annotations

import re

from ohlora_tui.words import content, quiet
from ohlora_tui.written.gravity import grave

_BREAK = re.compile(r"(?<=[!?~…])\s*(?=[^\s.!?~…ㅋㅎㅠㅜ])|(?<=\.)\s+|(?<=[ㅋㅎㅠㅜ])\s+|\s+(?=(?:근데|그런데|그나저나|아무튼)\s)")
_JOIN = re.compile(r"^(?:근데|그런데|그나저나|아무튼|그래서|그리고|아니)\s+")

_LINK = re.compile(r"(?<=[가-힣])(?:는데|은데|인데|한데|던데|지만|다가|거든|길래)\s+|(?<=[가-힣][았었했갔왔졌])(?:고|더니)\s+")
_NOD = re.compile(
    r"(?:(?:오++|아++|와|음++|응++|어|네|넵|예|헐|엥|아니|그래|그러게|맞아요?|맞는 ?말|진짜|정말|됐[어고네다]|괜찮아요?|아니야|아니에요|고마[워웠][어요]*|감사해요|감사합니다|알겠어요?|알았어요?|그렇구나|좋아요?|좋네요?|"
    r"미안해?|다행이[다야네]|허허|하하|뭐야|(?:뭔|무슨) ?(?:소리|말)(?:이야|야)?|재밌네|신기하네|귀엽다|몰라|글쎄요?|모르겠[어다]|그럼|그치|그쵸|그렇지|ㅇㅇ|ㅇㅋ|ㄴㄴ|[ㅋㅎㅠㅜ]++)[\s,.!?~ㅋㅎㅠㅜ]*+)+"
)
"""A clause that only nods to what she said. Possessive (++, *+): "ㅋㅋㅋ… b" would else be tried in every way to cut the laughter."""


_CHEER = re.compile(r"(?:얼른 |빨리 |좀 |나 )*(?:칭찬|축하|위로|응원)(?: ?좀)?(?: ?해 ?줘|해 ?주라|해 ?줄래|해 ?주세요|부탁해)[\s.!?~ㅎㅋㅠㅜ]*|(?:나 )?(?:잘했지|대박이지|부럽지|쩔지|짱이지)[\s.!?~ㅎㅋ]*")
"""What asks her to cheer for what stands beside it: "전교 3등 했어!! 칭찬해줘" tells of the rank."""

_QUOTED = re.compile(r" ?[\"“‘][^\"”’\n]{2,80}[\"”’](?= ?(?:이렇게|이러|이래|이라|라고|라는|라면서|하고|하더|하는데|그러))")
"""What is quoted is not said to her: '"죄송하지만 책상이 흔들려서요" 이렇게 쓰고' asks no pardon of her."""


def heart(message: str) -> str:
    """A later message without harmless quotations and without the clauses before its matter that only nod to hers: "고마워. 근데 배가 고파" -> "배가 고파"; one that is all nods stays."""
    message = _QUOTED.sub(lambda quote: quote[0] if grave(quote[0]) else "", message).strip() or message
    parts = [_JOIN.sub("", part.strip()) for part in _BREAK.split(message)]
    first = next((at for at, part in enumerate(parts) if part and not _NOD.fullmatch(part)), 0)
    return " ".join(parts[first:]) if first else message


def clauses(message: str) -> tuple[str, ...]:
    """The parts of a message that mean something by themselves, in order; a message of one part is its only part."""
    parts = [_JOIN.sub("", part.strip()) for part in _BREAK.split(message)]
    told = [part for part in parts if len(quiet(part)) >= 2 and content(part)]
    return tuple(part for part in told if not _CHEER.fullmatch(part)) or tuple(told) or (message,)


def links(message: str) -> tuple[str, ...]:
    """The halves of a message whose clauses are joined by an ending: "다이어트 시작했는데 벌써 포기하고 싶어"; () if there is one clause only."""
    found = [m for m in _LINK.finditer(message) if len(content(message[: m.start()])) >= 1 and len(content(message[m.end() :])) >= 1]
    return (message[: found[-1].end()].strip(), message[found[-1].end() :].strip()) if found else ()
