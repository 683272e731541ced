"""Korean is found by the words people type, and what they type is never SQL."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from db import search
from db.store import Store
from ohlora_tui.records import Memory
from tests.store_stories import NOW, say

SAID = (
    "나 내일 카페에서 친구 만나",
    "밖에 비 와서 집에 있어",
    "준비!",
    "꽃을 받았어",
    "도서관에 갔다 왔어",
    "PS5 샀는데 iPhone에서도 돼?",
    "서관 옆 도서",
    "I'm fine, it's O.K. 100%",
    "ㅋㅋㅋ 웃겨",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("search")
    store = Store.open(folder / "ohlora.db", folder / "backups", NOW)
    for text in SAID:
        say(store, text, answer="그래")
    for key, value in (("내일 일정", "친구랑 카페"), ("오늘 날씨", "비"), ("좋아하는 음식", "마라탕"), ("준비물", "우산")):
        store.add_memory(Memory(key, value), NOW)
    return store


@pytest.mark.parametrize(
    "asked,found",
    [
        ("카페", SAID[0]),  # before a particle
        ("내일 카페", SAID[0]),  # every word, anywhere
        ("비", SAID[1]),  # one syllable, and not 준비 first
        ("꽃", SAID[3]),  # one syllable before a particle
        ("도서관", SAID[4]),  # three syllables in order, not 서관 … 도서
        ("서관", SAID[6]),
        ("ps5", SAID[5]),
        ("IPHONE", SAID[5]),
        ("100", SAID[7]),
        ("ㅋㅋㅋ", SAID[8]),
        ("카페에 가자", SAID[0]),  # not all of it stands anywhere: any of it
    ],
)
def test_words_are_found(store: Store, asked: str, found: str) -> None:
    assert store.search_messages(asked)[0].text == found
    assert store.search_messages(unicodedata.normalize("NFD", asked))[0].text == found


def test_decomposed_text_is_found_too(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "ohlora.db", tmp_path / "backups", NOW)
    decomposed = unicodedata.normalize("NFD", "카페 갔다 왔어")
    say(store, decomposed)
    assert [m.text for m in store.search_messages("카페")] == [decomposed]


def test_a_syllable_inside_a_word_is_found_after_the_word(store: Store) -> None:
    assert [m.text for m in store.search_messages("비")] == ["밖에 비 와서 집에 있어", "준비!"]


def test_words_that_were_not_said_are_not_found(store: Store) -> None:
    assert store.search_messages("기차") == [] and store.search_memories("기차역 어디야") == []


@pytest.mark.parametrize(
    "text", ['"', "'; DROP TABLE message; --", "a AND", "NEAR(", "*", "^카페", "col:x", "{", "", "   ", "😀", "-"]
)
def test_nothing_typed_is_syntax(store: Store, text: str) -> None:
    store.search_messages(text)
    store.search_memories(text)
    assert len(store.turns(1)) == len(SAID)


def test_the_limit_holds(store: Store) -> None:
    assert len(store.search_messages("그래", limit=3)) == 3


def test_a_whole_sentence_ranks_memories(store: Store) -> None:
    found = store.search_memories("내일 카페 갈 때 뭐 입지?")
    assert [m.value for m, _ in found] == ["친구랑 카페"] and found[0][1] > 0
    assert [m.value for m, _ in store.search_memories("비가 오려나?")] == ["비"]  # the particle comes off, 준비물 is another word


@pytest.mark.parametrize(
    "asked, value",
    [("카페", "친구랑 카페"), ("카페에서", "친구랑 카페"), ("비", "비"), ("비가", "비"), ("꽃", "안개꽃"), ("꽃이", "안개꽃"), ("집에서", "할머니 집"), ("수", "수"),
     ("카페에서 만난 사람", "친구랑 카페"), ("우산 준비물", "우산")],
)  # fmt: skip
def test_a_search_box_finds_memories_by_any_word_particles_off(tmp_path: Path, asked: str, value: str) -> None:
    store = Store.open(tmp_path / "ohlora.db", tmp_path / "backups", NOW)
    for key, told in (
        ("내일 일정", "친구랑 카페"),
        ("오늘 날씨", "비"),
        ("선물", "안개꽃"),
        ("준비물", "우산"),
        ("명절", "할머니 집"),
        ("학점", "수"),
    ):
        store.add_memory(Memory(key, told), NOW)
    assert store.find_memories(asked)[0].value == value
    assert store.find_memories(unicodedata.normalize("NFD", asked))[0].value == value
    assert store.find_memories("기차역") == [] and store.find_memories('"; -- (') == []


def test_tokens_are_what_the_docstring_says() -> None:
    assert search.tokens("카페에서") == "w카 카 카페 페 페에 에 에서 서"
    assert search.tokens("LG전자 3대") == "lg w전 전 전자 자 3 w대 대"
