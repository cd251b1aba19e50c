"""Private pcscd daemons for tests that need a real one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.pcscd import PrivatePcscd, missing, session_pcscd


@pytest.fixture
def pcscd() -> Iterator[PrivatePcscd]:
    """A daemon of the test's own. Clients run in child processes: ``run``, ``run_python``."""
    _require()
    with PrivatePcscd() as daemon:
        yield daemon


@pytest.fixture(scope="session")
def own_pcscd() -> PrivatePcscd:
    """The one daemon of this process, for client code that runs in it. Leave no card behind."""
    _require()
    return session_pcscd()


def _require() -> None:
    if lacking := missing():
        pytest.skip(f"not on this machine: {lacking}")
