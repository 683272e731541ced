"""A server is another way to the same words: the real one on loopback over tiny models, and one that lies."""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import re
import socket
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ohlora_tui import serving as serving_room
from ohlora_tui.cli import app
from ohlora_tui.conversation import SENT, Conversation
from ohlora_tui.engine import wire
from ohlora_tui.engine.constrained import memory_regex
from ohlora_tui.engine.local import LocalEngine
from ohlora_tui.engine.remote import RemoteEngine, served_in
from ohlora_tui.engine.thread import MODEL_THREAD
from ohlora_tui.engine.wording import NOTHING, Cut, Hearing, memory_pattern, nearest_expression
from ohlora_tui.errors import EngineError, OhLoraError, SettingsError
from ohlora_tui.heads import EXPRESSION_TEXTS, HEADS
from ohlora_tui.records import Memory, Turn
from ohlora_tui.serving import ModelServer, Queue, Turned, is_loopback
from ohlora_tui.settings import Settings
from ohlora_tui.settings import load as load_settings
from ohlora_tui.tokens import target_ids
from ohlora_tui.verbs.serve import opening
from tests.examples import ALL, PLAIN
from tests.tiny_models import load, occupied, speaking

pytestmark = [pytest.mark.models, pytest.mark.slow]
AFTER = [HEADS["summary"], HEADS["eyes_mouth_pose"]]
LONG = "가 나 다 라 마 바 사 아 자 차 카 타 파 하 " * 4


@contextmanager
def serving(engine):
    """The engine's server on a free port of loopback."""
    server = ModelServer(lambda: engine, port=0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module", params=["polyglot", "kanana"])
def engine(request, tmp_path_factory):
    return load(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def server(engine):
    with serving(engine) as found:
        yield found


@pytest.fixture
def remote(server):
    return connect(server.url)


def connect(url, **settings):
    return RemoteEngine.connect(Settings(server=url, **{"answer_tokens": 40, **settings}))


def listen(engine, turn=PLAIN, stop=None, **more):
    return list(engine.stream(turn, stop=stop or threading.Event(), **more))


def until_true(so):
    """Waits for what another thread does; the test fails if it never does."""
    end = time.monotonic() + 10
    while not so():
        assert time.monotonic() < end
        time.sleep(0.005)


def ids_of(engine, text):
    return target_ids(engine._tokenizer, "-", f" {text} (답변 종료)")[:-1]


def ask(server, path="/v1/completions", body=None, method="POST", **headers):
    """(status, document) of a request as any client might send it."""
    open_ = http.client.HTTPConnection(*server.server_address[:2], timeout=10)
    text = body if isinstance(body, str | None) else json.dumps(body)
    open_.request(method, path, body=text and text.encode(), headers={"Content-Type": "application/json"} | headers)
    answer = open_.getresponse()
    return answer.status, json.loads(answer.read())


# -- the same words


@pytest.mark.parametrize(("name", "small"), [("plain", True), ("hostile", False), ("timely", False)])
def test_all_four_heads_write_what_the_engine_writes_here(engine, remote, name, small, monkeypatch):
    monkeypatch.setattr(engine, "small", small)
    turn, never = ALL[name], threading.Event()
    assert (remote.name, remote.heads) == (engine.name, engine.heads)
    assert "".join(listen(remote, turn)) == "".join(listen(engine, turn))
    assert remote.tokens == engine.tokens
    assert remote.memory(turn, stop=never) == engine.memory(turn, stop=never)
    assert remote.after(turn, AFTER, stop=never) == engine.after(turn, AFTER, stop=never)


class Swayed:
    """Letters that know one message."""

    def weighed(self, likelihoods, message, answer):
        return likelihoods if message != PLAIN.message else -likelihoods


def test_what_the_user_said_sways_the_face_there_as_here(engine, remote, monkeypatch):
    monkeypatch.setattr(engine, "_letters", Swayed())
    other, never = replace(PLAIN, message="글쎄"), threading.Event()
    told = [speaker.after(turn, AFTER[1:], stop=never) for turn in (PLAIN, other) for speaker in (engine, remote)]
    assert told[0] == told[1] != told[2] == told[3]


def test_an_answer_is_as_likely_there_as_here(engine, remote):
    for answer in (PLAIN.answer, "글쎄"):
        assert remote.likelihood(PLAIN, answer) == pytest.approx(engine.likelihood(PLAIN, answer), abs=1e-5)


def test_the_plain_base_scores_too(engine, server):
    body = {"prompt": HEADS["output_message"].prompt(PLAIN) + " 그래 (답변 종료)", "echo": True, "logprobs": 1, "max_tokens": 0}
    scores = [ask(server, body=body | {"model": m})[1]["choices"][0]["logprobs"]["token_logprobs"][1:] for m in (engine.name, "output_message")]
    assert len(scores[0]) == len(scores[1]) == len(ids_of(engine, "그래")) + 1 and scores[0] != scores[1]


def test_what_was_said_is_not_said_again(engine, remote):
    words = "오 좋겠다! 어디 카페 가? ☕"
    with speaking(engine, ids_of(engine, words)):
        assert "".join(listen(remote)) == words
    said = []
    for speaker in (engine, remote):
        with speaking(engine, ids_of(engine, words)):
            said.append("".join(listen(speaker, avoid=frozenset([words]))))
    assert said[0] == said[1] != words


def test_memory_writes_what_the_model_wants_and_keeps_silent_when_it_wants_that(engine, remote):
    never = threading.Event()
    with speaking(engine, ids_of(engine, "[내일 일정: 친구랑 카페 가기로 함]")):
        assert remote.memory(PLAIN, stop=never) == Memory("내일 일정", "친구랑 카페 가기로 함")
    with speaking(engine, target_ids(engine._tokenizer, "-", " (답변 종료)")[:-1]):
        assert remote.memory(PLAIN, stop=never) is None
    assert remote.memory(Turn("ㅋㅋㅋ"), stop=never) is None


def test_the_servers_regex_is_the_engines_own_with_silence_beside_it():
    for turn in ALL.values():
        assert memory_pattern(turn.message) == (memory_regex(turn.message) and f"{memory_regex(turn.message)}|{NOTHING}")


def test_a_base_without_adapters_reads_written_examples(tmp_path):
    plain = load("kanana", tmp_path, heads=())
    examples = [Turn("면접 떨어졌어", answer="너무 속상했겠다")]
    with serving(plain) as server:
        remote = connect(server.url)
        assert (remote.name, remote.heads) == ("kanana", frozenset())
        assert listen(remote, examples=examples)
        assert "".join(listen(remote, examples=examples)) == "".join(listen(plain, examples=examples))
        assert remote.memory(PLAIN, stop=threading.Event()) is None and remote.after(PLAIN, AFTER, stop=threading.Event()) == {}


# -- as it comes, and not a token longer


def test_pieces_arrive_before_the_end(engine, remote):
    with speaking(engine, ids_of(engine, LONG)) as calls:
        answer = remote.stream(PLAIN, stop=threading.Event())
        first, early = next(answer), calls[0]
        rest = list(answer)
    assert first and len(rest) > 4 and early < calls[0]


@pytest.mark.parametrize("how", ["stop", "close"])
def test_leaving_ends_the_generation_there_and_frees_the_server(engine, remote, how):
    step = threading.Semaphore(3)  # the model may write three tokens, then one for each that the test lets through
    base, stop = engine._model.get_base_model(), threading.Event()
    wait = base.register_forward_pre_hook(lambda *_: step.acquire(timeout=10) and None)
    with speaking(engine, ids_of(engine, LONG)) as calls:
        answer = remote.stream(PLAIN, stop=stop)
        next(answer)
        if how == "stop":
            stop.set()
            assert list(answer) == []
        else:
            answer.close()
        step.release(2)
        MODEL_THREAD.run(lambda: None)  # comes when that generation has ended
        assert calls[0] <= 3 + 2
        wait.remove()
    assert "".join(listen(remote)) == "".join(listen(engine))


def test_two_clients_at_once_both_get_their_answers(engine, server):
    alone = "".join(listen(engine))
    heard = {}

    def hear(number):
        heard[number] = "".join(listen(connect(server.url)))

    threads = [threading.Thread(target=hear, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert heard == dict.fromkeys(range(4), alone)


def test_clients_that_wait_can_leave_and_are_not_answered(engine, remote, server):
    stop, heard = threading.Event(), []
    with occupied(), speaking(engine, ids_of(engine, LONG)) as calls:
        waiting = [threading.Thread(target=lambda: heard.append(listen(remote, stop=stop))) for _ in range(2)]
        for thread in waiting:
            thread.start()
        until_true(lambda: len(server.queue._tickets) == 2)  # one for the model's thread, one behind it
        stop.set()
        for thread in waiting:
            thread.join(5)
        until_true(lambda: not server.queue._tickets)
        assert heard == [[], []] and calls[0] == 0


def test_a_client_that_waits_hears_that_it_is_not_forgotten(server, monkeypatch):
    monkeypatch.setattr(serving_room, "HEARTBEAT", 0.0)
    with server.queue.turn(lambda: False, lambda: None), socket.create_connection(server.server_address[:2], timeout=5) as open_:
        body = json.dumps(WISH | {"stream": True}).encode()
        open_.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        heard = b""
        while b": waiting\n\n" not in heard and (more := open_.recv(1000)):
            heard += more
        assert b"text/event-stream" in heard and b": waiting\n\n" in heard


def test_the_queue_is_first_come_first_served_and_has_an_end():
    line, order, gate = Queue(most=1), [], threading.Event()

    def take(name):
        with line.turn(lambda: False, lambda: None):
            order.append(name)
            gate.wait(5)

    first = threading.Thread(target=take, args=("first",))
    first.start()
    until_true(lambda: order)
    second = threading.Thread(target=take, args=("second",))
    second.start()
    until_true(lambda: len(line._tickets) == 2)
    with pytest.raises(Turned, match="waiting"), line.turn(lambda: False, lambda: None):
        pass
    with pytest.raises(ZeroDivisionError), Queue().turn(lambda: False, lambda: None):
        raise ZeroDivisionError
    gate.set()
    first.join(5)
    second.join(5)
    assert order == ["first", "second"]


def test_a_stopped_part_is_left_out(remote):
    stop = threading.Event()
    stop.set()
    assert remote.memory(PLAIN, stop=stop) is None and remote.after(PLAIN, AFTER, stop=stop) == {} and listen(remote, stop=stop) == []


def test_a_closed_engine_says_nothing_more(server):
    remote = connect(server.url)
    remote.close()
    assert listen(remote) == []


# -- what the server says to anyone


def test_any_client_gets_one_document_with_its_own_stop_texts(engine, server):
    with speaking(engine, ids_of(engine, "오 좋겠다! 어디 카페 가?")):
        status, told = ask(server, body={"model": "output_message", "prompt": "안녕", "max_tokens": 40, "stop": ["카페", "없음"]})
    assert status == 200 and told["choices"][0] | {"logprobs": 0} == {"index": 0, "text": "오 좋겠다! 어디 ", "logprobs": 0, "finish_reason": "stop"}
    with speaking(engine, ids_of(engine, LONG)):
        _, told = ask(server, body={"model": engine.name, "prompt": ["안녕"], "max_tokens": 5})
    assert told["choices"][0]["finish_reason"] == "length" and 0 < told["usage"]["completion_tokens"] <= 5


def test_choices_and_patterns_hold_under_both_names(engine, server):
    for held in ({"structured_outputs": {"choice": ["가", "가나", "다"]}}, {"guided_choice": ["가", "가나", "다"]}):
        for model in ("summary", engine.name):
            _, told = ask(server, body={"model": model, "prompt": "고르면", **held})
            assert told["choices"][0]["text"] in ("가", "가나", "다")
    for held in ({"structured_outputs": {"regex": "[0-9]{3}"}}, {"guided_regex": "[0-9]{3}"}):
        _, told = ask(server, body={"model": "summary", "prompt": "셋", "max_tokens": 20, **held})
        assert told["choices"][0]["text"].isdigit() and len(told["choices"][0]["text"]) == 3


def test_what_it_serves_and_how_it_is(engine, server):
    assert ask(server, "/health", method="GET") == (200, {"status": "ok", "model": engine.name})
    listed = ask(server, "/v1/models", method="GET")[1]["data"]
    assert [m["id"] for m in listed] == [engine.name, *HEADS] and {m["owned_by"] for m in listed} == {"ohlora"}
    assert {m["parent"] for m in listed[1:]} == {engine.name}


WISH = {"model": "summary", "prompt": "안녕"}


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, "{", "JSON"),
        (400, "[1]", "object"),
        (400, {"model": "summary"}, "prompt"),
        (400, {"prompt": "안녕"}, "model"),
        (400, WISH | {"prompt": [1, 2]}, "prompt"),
        (400, WISH | {"n": 2}, "n:"),
        (400, WISH | {"max_tokens": 10**9}, "max_tokens"),
        (400, WISH | {"max_tokens": True}, "max_tokens"),
        (400, WISH | {"temperature": "뜨겁게"}, "temperature"),
        (400, WISH | {"stop": [""]}, "stop"),
        (400, WISH | {"logprobs": 1}, "echo"),
        (400, WISH | {"echo": True}, "echo"),
        (400, WISH | {"structured_outputs": "가"}, "structured_outputs"),
        (400, WISH | {"structured_outputs": {"regex": "(("}}, "regex"),
        (400, WISH | {"guided_choice": ["가"], "guided_regex": "가"}, "choice"),
        (400, WISH | {"guided_choice": ["가" * 5000]}, "자리가 없어요"),
        (404, WISH | {"model": "없는 것"}, "output_message"),
    ],
)
def test_a_request_that_cannot_be_met_is_told_why(server, status, body, said):
    found, told = ask(server, body=body)
    assert found == status and said in told["error"]["message"]


def test_a_web_page_cannot_use_it(server):
    assert ask(server, body=WISH, **{"Content-Type": "text/plain"})[0] == 415
    assert ask(server, body=WISH, Host="evil.example")[0] == 403
    assert ask(server, "/v1/models", method="GET", Host="localhost:1")[0] == 200
    assert ask(server, "/v1/chat/completions", body=WISH)[0] == 404 and ask(server, "/health", body=WISH)[0] == 405


def test_a_body_without_end_or_beyond_all_measure_is_not_read(server):
    for header, status in (("Content-Length: 99999999", b"413"), ("X: y", b"411")):
        with socket.create_connection(server.server_address[:2], timeout=5) as open_:
            open_.sendall(f"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{header}\r\n\r\n".encode())
            assert status in open_.recv(100)


def test_a_model_that_fails_is_told_and_the_next_answer_comes(engine, remote, server, monkeypatch):
    alone = listen(engine)
    with monkeypatch.context() as broken:
        broken.setattr("ohlora_tui.engine.local.Constrain.__call__", lambda *_: 1 / 0)
        with pytest.raises(EngineError, match="ZeroDivisionError"):
            listen(remote)
        assert ask(server, body=WISH)[0] == 500
    assert "".join(listen(remote)) == "".join(alone)


def test_open_to_others_is_said_plainly():
    assert is_loopback("127.0.0.1") and is_loopback("::1") and is_loopback("localhost")
    assert not is_loopback("0.0.0.0") and not is_loopback("example.com")
    told = opening("http://0.0.0.0:1", "mini", private=False)
    assert "비밀번호도" in told[0] and "--server http://이_컴퓨터의_주소:1" in told[1] and len(opening("http://x", "mini", private=True)) == 2


def test_a_port_that_is_taken_is_named_before_a_model_is_loaded(server):
    loaded = []
    with pytest.raises(OhLoraError, match=rf"{server.server_address[1]}.*\(Address already in use\)"):
        ModelServer(lambda: loaded.append(1), port=server.server_address[1])
    assert not loaded


def test_a_model_that_cannot_be_loaded_gives_the_address_back():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            ModelServer(lambda: 1 / 0, port=port)


# -- a server that lies, stumbles or says nothing


class Liar:
    """Says to each connection what is scripted, bytes or a call with the open socket; the last script stays."""

    def __init__(self, *scripts):
        self.scripts, self.requests = list(scripts), []
        self.open = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.open.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.open.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            request = read_request(connection)
            if request.startswith(b"GET"):
                script = reply(json.dumps(MODELS))
            else:
                self.requests.append(json.loads(request.partition(b"\r\n\r\n")[2]))
                script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            with contextlib.suppress(OSError):  # the client hung up, as it should
                script(connection) if callable(script) else connection.sendall(script)

    def close(self):
        self.open.close()


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        more = connection.recv(65536)
        body, data = body + more, data + more
    return data


def reply(body, status="200 OK", kind="application/json", more=""):
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Connection: close\r\n\r\n{body}".encode()


def says(*texts, end="stop", done=True):
    """A whole event stream of these pieces."""
    events = [{"choices": [{"text": t, "finish_reason": None}]} for t in texts]
    events += [{"choices": [{"text": "", "finish_reason": end}]}] if end else []
    body = "".join(f"data: {json.dumps(e)}\n\n" for e in events) + ("data: [DONE]\n\n" if done else "")
    return reply(body, kind="text/event-stream")


MODELS = {"data": [{"id": "EleutherAI/polyglot-ko-1.3b", "parent": None}, *({"id": name, "parent": "x"} for name in HEADS)]}


@pytest.fixture
def lying(monkeypatch):
    monkeypatch.setattr(wire, "WAITS", (0.01, 0.01))
    opened = []

    def make(*scripts, **settings):
        liar = Liar(*scripts)
        opened.append(liar)
        return liar, connect(liar.url, **settings)

    yield make
    for liar in opened:
        liar.close()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (reply('{"error": {"message": "no \\u001b[31mkey"}}', "401 Unauthorized"), r"401: no key.*OHLORA_SERVER_KEY"),
        (reply("", "403 Forbidden"), "들여보내"),
        (reply("<html>", "500 Oops"), "500"),
        (reply("", "503 Busy"), "503"),
        (reply("", "307 Elsewhere", more="Location: http://evil.example/v1\r\n"), "evil.example.*따라가지"),
        (reply("<html>hello", kind="text/html"), "읽을 수 없어요"),
        (reply("[" * 100_000), "읽을 수 없어요"),
        (reply("data: {broken\n\n"), "읽을 수 없어요"),
        (reply('data: {"choices": 3}\n\n'), "choices"),
        (reply('data: {"error": {"message": "out of memory"}}\n\n'), "out of memory"),
        (reply(""), "도중에 끊겼어요"),
        (says("오 좋", end="", done=False), "도중에 끊겼어요"),
        (b"not http at all\r\n\r\n", "연결이 도중에 끊겼어요"),
        (b"", "연결이 도중에 끊겼어요"),
        (reply("x" * (wire.LONGEST_LINE + 2)), "한 줄"),
    ],
)
def test_every_way_to_fail_is_one_sentence(lying, script, said):
    _, remote = lying(script)
    with pytest.raises(EngineError, match=said) as caught:
        listen(remote)
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_named_with_the_next_step(monkeypatch):
    monkeypatch.setattr(wire, "WAITS", (0.01, 0.01))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(EngineError, match=rf"{port} 서버에 닿지 않아요.*serve-model"):
        connect(f"http://127.0.0.1:{port}")


def test_a_busy_server_is_asked_twice_more_and_no_further(lying):
    liar, remote = lying(reply("", "503 Busy"), reply("", "502 Bad"), says("안녕!"))
    assert "".join(listen(remote)) == "안녕!" and len(liar.requests) == 3
    liar, remote = lying(reply("", "503 Busy"))
    with pytest.raises(EngineError):
        listen(remote)
    assert len(liar.requests) == 3


def test_nothing_is_asked_again_once_something_was_shown(lying):
    shown = threading.Event()

    def breaks(connection):
        connection.sendall(says("오 ", "좋겠다", end="", done=False))
        shown.wait(5)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # a reset, not an end

    liar, remote = lying(breaks)
    answer = remote.stream(PLAIN, stop=threading.Event())
    assert [next(answer), next(answer)] == ["오", " 좋겠다"]
    shown.set()
    with pytest.raises(EngineError, match="끊겼어요"):
        next(answer)
    assert len(liar.requests) == 1


def test_https_to_a_server_that_speaks_none_is_told():
    liar = Liar(b"")
    liar._answer = lambda connection: (connection.sendall(b"HTTP/1.1 400 No\r\n\r\n"), connection.recv(9999), connection.close())
    with pytest.raises(EngineError, match="https로 이야기할 수 없어요"):
        connect(liar.url.replace("http:", "https:"))
    liar.close()


def test_a_model_the_server_lost_is_named_with_what_there_is(lying):
    _, remote = lying(reply('{"error": "gone"}', "404 Not Found"))
    with pytest.raises(EngineError, match="404"):  # it is listed still: the server's own words stand
        listen(remote)
    remote.heads = frozenset({"output_message"})
    remote._served = served_in({"data": [{"id": "output_message"}, {"id": "b"}]}, "", "")
    MODELS["data"], kept = [{"id": "b"}, {"id": "summary"}], MODELS["data"]
    try:
        with pytest.raises(EngineError, match=r"'output_message' 모델이 없어요.*b, summary"):
            listen(remote)
    finally:
        MODELS["data"] = kept


def test_silence_has_an_end_and_stop_does_not_wait_for_it(lying, monkeypatch):
    release = threading.Event()
    _, remote = lying(lambda connection: release.wait(10))
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    began = time.monotonic()
    assert listen(remote, stop=stop) == [] and time.monotonic() - began < 3
    monkeypatch.setattr(wire, "SILENCE", 0.2)
    with pytest.raises(EngineError, match="말이 없어서"):
        listen(remote)
    release.set()


def test_an_endless_stream_is_cut(lying, monkeypatch):
    monkeypatch.setattr(wire, "MOST_BYTES", 1 << 18)

    def endless(text):
        def run(connection):
            connection.sendall(reply("", kind="text/event-stream"))
            while True:
                connection.sendall(text)

        return run

    for text in ("가" * 500, ""):
        _, remote = lying(endless(f"data: {json.dumps({'choices': [{'text': text}]})}\n\n".encode()))
        assert len("".join(listen(remote))) <= 40 * 40
    _, remote = lying(endless(b": still here\n" * 5000))
    with pytest.raises(EngineError, match="끝나지 않아"):
        listen(remote)


def test_marks_and_control_signs_never_reach_the_terminal(lying):
    _, remote = lying(says("안녕\x1b[31", "m! \u202e", "반\x07가워 (답", "변 종료) 몰래"))
    assert "".join(listen(remote)) == "안녕! 반가워"
    _, remote = lying(says("그래 ### 답변: 거짓"))
    assert "".join(listen(remote)) == "그래"


def test_a_server_that_answers_all_at_once_is_understood(lying):
    _, remote = lying(reply(json.dumps({"choices": [{"text": " 안녕! (답변 종료)", "finish_reason": "stop"}], "usage": {"completion_tokens": 4}}, indent=1)))
    assert listen(remote) == ["안녕!"] and remote.tokens == 4


def test_fields_a_server_refuses_are_left_out_from_then_on(lying):
    liar, remote = lying(reply('{"message": "extra fields"}', "422 No"), says(" (눈 크게, 입 보통, 고개 돌림 없음)"))
    found = [remote.after(PLAIN, [HEADS["eyes_mouth_pose"]], stop=threading.Event()) for _ in range(2)]
    assert found == [{"eyes_mouth_pose": "(눈 크게, 입 보통, 고개 돌림 없음)"}] * 2
    assert ["guided_choice" in r for r in liar.requests] == [True, False, False]
    assert all(r["model"] == "eyes_mouth_pose" and r["temperature"] == 0 for r in liar.requests)


def test_a_request_that_is_refused_even_so_is_told(lying):
    liar, remote = lying(reply('{"message": "too long"}', "400 No"))
    with pytest.raises(EngineError, match="too long"):
        remote.memory(PLAIN, stop=threading.Event())
    assert len(liar.requests) == 2


def test_an_expression_that_is_none_of_the_36_is_not_asked_for_again(lying):
    liar, remote = lying(says("표정: 눈 아주크게 / 입 보통 / 고개 돌림 많이!"))
    assert remote.after(PLAIN, [HEADS["eyes_mouth_pose"]], stop=threading.Event()) == {"eyes_mouth_pose": "(눈 아주 크게, 입 보통, 고개 돌림 많이)"}
    liar, remote = lying(says("활짝 웃음"))
    text = remote.after(PLAIN, [HEADS["eyes_mouth_pose"]], stop=threading.Event())["eyes_mouth_pose"]
    with pytest.raises(ValueError, match="활짝 웃음"):  # what chat turns into a visible note
        HEADS["eyes_mouth_pose"].parse(text)
    assert len(liar.requests) == 1


def test_a_memory_that_is_none_is_an_error_and_not_asked_for_again(lying):
    liar, remote = lying(says(" 카페 간대"))
    with pytest.raises(EngineError, match="카페 간대"):
        remote.memory(PLAIN, stop=threading.Event())
    assert len(liar.requests) == 1 and liar.requests[0]["structured_outputs"]["regex"].startswith(r" \[(오늘 일정|")


def test_summary_and_face_are_asked_for_at_the_same_time(lying):
    both = threading.Barrier(2, timeout=5)

    def meets(connection):
        both.wait()
        connection.sendall(says("(눈 크게, 입 보통, 고개 돌림 없음)"))

    _, remote = lying(meets)
    assert set(remote.after(PLAIN, AFTER, stop=threading.Event())) == {"summary", "eyes_mouth_pose"}


def test_an_old_answer_is_asked_for_once_more_warmer_and_never_shown(lying):
    liar, remote = lying(says("안", "녕!"), says("안", "녕이야"))
    assert "".join(listen(remote, avoid=frozenset(["안녕!"]))) == "안녕이야"
    assert [r["temperature"] for r in liar.requests] == [0.0, 0.8] and "avoid" not in liar.requests[0]
    liar, remote = lying(says("안녕!"))
    assert listen(remote, avoid=frozenset(["안녕!"])) == [] and len(liar.requests) == 2


def test_without_figures_no_answer_counts_as_sure(lying):
    _, remote = lying(says("안녕"), reply('{"choices": [{"text": "x", "logprobs": null}]}'), reply("", "400 No"))
    listen(remote)
    assert [remote.likelihood(PLAIN, "안녕") for _ in range(2)] == [-math.inf] * 2


def test_figures_of_an_echo_are_read_from_the_border_on(lying):
    border = len(HEADS["output_message"].prompt(PLAIN))
    told = {"text_offset": [0, border - 2, border, border + 3, border + 9], "token_logprobs": [None, -9.0, -1.0, -2.0, -0.6]}
    liar, remote = lying(reply(json.dumps({"choices": [{"text": "x", "logprobs": told}]})))
    assert remote.likelihood(PLAIN, "안녕") == pytest.approx(-1.2)
    assert liar.requests[0]["prompt"].endswith("### 답변: 안녕 (답변 종료)") and liar.requests[0]["echo"] is True


def test_the_key_goes_to_the_server_and_a_head_alone_will_do(lying):
    seen = []
    liar, _ = lying(lambda connection: connection.sendall(says("네")))
    original = liar._answer

    def noting(connection):
        seen.append(connection.recv(65536, socket.MSG_PEEK))
        original(connection)

    liar._answer = noting
    connect(liar.url, server_key="비밀".encode().hex())
    assert b"Authorization: Bearer " in seen[0]
    with pytest.raises(SettingsError, match="server_key"):
        connect(liar.url, server_key="비밀")


@pytest.mark.parametrize(
    "url", ["ftp://a", "127.0.0.1:8399", "http://", "http://a:b", "http://a:99999", "http://user:pw@a", "http://a/?q=1", "file:///etc/passwd", "http://가"]
)
def test_an_address_that_is_none_is_named(url):
    with pytest.raises(SettingsError, match="서버 주소"):
        wire.Wire(url)


def test_addresses_are_read_as_people_write_them():
    for written in ("http://localhost:8399", "http://localhost:8399/", "http://localhost:8399/v1", " http://localhost:8399/v1/ "):
        found = wire.Wire(written)
        assert (found.url, found.place, found._root) == ("http://localhost:8399", "localhost:8399", "")
    assert wire.Wire("https://host/llm/v1").port == 443 and wire.Wire("http://[::1]:9").place == "[::1]:9"


@pytest.mark.parametrize("listing", [{}, {"data": []}, {"data": [3, {"id": 4}]}, {"data": "x"}, {"data": [{"id": "summary"}]}])
def test_a_server_without_a_model_that_answers_is_told(listing):
    with pytest.raises(EngineError, match="모델이"):
        served_in(listing, "mini", "http://x")


def test_the_base_is_the_wished_one_the_first_or_the_heads_own():
    two = {"data": [{"id": "a"}, {"id": "b"}, {"id": "summary", "parent": "a"}]}
    assert served_in(two, "b", "").base == "b" and served_in(two, "mini", "").base == "a"
    assert served_in({"data": [{"id": "output_message", "parent": "c"}]}, "", "").base == "c"
    assert not served_in(two, "", "").ours


def test_text_is_heard_and_cut_piece_by_piece():
    hearing = Hearing(40)
    assert [hearing.take(p) for p in (" 오", "\ufffd", " 좋", " (답", "변 종료)")] == ["오", "", " 좋", "", ""] and hearing.over
    out: list[str] = []
    cut = Cut(("끝남",), out.append)
    for piece in ("가 ", "끝", "나", " 끝남 뒤"):
        cut.take(piece)
    cut.flush()
    assert "".join(out) == cut.text == "가 끝나 " and cut.over
    assert all(nearest_expression(f"x{text}y") == text for text in EXPRESSION_TEXTS)


# -- chat through it


def say(url, *words):
    found = CliRunner().invoke(app, ["chat", "--once", *words, "--json", "--server", url])
    assert found.exit_code == 0, found.exception
    return json.loads(found.stdout)


def test_chat_on_the_command_line_speaks_through_the_server(tmp_path):
    with serving(load("kanana", tmp_path)) as server:
        found = CliRunner().invoke(app, ["chat", "--once", "나 내일 친구랑 카페 가기로 했어", "--json", "--server", server.url])
    told = json.loads(found.stdout)
    assert told["base"] == f"kanana @ 127.0.0.1:{server.server_address[1]}" and told["speaker"] == "model"
    assert set(told["expression"]) == {"eyes", "mouth", "pose"} and told["state"] == "done" and told["notes"] == []


def test_written_rows_answer_first_where_the_server_serves_mini(tmp_path):
    with serving(load("mini", tmp_path)) as server:
        talk, said = Conversation(load_settings(server=server.url)), []
        talk.load(said.append, lazy=True)
        assert SENT.format(server.url) in said and SENT.format(server.url) in talk.notices
        turns = [list(talk.reply(text, threading.Event()))[-1].turn for text in ("로라야 안녕?", "쿄쿄 뷁뷁 휅휅 쿄쿄")]
        talk.close()
        assert turns[0].speaker == "row" and turns[0].base.startswith("mini @ 127.0.0.1:")
        assert all(t.answer and t.state == "done" for t in turns)  # the second: the model's words, or a question back


def test_doctor_says_where_the_words_go(server, monkeypatch):
    from ohlora_tui.verbs.doctor import examine

    said = [f"{f.what} {f.value} {f.hint}" for f in examine(Settings(home=load_settings().home, server=server.url), {})]
    assert any(f"{server.engine.name} @" in line and SENT.format(server.url) in line for line in said)
    monkeypatch.setattr(wire, "WAITS", (0.01, 0.01))
    said = [f"{f.value} {f.hint}" for f in examine(Settings(home=load_settings().home, server="http://127.0.0.1:9"), {})]
    assert any("닿지 않아요" in line for line in said)


def test_a_server_that_is_gone_ends_chat_with_a_sentence(monkeypatch):
    monkeypatch.setattr(wire, "WAITS", (0.01, 0.01))
    found = CliRunner().invoke(app, ["chat", "--once", "안녕", "--server", "http://127.0.0.1:9"])
    assert isinstance(found.exception, EngineError) and "닿지 않아요" in str(found.exception)
    assert CliRunner().invoke(app, ["chat", "--once", "안녕", "--server", "http://127.0.0.1:9", "--base", "mini"]).exit_code == 2


def test_serve_model_shares_the_bundled_model_and_leaves_at_ctrl_c():
    import signal
    import subprocess

    words = [sys.executable, "-m", "ohlora_tui", "serve-model", "--port", "0"]
    def heeds() -> None:  # a run in the background of a shell hands down an ignored SIGINT
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, preexec_fn=heeds) as served:
        line = next(text for text in served.stderr if "나눠 써요" in text)
        url = line.split()[0]
        assert connect(url).heads == frozenset(HEADS)
        assert len("".join(listen(connect(url), Turn("로라야 뭐 해?")))) > 0
        served.send_signal(signal.SIGINT)
        try:
            told = served.communicate(timeout=30)[1]
        finally:
            served.kill()
        assert "껐어요" in told and served.returncode == 0


def test_the_address_comes_from_the_option_or_the_environment_and_base_asks_for_a_model_here(monkeypatch):
    seen = []
    monkeypatch.setattr("ohlora_tui.once.run", lambda settings, *_: seen.append((settings.server, settings.base)))
    monkeypatch.setenv("OHLORA_SERVER", "http://a:1")
    for words in ([], ["--server", "http://b:2"], ["--base", "polyglot"]):
        assert CliRunner().invoke(app, ["chat", "--once", "안녕", *words]).exit_code == 0
    assert seen == [("http://a:1", "mini"), ("http://b:2", "mini"), ("", "polyglot")]


@pytest.mark.parametrize("page", ["serving.md", "compose.vllm.yaml"])
def test_the_vllm_command_names_our_heads_and_says_it_was_not_run(page):
    text = (Path(__file__).parent.parent / "docs" / page).read_text(encoding="utf-8")
    assert set(re.findall(r"(\w+)=\S*/adapters/(\w+)", text)) == {(name, name) for name in HEADS}
    assert "--model-impl" in text and ("not run" in text)


def test_the_engine_here_and_there_keep_one_protocol():
    wanted = ("stream", "likelihood", "memory", "after", "close", "tokens")
    assert all(hasattr(kind, name) for kind in (LocalEngine, RemoteEngine) for name in wanted)
