"""Signals are handled whichever thread the kernel gives them to, and whatever the main thread waits for."""

import signal
import subprocess
import sys

HUNG = """
import os, signal, socket, threading
from bot.app.signals import handled

with handled({signal.SIGTERM: lambda: os._exit(7)}):
    for _ in range(20):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    ours, theirs = socket.socketpair()
    print("waiting", flush=True)
    ours.recv(1)
"""

REPEATED = """
import os, queue, signal, threading
from bot.app.signals import handled

heard = queue.Queue()
hear = lambda name: heard.put((name, threading.current_thread().name))
fail = lambda: heard.missing
with handled({signal.SIGUSR1: lambda: hear("one"), signal.SIGUSR2: lambda: hear("two"), signal.SIGHUP: fail}):
    os.kill(os.getpid(), signal.SIGHUP)  # a handler that fails isn't the end of the others
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR1):
        os.kill(os.getpid(), number)
        print(*heard.get(timeout=60))
print(signal.pthread_sigmask(signal.SIG_BLOCK, ()), threading.active_count())
"""


def test_a_main_thread_that_hangs_holds_up_no_signal() -> None:
    """It waits for an answer that never comes."""
    with subprocess.Popen([sys.executable, "-c", HUNG], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 7


def test_each_signal_is_handled_and_nothing_is_left_afterwards() -> None:
    """On one thread, which may take locks; then they are blocked no longer, and the thread has ended."""
    said = subprocess.run(
        [sys.executable, "-c", REPEATED], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.splitlines()[-4:] == [
        "one signals",
        "two signals",
        "one signals",
        "set() 1",
    ]
