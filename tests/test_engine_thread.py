"""The model's thread: first come, first served, whatever happens in it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from ohlora_tui.engine.thread import ModelThread


@pytest.fixture
def thread():
    return ModelThread()


def test_everything_runs_in_one_thread_that_is_not_the_callers(thread):
    first, second = thread.run(threading.current_thread), thread.turn(threading.current_thread, lambda: False)
    assert first is second is not threading.current_thread() and first.daemon


def test_a_call_within_a_call_does_not_wait_for_itself(thread):
    assert thread.run(lambda: (thread.run(lambda: 1), thread.turn(lambda: 2, lambda: False))) == (1, 2)


def test_what_fails_is_raised_where_it_was_asked_for_and_the_next_call_works(thread):
    def fail():
        raise TimeoutError("its own")

    for call in (thread.run, lambda c: thread.turn(c, lambda: False)):
        with pytest.raises(TimeoutError, match="its own"):
            call(fail)
    assert thread.run(lambda: "next") == "next"


def test_who_waits_can_leave_and_is_never_served(thread):
    over, stop, served = threading.Event(), threading.Event(), []
    threading.Thread(target=lambda: thread.run(lambda: over.wait(10)), daemon=True).start()
    time.sleep(0.02)
    threading.Timer(0.05, stop.set).start()
    began = time.monotonic()
    assert thread.turn(lambda: served.append(1), stop.is_set) is None and time.monotonic() - began < 5
    over.set()
    assert thread.run(lambda: list(served)) == [] and thread.turn(lambda: 1, lambda: True) is None


def test_those_who_ask_are_served_in_order(thread):
    over, order = threading.Event(), []
    waiting = [threading.Thread(target=lambda: thread.run(lambda: over.wait(10)), daemon=True)]
    for number in range(5):
        waiting.append(threading.Thread(target=lambda number=number: thread.run(lambda: order.append(number))))
    for one in waiting:
        one.start()
        time.sleep(0.01)
    over.set()
    for one in waiting:
        one.join(5)
    assert order == sorted(order) and len(order) == 5


INTERRUPTED = """
import threading, time, torch
from ohlora_tui import cli
from ohlora_tui.engine.thread import MODEL_THREAD

def app():
    a = torch.ones(600, 600)
    threading.Thread(target=lambda: MODEL_THREAD.run(lambda: [a @ a for _ in range(10**6)]), daemon=True).start()
    time.sleep(0.3)
    print("heard", flush=False)
    raise KeyboardInterrupt

cli.app = app
cli.main()
"""


def test_ctrl_c_while_a_model_writes_ends_quietly():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "heard\n", "")
