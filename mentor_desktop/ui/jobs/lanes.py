"""Queues of tasks with threads of their own; only `jobs` uses them."""

import queue
import threading
from collections.abc import Callable


class Lane:
    """Threads that take tasks from one queue; they start with the first task."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self._name = name
        self._wanted = threads
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_held_back = False

    def hold_back(self) -> None:
        """Start no thread for what is submitted before `begin`."""
        self._is_held_back = True

    def begin(self) -> None:
        """Do what was held back."""
        self._is_held_back = False
        for _task in range(min(self._tasks.qsize(), self._wanted)):
            self._start_thread()

    def submit(self, task: Callable[[], None]) -> None:
        """Queue a task."""
        self._tasks.put(task)
        if not self._is_held_back:
            self._start_thread()

    def _start_thread(self) -> None:
        if len(self._threads) < self._wanted:
            thread = threading.Thread(target=self._run, name=f"jobs-{self._name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self, *, finish: bool) -> None:
        """Take nothing more; do what is queued first if `finish`, else drop it."""
        while not finish and not self._tasks.empty():
            try:
                self._tasks.get_nowait()
            except queue.Empty:  # a thread of this lane was quicker
                break
        for _thread in self._threads:
            self._tasks.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads to end; say whether all did."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
            del task  # while the thread waits it keeps no page alive
