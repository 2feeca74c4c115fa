"""A program that makes trouble of a known kind under a known name, for tests that ask who did it.

    python -I -S troublemaker.py [--name NAME] [--seconds S] [--count N] [--join FILE] ... KIND

It prints a line with the ids of its processes once all of them are at work. Each of them is killed with whoever started
it, and ends by itself after its seconds at the latest.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import mmap
import os
import platform
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
CLONE_VFORK = 0x4000
CLONE = {"x86_64": 56, "aarch64": 220}
BLOCK = 4096
libc = ctypes.CDLL(None)


def main() -> None:
    """Become what was asked for."""
    options = _options()
    if options.join:
        Path(options.join).write_text(str(os.getpid()))
    _bind(options)
    if options.kind == "run":
        print(os.getpid(), flush=True)
        os.execvp(options.command[0], options.command)  # the alarm and the bond to the parent stay
    work = KINDS[options.kind]
    ids = [os.getpid(), *(_child(options, work) for _ in range(1, options.count))]
    if options.kind not in CROWDS:  # they tell it when all are there
        print(*ids, flush=True)
    work(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=[*KINDS, "run"])
    parser.add_argument("--name", help="of the process, as `ps -o comm` shows it; may hold anything")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--count", type=int, default=1, help="so many of them")
    parser.add_argument(
        "--many", type=int, default=0, help="threads, sleepers, zombies, forks, MiB: see the kind"
    )
    parser.add_argument("--folder", default=".")
    parser.add_argument("--join", help="cgroup.procs of a control group")
    parser.add_argument("--nice", type=int, default=0)
    parser.add_argument("--realtime", action="store_true")
    parser.add_argument("command", nargs="*")
    return parser.parse_args()


def _bind(options: argparse.Namespace) -> None:
    """Take the name and the priority; end with the parent, and after the seconds."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(options.seconds)
    if options.name is not None:
        libc.prctl(PR_SET_NAME, os.fsencode(options.name), 0, 0, 0)
    if options.nice:
        os.setpriority(os.PRIO_PROCESS, 0, options.nice)
    if options.realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def _child(options: argparse.Namespace, work: Callable[[argparse.Namespace], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _bind(options)
        work(options)
    finally:
        os._exit(0)


def _spin(options: argparse.Namespace) -> None:
    while True:
        pass


def _blink(options: argparse.Namespace) -> None:
    """Busy for a second and a half, quiet for as long."""
    while True:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            pass
        time.sleep(1.5)


def _weave(options: argparse.Namespace) -> None:
    """Threads that are busy side by side: digests are made without the interpreter's lock."""
    block = bytes(1 << 20)

    def digest() -> None:
        while True:
            hashlib.sha256(block)

    for _ in range(1, options.many):
        threading.Thread(target=digest, daemon=True).start()
    digest()


def _write(options: argparse.Namespace) -> None:
    """Small blocks, each brought to the disk before the next."""
    file = os.open(f"{options.folder}/blocks-{os.getpid()}", os.O_RDWR | os.O_CREAT, 0o600)
    block = os.urandom(BLOCK)
    for number in range(1 << 62):
        os.pwrite(file, block, BLOCK * (number % 1024))
        os.fsync(file)


def _play(options: argparse.Namespace) -> None:
    """Two processes that wake one another as often as they can, a byte at a time."""
    there, back = os.pipe(), os.pipe()
    _child(options, lambda _: _return(there[0], back[1]))
    while True:
        os.write(there[1], b"x")
        os.read(back[0], 1)


def _return(source: int, target: int) -> None:
    while True:
        os.write(target, os.read(source, 1))


def _hoard(options: argparse.Namespace) -> None:
    """Memory up to two thirds of `many` MiB, then a file of twice `many`, read again and again."""
    mebi = 1 << 20
    held = [bytearray(os.urandom(mebi)) for _ in range(options.many * 2 // 3)]
    path = f"{options.folder}/hoard-{os.getpid()}"
    with open(path, "wb") as file:
        for _ in range(options.many * 2):
            file.write(os.urandom(mebi))
            file.flush()
            os.fsync(file.fileno())
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages:
        while held:
            for at in range(0, len(pages), BLOCK):
                pages[at]


def _wait(options: argparse.Namespace) -> None:
    """In state D without any I/O: who starts a process by vfork waits until that runs a program, and these never do."""
    _stay([_child(options, _vfork) for _ in range(options.many)])


def _vfork(options: argparse.Namespace) -> None:
    if not libc.syscall(CLONE[platform.machine()], CLONE_VFORK | signal.SIGCHLD, 0, 0, 0, 0):
        _bind(options)
        signal.pause()


def _sleep(options: argparse.Namespace) -> None:
    _stay([_child(options, lambda _: signal.pause()) for _ in range(options.many)])


def _halt(options: argparse.Namespace) -> None:
    _stay([_child(options, lambda _: os.kill(os.getpid(), signal.SIGSTOP)) for _ in range(options.many)])


def _abandon(options: argparse.Namespace) -> None:
    """Zombies: children that have ended and are never asked for."""
    _stay([_child(options, lambda _: None) for _ in range(options.many)])


def _stay(children: list[int]) -> None:
    """Tell that all are there, and do nothing."""
    print(os.getpid(), *children, flush=True)
    signal.pause()


KINDS: dict[str, Callable[[argparse.Namespace], object]] = {
    "spin": _spin, "blink": _blink, "weave": _weave, "write": _write, "play": _play, "hoard": _hoard, "wait": _wait,
    "sleep": _sleep, "halt": _halt, "abandon": _abandon,
}  # fmt: skip
CROWDS = {"wait", "sleep", "halt", "abandon"}

if __name__ == "__main__":
    main()
