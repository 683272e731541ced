"""What is shown while it is written: whole syllables, no marks, one line."""

from __future__ import annotations

import pytest

from ohlora_tui.engine.constrained import Trie, expression_trie
from ohlora_tui.engine.speech import BROKEN, Speech, repeats, showable
from ohlora_tui.heads import MARKERS
from ohlora_tui.tokens import eos_id, target_ids
from tests.tiny_models import _TOKENIZERS, SHAPES

TOKENIZERS = {shape: make() for shape, make in _TOKENIZERS.items()}
every_shape = pytest.mark.parametrize("shape", SHAPES)
pytestmark = pytest.mark.models
ANSWER = "뷁쀍 좋겠다! 👱‍♀️ (진짜로) # 하나 ☕"


def said(tokenizer, ids, limit=200):
    pieces = []
    speech = Speech(tokenizer, limit, pieces.append)
    for end in range(1, len(ids) + 1):
        speech.sync(ids[:end])
    return speech, pieces


@every_shape
def test_pieces_are_whole_syllables_and_add_up_to_the_answer(shape):
    tokenizer = TOKENIZERS[shape]
    speech, pieces = said(tokenizer, target_ids(tokenizer, "-", f" {ANSWER} (답변 종료)"))
    assert "".join(pieces) == speech.text == ANSWER
    assert len(pieces) > 5 and not any(BROKEN in p for p in pieces)
    assert speech.ended


@every_shape
def test_tokens_count_the_answer_without_its_end_marker(shape):
    tokenizer = TOKENIZERS[shape]
    speech, _ = said(tokenizer, target_ids(tokenizer, "-", " 안녕 로라야 (답변 종료)"))
    assert speech.tokens == len(target_ids(tokenizer, "-", " 안녕 로라야")) - 1


@every_shape
@pytest.mark.parametrize("mark", MARKERS)
def test_no_mark_and_no_beginning_of_one_is_ever_shown(shape, mark):
    tokenizer = TOKENIZERS[shape]
    _, pieces = said(tokenizer, target_ids(tokenizer, "-", f" 안녕 {mark} 더 말한다"))
    assert "".join(pieces) == "안녕"


def test_a_bracket_that_was_no_mark_is_shown_after_all():
    assert showable("안녕 (답변") == "안녕"
    assert showable("안녕 (답변이야)") == "안녕 (답변이야)"


def test_end_of_text_and_the_limit_end_it():
    tokenizer = TOKENIZERS["polyglot"]
    ids = target_ids(tokenizer, "-", " 안녕 카페")
    speech, _ = said(tokenizer, [*ids, *ids])
    assert speech.text == "안녕 카페" and speech.ended
    speech, _ = said(tokenizer, ids[:-1], limit=2)
    assert speech.ended and speech.tokens <= 2 and ids[-1] == eos_id(tokenizer)


def test_control_signs_and_lines_do_not_reach_the_terminal():
    assert showable("안\x1b[31m녕\n카\x07페\u202e") == "안[31m녕 카페"


@every_shape
def test_the_trie_holds_exactly_the_36_expressions(shape):
    trie = expression_trie(TOKENIZERS[shape])
    assert len(set(trie.sequences)) == 36 == len(trie.ends)
    assert all(trie.children[node] == {} for node in trie.ends)


def test_trie_paths_lead_back_to_the_sequences():
    trie = Trie([(1, 2, 3), (1, 2, 4), (5,)])
    assert [[trie.tokens[n] for n in reversed(trie.path(end))] for end in trie.ends] == [[1, 2, 3], [1, 2, 4], [5]]


@every_shape
def test_a_text_cannot_end_before_it_began(shape):
    """At the first token EOS and the end marker are closed, from the second on they are open."""
    import torch

    tokenizer = TOKENIZERS[shape]
    ends = [eos_id(tokenizer), target_ids(tokenizer, "-", " (답변 종료)")[0]]
    speech, scores = Speech(tokenizer, 9), torch.zeros(len(tokenizer))
    speech.hold(scores)
    assert scores[ends].isinf().all() and scores.isinf().sum() == len(set(ends))
    speech.sync(target_ids(tokenizer, "-", " 안녕")[:1])
    scores = torch.zeros(len(tokenizer))
    speech.hold(scores)
    assert not scores.isinf().any()


def test_a_run_is_not_written_twice():
    assert repeats([1, 2, 3, 9, 1, 2], size=3) == [3]
    assert repeats([1, 2], size=3) == [] and repeats([7, 7, 7, 7], size=5) == [] and repeats([7, 7, 7, 7, 7], size=5) == [7]


@every_shape
def test_an_answer_already_given_is_not_given_again(shape):
    import torch

    tokenizer = TOKENIZERS[shape]
    old = "안녕 로라야 반가워"
    wanted = target_ids(tokenizer, "-", f" {old} (답변 종료)")
    speech = Speech(tokenizer, 200, avoid=[old])
    forced: list[int] = []
    for token in wanted:
        scores = torch.zeros(len(tokenizer))
        scores[token] = 1.0
        speech.hold(scores)
        forced.append(int(scores.argmax()))
        speech.sync(forced)
    assert forced != wanted and sum(a != b for a, b in zip(forced, wanted, strict=True)) == 1
