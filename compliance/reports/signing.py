"""A firm's signature over a finished report, and what becomes of it on the way.

The signature is appended (PAdES B-B), so that the unsigned report stays the first part of the
file, byte for byte. Signing embeds the moment; everything before it stays the same.
"""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from compliance.reports.errors import SigningError

FIELD = "Signature1"
LONGEST_PASSPHRASE = 1_000


class SignatureState(StrEnum):
    """What can be said of a file's signature without knowing the signer."""

    NONE = "none"
    VALID = "valid"  # covers the whole file, which has not changed since
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A certificate with its key, PKCS#12."""

    path: Path
    passphrase: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as found. Who the signer really is, only the fingerprint can tell."""

    state: SignatureState
    signer: str = ""
    fingerprint: str = ""  # SHA-256 of the certificate


def key_from_environment() -> SigningKey | None:
    """The key that the installation is configured with, if any."""
    path = os.environ.get("SIGNING_PKCS12")
    return SigningKey(Path(path), os.environ.get("SIGNING_PASSPHRASE", "")) if path else None


def sign(pdf: bytes, key: SigningKey, reason: str = "Report as issued") -> bytes:
    """The report with an invisible signature. Raises SigningError where the key cannot be used."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    if len(key.passphrase) > LONGEST_PASSPHRASE:
        message = "the passphrase is too long"
        raise SigningError(message)
    try:
        signer = signers.SimpleSigner.load_pkcs12(str(key.path), passphrase=key.passphrase.encode())
    except (OSError, ValueError) as error:
        message = f"{key.path}: cannot be read as PKCS#12 ({error})"
        raise SigningError(message) from error
    if signer is None:
        message = f"{key.path}: not a PKCS#12 file, or the passphrase is wrong"
        raise SigningError(message)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    with ThreadPoolExecutor(1) as thread:  # the library runs a loop of its own; the caller may too
        signed: io.BytesIO = thread.submit(
            signers.sign_pdf, writer, metadata, signer=signer
        ).result()
    return signed.getvalue()


def check_signature(pdf: bytes) -> Signature:
    """The state of a file's signature; more than one counts as broken: we sign once, last."""
    if b"/ByteRange" not in pdf:
        return Signature(SignatureState.NONE)
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError as UnreadableSignatureError

    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if len(found) != 1:
            return Signature(SignatureState.BROKEN)
        return _checked(found[0])
    except (PdfReadError, UnreadableSignatureError, ValueError, KeyError, TypeError):
        return Signature(SignatureState.BROKEN)


def _checked(embedded: Any) -> Signature:
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    certificate = embedded.signer_cert
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(embedded, context)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    state = (
        SignatureState.VALID if status.intact and status.valid and whole else SignatureState.BROKEN
    )
    return Signature(state, str(certificate.subject.human_friendly), certificate.sha256.hex())
