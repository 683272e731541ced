"""One engine, four model shapes, the same facts."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
import torch

from ohlora_tui.engine import loading, local
from ohlora_tui.engine.constrained import best_of, memory_regex
from ohlora_tui.engine.grounded import key_choices, value_spans
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.engine.mixing import NO_ADAPTER
from ohlora_tui.engine.thread import MODEL_THREAD
from ohlora_tui.errors import EngineError
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS
from ohlora_tui.records import Expression, Memory, Turn
from ohlora_tui.settings import Settings
from ohlora_tui.tokens import example_ids, prompt_ids, target_ids
from tests.examples import PLAIN
from tests.tiny_models import SHAPES, build, load, occupied, speaking

pytestmark = pytest.mark.models
AFTER = [HEADS["summary"], HEADS["eyes_mouth_pose"]]
ANSWER = "오 좋겠다! 어디 카페 가? ☕"


@pytest.fixture(scope="session")
def engines(tmp_path_factory):
    return {shape: load(shape, tmp_path_factory.mktemp(shape)) for shape in SHAPES}


@pytest.fixture(params=SHAPES)
def engine(request, engines):
    return engines[request.param]


def ids_of(engine, text):
    return target_ids(engine._tokenizer, "-", f" {text} (답변 종료)")[:-1]


def listen(engine, turn=PLAIN, stop=None, **more):
    return list(engine.stream(turn, stop=stop or threading.Event(), **more))


def test_an_answer_streams_in_pieces_without_marks(engine):
    with speaking(engine, ids_of(engine, ANSWER)):
        pieces = listen(engine)
    assert "".join(pieces) == ANSWER and len(pieces) > 4
    assert engine.tokens == len(target_ids(engine._tokenizer, "-", f" {ANSWER}")) - 1


def test_random_weights_never_show_a_broken_syllable(engine):
    said = "".join(listen(engine))
    assert "\ufffd" not in said and engine.tokens <= Settings().answer_tokens


def test_the_end_is_the_tokenizers_not_the_configs(engine):
    """The config's eos (300 in the GPT-NeoX shapes) is an ordinary token and must not end the answer."""
    word = ids_of(engine, "카페")[:1]
    other = engine._model.config.eos_token_id
    with speaking(
        engine, [*word, *([other] if other != engine._tokenizer.eos_token_id else []), *ids_of(engine, ANSWER)]
    ) as calls:
        listen(engine)
    assert calls[0] > len(ids_of(engine, ANSWER)) - 2


def test_stop_ends_within_one_token(engine):
    stop = threading.Event()
    with speaking(engine, ids_of(engine, "가 나 다 라 " * 20)) as calls:
        answer = engine.stream(PLAIN, stop=stop)
        next(answer)
        stop.set()
        before = calls[0]
        list(answer)
        assert calls[0] <= before + 1
        assert listen(engine, stop=stop) == [] and calls[0] <= before + 1


def test_an_abandoned_answer_stops_and_frees_the_engine(engine):
    with speaking(engine, ids_of(engine, "가 나 다 라 " * 20)) as calls:
        answer = engine.stream(PLAIN, stop=threading.Event())
        next(answer)
        answer.close()
        over = calls[0]
        time.sleep(0.02)
        MODEL_THREAD.run(lambda: None)
        assert calls[0] == over < 40


def test_a_failure_while_generating_reaches_the_reader_and_the_next_answer_works(engine, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("메모리가 모자라요\nstack …")

    alone = listen(engine)
    with monkeypatch.context() as broken:
        broken.setattr(local.Constrain, "__call__", fail)
        for call in (lambda: listen(engine), lambda: engine.memory(PLAIN, stop=threading.Event())):
            with pytest.raises(EngineError, match="메모리가 모자라요") as caught:
                call()
            assert "stack" not in str(caught.value)
    assert listen(engine) == alone


def test_two_readers_take_turns(engine):
    alone = listen(engine)
    heard = [None, None]

    def hear(at):
        heard[at] = listen(engine)

    threads = [threading.Thread(target=hear, args=(at,)) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert heard == [alone, alone]


def test_a_waiting_reader_can_be_stopped(engine):
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    with occupied():
        assert listen(engine, stop=stop) == []


def test_memory_is_a_known_key_and_the_users_words(engine):
    for message in ("나 내일 친구랑 카페 가기로 했어", "오늘 면접 떨어졌어 ㅠㅠ", "나는 대전에서 (혼자) 살아 a.b*c|d"):
        found = engine.memory(Turn(message), stop=threading.Event())
        assert found is None or (found.key in key_choices(message) and found.value in value_spans(message))


def test_memory_writes_what_the_model_wants(engine):
    with speaking(engine, ids_of(engine, "[내일 일정: 친구랑 카페 가기로 함]")):
        assert engine.memory(PLAIN, stop=threading.Event()) == Memory("내일 일정", "친구랑 카페 가기로 함")


def test_memory_cannot_invent_and_a_small_base_keeps_silent_where_it_would(engine, monkeypatch):
    wish = ids_of(engine, "[내일 일정: 제주도 여행]")
    for small in (True, False):
        monkeypatch.setattr(engine, "small", small)
        with speaking(engine, wish):
            found = engine.memory(PLAIN, stop=threading.Event())
        if small:
            assert found is None  # none of the words it may write is likely
        else:
            assert found is not None and found.key == "내일 일정" and found.value in value_spans(PLAIN.message)


def test_a_large_base_writes_the_memory_beside_the_answer(engine, monkeypatch):
    """Both rows of one batch are what each is alone, and `memory` then gives it without another pass; a small base is asked twice."""
    monkeypatch.setattr(engine, "small", False)
    alone, kept = listen(engine), engine.memory(PLAIN, stop=threading.Event())
    batches = []
    run = engine._run
    monkeypatch.setattr(engine, "_run", lambda jobs, *more: batches.append([job.adapter for job in jobs]) or run(jobs, *more))
    assert listen(engine, remember=True) == alone and engine.memory(PLAIN, stop=threading.Event()) == kept
    assert batches == [["output_message", "memory"]]
    engine.memory(PLAIN, stop=threading.Event())
    assert batches[1:] == [["memory"]]  # what was written beside is given once
    monkeypatch.setattr(engine, "small", True)
    listen(engine, remember=True)
    assert batches[2:] == [["output_message"]]


def test_what_was_written_beside_another_message_or_not_to_its_end_is_not_kept(engine, monkeypatch):
    monkeypatch.setattr(engine, "small", False)
    stop = threading.Event()
    with speaking(engine, ids_of(engine, "가 나 다 라 " * 20)):
        answer = engine.stream(PLAIN, stop=stop, remember=True)
        next(answer)
        stop.set()
        list(answer)
    other = engine.memory(Turn("ㅋㅋㅋ"), stop=threading.Event())
    assert other is None and engine._beside is None


def test_a_warm_answer_leaves_the_memory_beside_it_cold(tmp_path, monkeypatch):
    engine = load("polyglot", tmp_path, temperature=2.0)
    monkeypatch.setattr(engine, "small", False)
    cold = engine.memory(PLAIN, stop=threading.Event())
    said = {"".join(listen(engine, remember=True)) for _ in range(3)}
    assert len(said) > 1 and engine.memory(PLAIN, stop=threading.Event()) == cold


def test_nothing_to_remember_costs_the_end_marker_only(engine):
    nothing = target_ids(engine._tokenizer, "-", " (답변 종료)")[:-1]
    with speaking(engine, nothing) as calls:
        assert engine.memory(PLAIN, stop=threading.Event()) is None
    assert calls[0] <= len(nothing)
    assert memory_regex("ㅋㅋㅋ") == "" and engine.memory(Turn("ㅋㅋㅋ"), stop=threading.Event()) is None


def test_a_stopped_memory_is_none(engine):
    stop = threading.Event()
    stop.set()
    assert engine.memory(PLAIN, stop=stop) is None
    assert engine.after(PLAIN, AFTER, stop=stop) == {}


@pytest.mark.parametrize("small", [True, False], ids=["apart", "mixed"])
def test_after_gives_a_parsable_text_for_each_head(engine, small, monkeypatch):
    monkeypatch.setattr(engine, "small", small)
    texts = engine.after(PLAIN, AFTER, stop=threading.Event())
    assert set(texts) == {"summary", "eyes_mouth_pose"}
    assert isinstance(HEADS["eyes_mouth_pose"].parse(texts["eyes_mouth_pose"]), Expression)
    assert "(답변 종료)" not in texts["summary"] and "\ufffd" not in texts["summary"]


def test_the_mixed_batch_writes_what_each_adapter_writes_alone(engine, monkeypatch):
    monkeypatch.setattr(engine, "small", False)
    both = engine.after(PLAIN, AFTER, stop=threading.Event())
    alone = [engine.after(PLAIN, [head], stop=threading.Event()) for head in AFTER]
    assert both == alone[0] | alone[1]


def test_a_small_base_scores_the_face_and_a_large_one_batches(engine, monkeypatch):
    used = []
    monkeypatch.setattr(local, "best_of", lambda *a: used.append("scored") or best_of(*a))
    monkeypatch.setattr(engine, "_run", lambda jobs, *a: used.append(len(jobs)))
    for small, expected in ((True, ["scored", 1]), (False, [2])):
        monkeypatch.setattr(engine, "small", small)
        engine.after(PLAIN, AFTER, stop=threading.Event())
        assert used == expected
        used.clear()


def test_one_forward_over_the_trie_is_exact(engine):
    """The tree's scores are those of 36 separate texts, and the engine takes the best."""
    head = HEADS["eyes_mouth_pose"]
    prompt = prompt_ids(engine._tokenizer, head.prompt(PLAIN))
    engine._voices.speak([head.name])
    best, scores = best_of(engine._model, prompt, engine._faces)
    slow = []
    for sequence in engine._faces.sequences:
        with torch.inference_mode():
            logp = engine._model(input_ids=torch.tensor([[*prompt, *sequence]])).logits[0].log_softmax(-1)
        slow.append(sum(logp[len(prompt) + i - 1, t].item() for i, t in enumerate(sequence)))
    assert torch.allclose(scores, torch.tensor(slow), atol=1e-3)
    assert best == max(range(36), key=slow.__getitem__)
    assert engine.after(PLAIN, [head], stop=threading.Event()) == {head.name: EXPRESSION_TEXTS[best]}


def test_an_error_in_a_mixed_batch_leaves_no_hooks_behind(engine, monkeypatch):
    monkeypatch.setattr(engine, "small", False)
    before, answer = engine.after(PLAIN, AFTER, stop=threading.Event()), listen(engine)
    with monkeypatch.context() as broken:
        broken.setattr(local.Watch, "__call__", lambda *a, **k: 1 / 0)
        with pytest.raises(EngineError, match="ZeroDivisionError"):
            engine.after(PLAIN, AFTER, stop=threading.Event())
    assert not any("adapter_names" in str(h) for m in engine._model.modules() for h in m._forward_pre_hooks.values())
    assert engine.after(PLAIN, AFTER, stop=threading.Event()) == before and listen(engine) == answer


@pytest.mark.parametrize("shape", ["polyglot", "kanana"])
def test_a_base_without_adapters_reads_written_examples(shape, tmp_path):
    engine = load(shape, tmp_path, heads=())
    read = []
    handle = engine._model.get_input_embeddings().register_forward_hook(lambda m, args, out: read.append(args[0][0].tolist()))
    examples = [replace(PLAIN, message="면접 떨어졌어", answer="너무 속상했겠다")]
    listen(engine, examples=examples)
    handle.remove()
    assert "면접 떨어졌어 (답변 시작) ### 답변: 너무 속상했겠다 (답변 종료)\n나 내일" in engine._tokenizer.decode(read[0])
    assert engine.memory(PLAIN, stop=threading.Event()) is None and engine.after(PLAIN, AFTER, stop=threading.Event()) == {}


def test_a_head_without_adapter_is_left_out_and_the_answer_comes_from_the_base(tmp_path):
    engine = load("polyglot", tmp_path, heads=("summary",))
    assert engine.heads == {"summary"}
    assert set(engine.after(PLAIN, AFTER, stop=threading.Event())) == {"summary"}
    listen(engine)
    with engine._voices.speaking([NO_ADAPTER]):
        ids = torch.tensor([prompt_ids(engine._tokenizer, HEADS["output_message"].prompt(PLAIN))])
        first = int(engine._model(input_ids=ids).logits[0, -1].argmax())
    seen = []
    handle = engine._model.get_input_embeddings().register_forward_hook(lambda m, args, out: seen.append(args[0][0].tolist()))
    listen(engine)
    handle.remove()
    assert seen[1] == [first]


@pytest.mark.parametrize("shape", ["polyglot", "koreanlm"])
def test_a_large_base_runs_in_bf16_and_mixes_its_heads(shape, tmp_path, monkeypatch):
    for room in (local, loading):
        monkeypatch.setattr(room, "SMALL", 0)
    engine = load(shape, tmp_path)
    assert engine._model.dtype == torch.bfloat16 and not engine.small
    assert isinstance("".join(listen(engine)), str) and engine.tokens > 0
    found = engine.memory(PLAIN, stop=threading.Event())
    assert found is None or found.value in value_spans(PLAIN.message)
    assert set(engine.after(PLAIN, AFTER, stop=threading.Event())) == {"summary", "eyes_mouth_pose"}


def test_temperature_samples(tmp_path):
    engine = load("mini", tmp_path, heads=("output_message",), temperature=1.5)
    assert len({"".join(listen(engine)) for _ in range(4)}) > 1


def test_a_closed_engine_says_so(tmp_path):
    engine = load("mini", tmp_path, heads=())
    engine.close()
    with pytest.raises(EngineError, match="닫혔어요"):
        listen(engine)


@pytest.mark.parametrize("shape", ["polyglot", "kanana"])
def test_what_was_trained_is_what_is_said(shape, tmp_path):
    """A base taught one example by `example_ids` answers its prompt with that very answer, end included."""
    base, _ = build(shape, tmp_path, heads=())
    engine = LocalEngine.load(base, {}, Settings(home=tmp_path))
    head = HEADS["output_message"]
    read, written = example_ids(engine._tokenizer, head.prompt(PLAIN), head.target(PLAIN))
    model, ids = engine._model.train(), torch.tensor([read + written])
    labels = torch.tensor([[-100] * len(read) + written])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
    model.eval()
    assert "".join(listen(engine)) == PLAIN.answer
    assert engine.tokens < len(written)
