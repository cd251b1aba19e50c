"""A lane keeps nothing of a job that is done: its closure may hold the proof of somebody's card."""

from __future__ import annotations

import threading
import weakref

from kiosk.reception.lanes import ThreadLane


class Proof:
    pass


def gone_after(fails: bool) -> bool:
    lane = ThreadLane("test")
    proof = Proof()
    watched = weakref.ref(proof)
    forgotten = threading.Event()
    weakref.finalize(proof, forgotten.set)

    def job(held: Proof = proof) -> None:
        if fails:
            raise RuntimeError(type(held).__name__)

    lane.submit(job)
    del job, proof
    try:
        return forgotten.wait(2.0) and watched() is None
    finally:
        lane.close()


def test_a_done_job_is_let_go_although_no_other_follows() -> None:
    assert gone_after(fails=False)


def test_so_is_one_that_failed() -> None:
    assert gone_after(fails=True)
