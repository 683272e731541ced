"""A user in danger: told from the message alone, and answered with help in every turn. Pure text."""

from __future__ import annotations

import re

HELP_LINE = "109"
"""Suicide prevention, every day and hour (PERSONA, care): it stands in every answer to a crisis, `make data` checks it."""
NAMED = re.compile(r"(?:^|[^가-힣])(?:나|난|또|막|진짜|그냥|자꾸|요즘|지금|계속|동반|집단)?자(?:살(?!골)|해)")
"""In the message as it is spaced: "혼자 살까", "가자해서" hold the same letters and are no danger."""
DANGER = re.compile(r"죽고싶|죽는게낫|죽어버릴|뛰어내[리릴려]|유서(?:를|나|라도)?(?:써|쓰|쓸|남)|번개탄|목을?(?:매|맬|맸)|(?:칼로|손목을?).{0,3}(?:그어|그을|긋)|사라져버릴|그만살(?:고싶|까|래)|그만살아도|(?<!에서)(?<!랑)살고싶지않|사라지고싶|손목을?그[었어을]")
"""In a message without spaces. Narrower than the axis of events.py, which also holds what may be said of a task (끝내고 싶어), a shop (그만 살래)
or a home (살기 싫어): those are answered by what is near."""

HARMLESS = re.compile(r"자살 ?골|^(?!.*(?:인생|삶|다 끝내|전부|모두 끝내)).*(?:과제|숙제|공부|업무|회의|보고서|논문|청소|설거지|프로젝트|시험|알바|하던 일)[을를도]? ?(?:빨리|얼른|후딱|좀)? ?끝내고 ?싶")
"""The same letters in another sense, or a task that one wants done: no row of a crisis answers these, however near."""


_PLAY = re.compile(r"번지 ?점프|다이빙|스카이|(?:계단|소파|침대|의자|미끄럼틀|책상)에서 뛰어내|(?:고양이|강아지|냥이|애|아이|아기)(?:가|는|이)? .{0,12}뛰어내")
"""A leap for fun, of a child or a cat."""
_TAKEN_BACK = re.compile(r"죽고 ?싶(?:다는|단|은) ?(?:게|건|거|말|뜻)(?:은|는|이)? ?아[니닌님]")
_IN_JEST = re.compile(r"[ㅋㅎ]{2}|농담|쪽팔|말이 그렇")
"""What was only a way to say it, where the user laughs: "진짜 죽고 싶단 게 아니라 쪽팔려서 한 말이야 ㅋㅋㅋ"."""


def in_danger(message: str) -> bool:
    """The user speaks of dying or of hurting themselves: nothing but help may answer."""
    said = _TAKEN_BACK.sub(" ", message) if _IN_JEST.search(message) else message
    return bool(NAMED.search(said) or DANGER.search(said.replace(" ", ""))) and not _PLAY.search(said)


def harmless(message: str) -> bool:
    """The message holds a word of danger in another sense."""
    return bool(HARMLESS.search(message)) and not in_danger(message)


def helps(answer: str) -> bool:
    """The answer was written for a crisis: it names the help line."""
    return HELP_LINE in answer
