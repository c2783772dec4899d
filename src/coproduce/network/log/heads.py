"""The signed head: where the log ended and with which hash, said under a key, in a file outside the database.

A chain alone cannot see that its tail was cut off, or that all of it was written anew; a signature kept elsewhere can.
The file has one line of JSON a day and one for now. What is signed is the text

    coproduce log head 1\\n<log>\\n<seq>\\n<hash>\\n<at>\\n<restored>\\n

with the log's beginning and the hash in hexadecimal, the time in ISO 8601 and `restored` empty, or a seq: a backup was
brought back, and what earlier lines say beyond that event is void.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import NoneType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from coproduce.errors import InvalidInput, Tampered
from coproduce.network.secrets import kept_secret
from coproduce.settings import Settings


@dataclass(frozen=True)
class Head:
    """Where the log ended at a moment."""

    log: str
    seq: int
    hash: str
    at: str
    restored: int | None
    key: str = ""
    signature: str = ""

    def message(self) -> bytes:
        """What is signed."""
        restored = "" if self.restored is None else self.restored
        return f"coproduce log head 1\n{self.log}\n{self.seq}\n{self.hash}\n{self.at}\n{restored}\n".encode()

    @property
    def day(self) -> str:
        """The UTC day on which it was signed."""
        return self.at[:10]


def head_file(settings: Settings) -> Path:
    """Where the signed heads are."""
    return Path(settings.head_file) if settings.head_file else settings.data / "log-heads.jsonl"


def key_file(settings: Settings) -> Path:
    """Where the signing key is."""
    return Path(settings.log_key) if settings.log_key else settings.data / "secrets" / "log-key.pem"


def public_key(settings: Settings) -> bytes:
    """The public key as PEM, for whoever checks the heads elsewhere."""
    return _key(settings).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_heads(settings: Settings) -> list[Head]:
    """Every signed head, oldest first, each with a signature that holds.

    Raises Tampered, naming the line, for one that does not, and when there are heads but no key.
    """
    path = head_file(settings)
    if not path.exists():
        return []
    lines = [line for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    if lines and not key_file(settings).exists():
        raise Tampered(
            "There are signed heads of the log, and the key that signed them is gone.",
            next_step="Put the key back from a copy of the secrets folder (COPRODUCE_LOG_KEY).",
        )
    return [_checked(line, number, settings) for number, line in enumerate(lines, start=1)]


def _checked(line: str, number: int, settings: Settings) -> Head:
    key = _key(settings).public_key()
    try:
        found = Head(**json.loads(line))
        if type(found.seq) is not int or type(found.restored) not in (int, NoneType):
            raise TypeError
        key.verify(base64.b64decode(found.signature, validate=True), found.message())
    except (InvalidSignature, ValueError, TypeError, AttributeError, binascii.Error) as problem:
        raise Tampered(
            f"Line {number} of the file of signed heads was not signed with this network's key.",
            next_step="Compare it with the copy that is kept elsewhere.",
        ) from problem
    return found


def add_head(settings: Settings, head: Head) -> Head:
    """Signs a head and puts it into the file: whole or not at all, on the disk when this returns.

    The line before it gives way if it is of the same day, so that the file stays small for ever.
    """
    path = head_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(path):
        if not path.exists():
            _make_key(settings)
        key = _key(settings)
        signed = Head(
            **{
                **asdict(head),
                "key": _fingerprint(key.public_key()),
                "signature": base64.b64encode(key.sign(head.message())).decode(),
            }
        )
        kept = read_heads(settings)
        if kept and kept[-1].day == signed.day and kept[-1].restored is None and signed.restored is None:
            kept.pop()
        _replace(path, "".join(json.dumps(asdict(one)) + "\n" for one in (*kept, signed)))
    return signed


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="ascii") as stream:  # noqa: PTH123  (an open handle, made private above)
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make_key(settings: Settings) -> None:
    """Makes the key at the first signature, unless it is there; readable by its owner only."""
    fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    kept_secret(key_file(settings), fresh.decode())


def _key(settings: Settings) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(key_file(settings).read_bytes(), password=None)
    except FileNotFoundError as problem:
        raise InvalidInput(
            given="no key for the log's head", expected="an Ed25519 key", next_step="Run `coproduce log verify --sign`."
        ) from problem
    except (ValueError, TypeError) as problem:
        raise InvalidInput(given="a log key of another form", expected="an Ed25519 key as PEM (PKCS 8)") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidInput(given="a log key of another kind", expected="an Ed25519 key as PEM (PKCS 8)")
    return key


def _fingerprint(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def unsigned(*, log: bytes, seq: int, digest: bytes, at: datetime, restored: int | None = None) -> Head:
    """A head that is still to be signed."""
    return Head(log=log.hex(), seq=seq, hash=digest.hex(), at=at.isoformat(timespec="seconds"), restored=restored)
