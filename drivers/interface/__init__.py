"""The protocols every device fulfils, and the values devices give.

What depends on a card, a reader or a person fails as a value (``Failure``). Inside a driver the same value
may travel in a ``LinkError``; no public method of a driver lets it out.
"""

from drivers.interface.cameras import Camera, CodeListener, CodeScanner, Frame, ScannedCode
from drivers.interface.card import (
    CardApplication,
    CardFacts,
    CardText,
    CertificateFacts,
    PinRefused,
    Revocation,
    Secret,
    TextKey,
    Token,
    VerifiedCard,
)
from drivers.interface.devices import Printer, Speaker, Voice
from drivers.interface.faces import (
    Authority,
    CardFront,
    CardPhoto,
    FaceDoubt,
    FaceHint,
    FaceListener,
    FaceMatcher,
    FaceVerdict,
    FrontHint,
    FrontListener,
    FrontReader,
)
from drivers.interface.failures import RETRIABLE_FAULTS, Failure, Fault, LinkError
from drivers.interface.reader import (
    CardConnection,
    CardReader,
    ExtendedRefused,
    Listener,
    ReaderSnapshot,
    Response,
)

__all__ = [
    "RETRIABLE_FAULTS",
    "Authority",
    "Camera",
    "CardApplication",
    "CardConnection",
    "CardFacts",
    "CardFront",
    "CardPhoto",
    "CardReader",
    "CardText",
    "CertificateFacts",
    "CodeListener",
    "CodeScanner",
    "ExtendedRefused",
    "FaceDoubt",
    "FaceHint",
    "FaceListener",
    "FaceMatcher",
    "FaceVerdict",
    "Failure",
    "Fault",
    "Frame",
    "FrontHint",
    "FrontListener",
    "FrontReader",
    "LinkError",
    "Listener",
    "PinRefused",
    "Printer",
    "ReaderSnapshot",
    "Response",
    "Revocation",
    "ScannedCode",
    "Secret",
    "Speaker",
    "TextKey",
    "Token",
    "VerifiedCard",
    "Voice",
]
