"""The security key that is plugged in or held to a reader: USB (hidraw on Linux) and, where asked for, NFC by PC/SC.

Proven with a software key behind the same device interface; no hardware key has been tried.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from typing import TYPE_CHECKING, Any

from kiosk.accounts.security_key import ORIGIN, KeyFailure

if TYPE_CHECKING:
    from fido2.client import ClientError, Fido2Client
    from fido2.ctap import CtapDevice

Devices = Callable[[], Iterator["CtapDevice"]]


def usb_devices() -> Iterator[CtapDevice]:
    from fido2.hid import list_devices

    return iter(list_devices())


def usb_and_nfc_devices() -> Iterator[CtapDevice]:
    """Connects to every card on every PC/SC reader: not for a terminal whose reader a patient uses."""
    from fido2.pcsc import CtapPcscDevice

    yield from usb_devices()
    try:
        yield from CtapPcscDevice.list_devices()
    except Exception:  # no reader service: its errors are no business of this floor, and no key is there
        return


class PluggedKey:
    """The first key found. ``pin``: asks a person for the key's own PIN, for keys that insist on it; None if nobody can
    tell. ``cancel`` set: a wait for a touch ends as ``NOT_TOUCHED``."""

    def __init__(
        self,
        devices: Devices = usb_devices,
        *,
        pin: Callable[[], str | None] = lambda: None,
        cancel: Event | None = None,
    ) -> None:
        self._devices = devices
        self._pin = pin
        self._cancel = cancel

    def create(self, options: str) -> str | KeyFailure:
        return self._with_client(lambda client: client.make_credential(json.loads(options), self._cancel))

    def get(self, options: str) -> str | KeyFailure:
        return self._with_client(
            lambda client: client.get_assertion(json.loads(options), self._cancel).get_response(0)
        )

    def _with_client(self, use: Callable[[Fido2Client], Mapping[str, Any]]) -> str | KeyFailure:
        from fido2.client import ClientError

        try:
            with next(self._devices()) as device:
                return json.dumps(dict(use(self._client(device))))
        except StopIteration:
            return KeyFailure.ABSENT
        except ClientError as error:
            return _failure(error)
        except (
            Exception
        ):  # taken out half-way, or no key at all: USB, PC/SC and CBOR each have their own errors
            return KeyFailure.FAULT

    def _client(self, device: CtapDevice) -> Fido2Client:
        from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction

        ask = self._pin

        class Person(UserInteraction):
            def request_pin(self, *_: object) -> str | None:
                return ask()

        return Fido2Client(device, DefaultClientDataCollector(ORIGIN), Person())


def _failure(error: ClientError) -> KeyFailure:
    from fido2.client import ClientError, PinRequiredError

    if isinstance(error, PinRequiredError):
        return KeyFailure.PIN_NEEDED
    known = {
        ClientError.ERR.TIMEOUT: KeyFailure.NOT_TOUCHED,
        ClientError.ERR.DEVICE_INELIGIBLE: KeyFailure.NOT_THIS_ONE,
    }
    return known.get(error.code, KeyFailure.FAULT)
