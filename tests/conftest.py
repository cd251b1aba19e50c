"""What every test may rely on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from tests.support.pcscd import bind_this_process

# libpcsclite remembers the socket of its first call, whichever test makes it: the machine's own pcscd must not be it.
bind_this_process()


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command that was run in this process may have bound the log to a stream that is closed by now."""
    yield
    structlog.reset_defaults()
