"""Prompt and target are tokenised alike for training and chat, whatever the tokenizer."""

from __future__ import annotations

import pytest

from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.heads import HEADS, STOP
from ohlora_tui.tokens import bos_ids, eos_id, example_ids, fit_embeddings, prompt_ids, target_ids
from tests.examples import FOLLOWING, PLAIN, RECALLING
from tests.tiny_models import _MODELS, _TOKENIZERS, SHAPES

TOKENIZERS = {shape: make() for shape, make in _TOKENIZERS.items()}
every_shape = pytest.mark.parametrize("shape", SHAPES)
pytestmark = pytest.mark.models


@every_shape
@pytest.mark.parametrize("head", HEADS.values(), ids=lambda h: h.name)
def test_prompt_and_target_decode_to_the_very_text(shape, head):
    tokenizer = TOKENIZERS[shape]
    for turn in (PLAIN, RECALLING, FOLLOWING):
        prompt, target = head.prompt(turn), head.target(turn)
        ids = prompt_ids(tokenizer, prompt) + target_ids(tokenizer, prompt, target)[:-1]
        text = tokenizer.decode(ids[len(bos_ids(tokenizer)) :], clean_up_tokenization_spaces=False)
        assert text == prompt + target


@every_shape
def test_prompt_of_training_is_the_prompt_of_chat_token_by_token(shape):
    """No merge across the border: the example's ids begin with exactly what the chat gives the model."""
    tokenizer, head = TOKENIZERS[shape], HEADS["memory"]
    prompt, target = head.prompt(PLAIN), head.target(PLAIN)
    read, written = example_ids(tokenizer, prompt, target)
    assert read == prompt_ids(tokenizer, prompt)
    assert written == target_ids(tokenizer, prompt, target)


def test_bos_stands_where_the_tokenizer_puts_one():
    assert {shape: len(bos_ids(TOKENIZERS[shape])) for shape in SHAPES} == {"polyglot": 0, "kanana": 1, "mini": 0, "koreanlm": 1}


@every_shape
def test_a_long_example_loses_the_left_of_its_context_and_nothing_else(shape):
    tokenizer = TOKENIZERS[shape]
    prompt, target = "옛날 " * 300 + HEADS["output_message"].prompt(PLAIN), HEADS["output_message"].target(PLAIN)
    read, written = example_ids(tokenizer, prompt, target, max_length=128)
    assert len(read) + len(written) == 128
    assert read[: len(bos_ids(tokenizer))] == bos_ids(tokenizer)
    assert tokenizer.decode(read, clean_up_tokenization_spaces=False).endswith("### 답변:")
    assert tokenizer.decode(written[:-1], clean_up_tokenization_spaces=False).endswith(STOP)
    assert written[-1] == eos_id(tokenizer)


def test_a_target_that_leaves_no_room_is_refused_not_cut():
    with pytest.raises(DataError, match="최대 길이 64"):
        example_ids(TOKENIZERS["polyglot"], "안녕 ### 답변:", " 나는" * 100 + " (답변 종료)", max_length=64)


def test_a_tokenizer_without_end_token_is_named():
    tokenizer = _TOKENIZERS["polyglot"]()
    tokenizer.eos_token = None
    with pytest.raises(ModelError, match="끝 토큰"):
        eos_id(tokenizer)


def test_every_id_gets_an_embedding_row_and_it_is_told():
    tokenizer = TOKENIZERS["koreanlm"]
    model = _MODELS["koreanlm"](len(tokenizer) - 40)
    old = model.get_input_embeddings().weight.detach().clone()
    told = fit_embeddings(model, tokenizer)
    rows = model.get_input_embeddings().weight
    assert rows.shape[0] >= len(tokenizer) and rows.shape[0] % 64 == 0
    assert model.get_output_embeddings().weight.shape[0] == rows.shape[0]
    assert (rows[: len(old)] == old).all() and (rows[len(old) :] - old.mean(0)).abs().max() < 1e-6
    assert f"{len(old):,}줄" in told
    assert fit_embeddings(model, tokenizer) == ""
