"""A call on another thread, whose result is waited for, but not for ever."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")


class Hung(Exception):
    """The call did not return in time; its thread must not be used again."""


def called(submit: Callable[[Callable[[], None]], None], work: Callable[[], _T], timeout: float) -> _T:
    """The result of ``work``, which ``submit`` has done by another thread; exceptions come through. Raises ``Hung``
    after ``timeout`` seconds."""
    answer: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def job() -> None:
        try:
            answer.put((work(), None))
        except BaseException as error:
            answer.put((None, error))

    submit(job)
    try:
        result, error = answer.get(timeout=timeout)
    except Empty:
        raise Hung from None
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]
