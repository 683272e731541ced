"""Korean keyword search: our own tokens in an FTS5 unicode61 table, and queries made only of quoted phrases of them.

FTS5's trigram misses every two-syllable word, so a run of Hangul is written as its syllables and bigrams, interleaved:

    카페에서  ->  w카 카 카페 페 페에 에 에서 서

Interleaving makes a phrase of a word's tokens match exactly where the word stands inside a longer one (카페 in 카페에서); `w` marks a
syllable that begins a word, so that 비 ranks 비 온다 above 준비. Latin words and numbers are whole tokens.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from db.migrations import FTS

if TYPE_CHECKING:
    from sqlite_utils import Database

_RUN = re.compile(r"[가-힣]+|[^\W_가-힣]+")
_HANGUL = re.compile(r"[가-힣]")

JOSA = frozenset("이가은는을를도만에의와과로랑야아")
"""One-syllable particles: 꽃이 in a sentence also asks for the word 꽃."""
_PARTICLE = re.compile(rf"(?<=[가-힣])(?:에서|에게|한테|까지|부터|으로|이랑|하고|처럼|보다|에도|에는|[{''.join(sorted(JOSA))}])$")
LITTLE = frozenset("나내난날너네넌널저제그이안못좀더또왜뭐와응다수거게걸건것데때한두할해하")
"""One-syllable words that say nothing about what a sentence is about."""


def runs(text: str) -> list[str]:
    """Words as runs of one script, NFC and case-folded: `iPhone에서` -> iphone, 에서."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return _RUN.findall(folded)


def grams(run: str) -> list[str]:
    """A run's tokens without the word-start mark: 도서관 -> 도 도서 서 서관 관; `ps5` -> ps5."""
    if not _HANGUL.match(run):
        return [run]
    inside = [token for here, after in pairwise(run) for token in (here, here + after)]
    return [*inside, run[-1]]


def tokens(text: str) -> str:
    """What the index holds for a text, space-joined."""
    return " ".join(token for run in runs(text) for token in ([f"w{run[0]}"] if _HANGUL.match(run) else []) + grams(run))


def _phrase(run: str) -> str:
    return f'"{" ".join(grams(run))}"'


def word_query(text: str) -> str:
    """Every word of `text`, anywhere: for a search box. "" if it has no word."""
    asked = [f'("w{run}" OR "{run}")' if len(run) == 1 and _HANGUL.match(run) else _phrase(run) for run in runs(text)]
    return " AND ".join(asked)


def bare(text: str) -> str:
    """The words of `text` without a closing particle: 집에서 비가 -> 집 비."""
    return " ".join(_PARTICLE.sub("", run) for run in runs(text))


def sentence_query(text: str) -> str:
    """Any bigram or word of a whole sentence: for ranking. "" if nothing in it is worth asking."""
    asked: dict[str, None] = {}  # a set that keeps the order
    for run in runs(text):
        asked.update(dict.fromkeys(_sentence_terms(run)))
    return " OR ".join(f'"{term}"' for term in asked)


def _sentence_terms(run: str) -> list[str]:
    if not _HANGUL.match(run):
        return [run]
    bigrams = [a + b for a, b in pairwise(run)]
    alone = len(run) == 1 or (len(run) == 2 and run[1] in JOSA)
    return bigrams + ([f"w{run[0]}"] if alone and run[0] not in LITTLE else [])


def index(db: Database, table: str, row: int, text: str) -> None:
    """(Re)write the keyword row of one message or memory."""
    db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
    db.execute(f"INSERT INTO {table}(rowid, tokens) VALUES (?, ?)", (row, tokens(text)))


def unindex(db: Database, table: str, row: int) -> None:
    db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))


def rebuild(db: Database, table: str) -> None:
    """Write the index anew from its own content: FTS5 keeps the words of deleted rows until their segments are merged."""
    db.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")


def reindex(db: Database) -> None:
    """Make both keyword tables anew from the texts; the caller holds the transaction."""
    for table, statement in FTS.items():
        db.execute(f"DROP TABLE IF EXISTS {table}")
        db.execute(statement)
    for row in list(db.query("SELECT id, text FROM message")):
        index(db, "message_fts", row["id"], row["text"])
    for row in list(db.query("SELECT id, key, value FROM memory WHERE deleted_at IS NULL")):
        index(db, "memory_fts", row["id"], f"{row['key']} {row['value']}")


def messages(db: Database, text: str, limit: int) -> list[dict]:
    """Message rows with every word of `text`, else with any of it; only messages that a turn shows. Best first, then newest."""
    for query in (word_query(text), sentence_query(text)):
        if query and (found := list(db.query(_MESSAGES, (query, limit)))):
            return found
    return []


def memories(db: Database, text: str, limit: int) -> list[dict]:
    """Live memory rows with `rank` (bm25 turned positive, higher is better; no upper bound)."""
    query = sentence_query(text) or word_query(text)
    return list(db.query(_MEMORIES, (query, limit))) if query else []


def found_memories(db: Database, text: str, limit: int) -> list[dict]:
    """Live memory rows with every word of `text` anywhere, else without its particles, else with any of it."""
    for query in (word_query(text), word_query(bare(text)), sentence_query(text)):
        if query and (found := list(db.query(_MEMORIES, (query, limit)))):
            return found
    return []


_MESSAGES = """SELECT m.* FROM message_fts f JOIN message m ON m.id = f.rowid
    WHERE message_fts MATCH ? AND EXISTS (SELECT 1 FROM turn t WHERE t.message_id = m.id OR t.answer_id = m.id)
    ORDER BY bm25(message_fts), m.id DESC LIMIT ?"""
_MEMORIES = """SELECT m.*, -bm25(memory_fts) AS rank FROM memory_fts f JOIN memory m ON m.id = f.rowid
    WHERE memory_fts MATCH ? AND m.superseded_by IS NULL AND m.deleted_at IS NULL
    ORDER BY bm25(memory_fts), m.id DESC LIMIT ?"""
