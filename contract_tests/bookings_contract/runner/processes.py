"""Several processes judge one target at once, a shard each, and make one result.

Each process is begun afresh, so nothing is shared but the target; an embedded mock is each one's
own. What a test said is sent as soon as it is over.
"""

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import cast

import httpx
from attrs import define, evolve, field

from bookings_contract.embedded import embedded
from bookings_contract.findings.baseline import Baseline
from bookings_contract.findings.bounds import FAREWELL
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.shards import joined
from bookings_contract.findings.verdicts import Outcome
from bookings_contract.runner.inprocess import Progress, Runner, RunOptions, RunResult, run_tests
from bookings_contract.runner.interruption import interruptible
from bookings_contract.target.model import Service, Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit import leftovers

# More than this many help nobody: starting one costs more than it saves.
USUAL = 2
# How long an interrupted process may take to clean up behind itself.
PATIENCE = 10.0
# Another process that has less time than this, in seconds, hardly begins.
WORTHWHILE = 30.0
# What is quickly done alone.
QUICK = frozenset({"lifecycle"})


def how_many(jobs: str, target: Target, options: RunOptions) -> int:
    """The processes to use, as a user asks for them: a number, or `auto`.

    A target that others use too is asked by one at a time, and little work is done alone.
    """
    number = _number(jobs)
    if number is not None:
        return number
    few = bool(options.rules) or (bool(options.suites) and QUICK.issuperset(options.suites))
    short = options.max_time is not None and options.max_time < WORTHWHILE
    return 1 if few or short or not target.ours else min(USUAL, _processors())


def _number(jobs: str) -> int | None:
    """The number that a user wrote; None for `auto`."""
    if jobs == "auto":
        return None
    if not jobs.isdecimal() or int(jobs) < 1:
        raise ConfigurationError(f"--jobs {jobs!r} is no number of processes: try --jobs 2.")
    return int(jobs)


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def runner(jobs: str) -> Runner:
    """Runs the tests in as many processes as a user asks for."""
    _number(jobs)  # A mistake is told before anybody is asked anything.

    def run(
        target: Target,
        options: RunOptions,
        progress: Progress | None = None,
        transport: httpx.BaseTransport | None = None,
        pool: PlacePool | None = None,
    ) -> RunResult:
        many = how_many(jobs, target, options)
        chosen = run_tests if many == 1 else together(many)
        return chosen(target, options, progress, transport, pool)

    return run


def together(number: int) -> Runner:
    """Runs the tests in so many processes."""

    def run(
        target: Target,
        options: RunOptions,
        progress: Progress | None = None,
        transport: httpx.BaseTransport | None = None,
        pool: PlacePool | None = None,
    ) -> RunResult:
        # A transport leads to a mock in this process, where no other can follow.
        own = target if transport is None else None
        with _workers(number, own, options) as workers:
            return _joined(workers, progress)

    return run


@define
class Worker:
    """One of the processes, and what it has said so far."""

    process: SpawnProcess
    pipe: Connection
    # Where it writes down what it could not take back.
    note: Path
    suites: Mapping[str, int] | None = None
    outcomes: list[Outcome] = field(factory=list)
    result: RunResult | None = None


@contextlib.contextmanager
def _workers(number: int, target: Target | None, options: RunOptions) -> Iterator[list[Worker]]:
    workers: list[Worker] = []
    notes = Path(tempfile.mkdtemp(prefix="bookings-contract-"))
    # What is excused is decided where all is known; a worker need only know that there is one.
    baseline = None if options.baseline is None else Baseline()
    try:
        with _uninterrupted():
            for nth, shard in enumerate(options.shard.split(number)):
                own = None if target is None else apart(target, nth, number)
                mine = evolve(options, shard=shard, baseline=baseline)
                workers.append(_begun(own, mine, notes / str(nth)))
        yield workers
    finally:
        try:
            _end(workers)
        finally:
            leftovers.announced(one for worker in workers for one in leftovers.read(worker.note))
            shutil.rmtree(notes, ignore_errors=True)


def apart(target: Target, nth: int, of: int) -> Target:
    """The target with the places that one process books: two must not take the same.

    A mock has worlds for that. A course can't be divided: it is the same for all.
    """
    if target.ours:
        return target
    services = {name: _apart(one, nth, of) for name, one in target.services.items()}
    return evolve(target, services=services)


def _apart(service: Service, nth: int, of: int) -> Service:
    if service.kind == "class":
        return evolve(service, sessions=service.sessions[nth::of])
    if service.slots is None:
        return service
    slots, starts = service.slots, service.slots.starts()[nth::of]
    first = starts[0].isoformat() if starts else slots.start
    mine = evolve(slots, start=first, step=slots.step * of, count=len(starts))
    return evolve(service, slots=mine, length=service.length or slots.step)


def _begun(target: Target | None, options: RunOptions, note: Path) -> Worker:
    context = multiprocessing.get_context("spawn")
    pipe, end = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(target, options, end, time.time(), note), daemon=True
    )
    process.start()
    end.close()
    return Worker(process, pipe, note)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Has processes that are begun here leave Ctrl-C to the one that began them.

    They inherit that it is held back. Here, where it may reach any thread, one that comes meanwhile
    is kept until all are begun.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    hold = getattr(signal, "pthread_sigmask", None)
    held = hold(signal.SIG_BLOCK, {signal.SIGINT}) if hold else None
    try:
        yield
    finally:
        if hold:
            hold(signal.SIG_SETMASK, held)
        signal.signal(signal.SIGINT, usual)
    if came:
        signal.raise_signal(signal.SIGINT)


def _end(workers: Sequence[Worker]) -> None:
    """Ends whoever is still at work: with nobody to tell, each stops after its test."""
    for worker in workers:
        worker.pipe.close()
    until = time.monotonic() + PATIENCE
    for worker in workers:
        worker.process.join(max(0.0, until - time.monotonic()))
        if worker.process.is_alive():
            # It is asked to break off its test, and takes its leave.
            worker.process.terminate()
            worker.process.join(FAREWELL + PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _joined(workers: Sequence[Worker], progress: Progress | None) -> RunResult:
    """Listens until all have said everything."""
    listening = {worker.pipe: worker for worker in workers}
    waiting = progress
    while listening:
        for pipe in wait(list(listening)):
            worker = listening[cast(Connection, pipe)]
            new = _listen(worker)
            if waiting and all(one.suites is not None for one in workers):
                # The first bars are drawn when it is known how long they are.
                waiting.collected(sum((Counter(one.suites) for one in workers), Counter()))
                waiting, new = None, [said for one in workers for said in one.outcomes]
            if progress is not None and waiting is None:
                for outcome in new:
                    progress.judged(outcome)
            if worker.result is not None:
                del listening[worker.pipe]
    parts = [worker.result for worker in workers if worker.result is not None]
    return RunResult(
        tuple(joined([part.tests for part in parts])),
        tuple(joined([worker.outcomes for worker in workers])),
        parts[0].left_out,
    )


def _listen(worker: Worker) -> list[Outcome]:
    """Takes in one thing that a worker says; answers the outcome, if it is one."""
    try:
        said = worker.pipe.recv()
    except EOFError:
        worker.process.join(PATIENCE)
        code = worker.process.exitcode
        raise RuntimeError(f"a process of the judge ended before its tests did ({code})") from None
    if isinstance(said, Exception):
        raise said
    if isinstance(said, Outcome):
        worker.outcomes.append(said)
        return [said]
    if isinstance(said, RunResult):
        worker.result = said
    else:
        worker.suites = said
    return []


# In the processes


@define
class Speaker:
    """Passes on what a process hears."""

    pipe: Connection

    def collected(self, tests: Mapping[str, int]) -> None:
        """So many tests of each suite will run."""
        self.send(dict(tests))

    def judged(self, outcome: Outcome) -> None:
        """A test is over."""
        self.send(outcome)

    def send(self, what: Mapping[str, int] | Outcome | RunResult | Exception) -> None:
        """One thing; whom nobody hears any more has been interrupted."""
        try:
            self.pipe.send(what)
        except OSError as gone:
            raise KeyboardInterrupt from gone


def _work(
    target: Target | None, options: RunOptions, pipe: Connection, begun: float, note: Path
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with leftovers.watched() as left, interruptible():
        try:
            _speak(target, options, Speaker(pipe), begun)
        finally:
            leftovers.write(left.undone, note)


def _speak(target: Target | None, options: RunOptions, speaker: Speaker, begun: float) -> None:
    try:
        with ExitStack() as stack:
            transport: httpx.BaseTransport | None = None
            if target is None:
                target, transport = stack.enter_context(embedded(seed=options.seed))
            result = run_tests(target, options.after(time.time() - begun), speaker, transport)
        speaker.send(evolve(result, outcomes=()))
    except KeyboardInterrupt:
        return
    except Exception as problem:
        speaker.send(_portable(problem))


def _portable(problem: Exception) -> Exception:
    """A problem that another process can raise."""
    if isinstance(problem, ConfigurationError):
        return ConfigurationError(str(problem))
    return RuntimeError(f"in a process of the judge: {type(problem).__name__}: {problem}")
