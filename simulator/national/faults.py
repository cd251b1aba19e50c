"""What can be made to go wrong, on purpose and by plan."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Each front (direct, HTTPS, terminal) plays a fault as far as its own way of answering has it."""

    DELAY = "delay"  # answers late, by the plan's delay
    NO_ANSWER = "no_answer"  # takes the question and never answers; nothing is carried out
    SERVER_ERROR = "server_error"
    GARBAGE = "garbage"  # bytes that are no answer
    WRONG_PERSON = "wrong_person"  # everything right, but about somebody else
    CLOSE_MIDWAY = "close_midway"  # half an answer, then nothing more
    DROP_AFTER_COMMIT = "drop_after_commit"  # carried out, and the answer is lost
    MAINTENANCE = "maintenance"
    STILL_PROCESSING = "still_processing"
    SERVICE_ERROR = "service_error"  # a well-formed answer that reports an error
    TWICE = "twice"  # terminal only: the same answer a second time
    FOREIGN = "foreign"  # terminal only: under our name, with somebody else's identifier
    LINK = "link"  # terminal only: a symbolic link instead of a file


@dataclass(frozen=True, slots=True)
class Planned:
    """``comes``: what is delayed past the question's deadline still comes, as it can through folders."""

    fault: Fault
    delay_s: float = 0.0
    comes: bool = False


class Faults:
    """A plan that every front asks once per question. Thread-safe; empty means that all goes well."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._once: deque[Planned | None] = deque()
        self._always: Planned | None = None

    def next(self, fault: Fault, delay_s: float = 0.0, *, comes: bool = False) -> None:
        """The next question that has no plan yet meets this fault."""
        with self._lock:
            self._once.append(Planned(fault, delay_s, comes))

    def pass_over(self) -> None:
        """The next question that has no plan yet is answered well."""
        with self._lock:
            self._once.append(None)

    def always(self, fault: Fault | None, delay_s: float = 0.0, *, comes: bool = False) -> None:
        """Every question without a plan of its own meets this fault; None ends it."""
        with self._lock:
            self._always = Planned(fault, delay_s, comes) if fault else None

    def take(self) -> Planned | None:
        with self._lock:
            return self._once.popleft() if self._once else self._always
