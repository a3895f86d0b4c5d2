"""Makes and reads encrypted cookies with Python's cryptography, from the layout alone.

    2|1:0|10:1300000000|4:cart|96:<base64>|<HMAC-SHA256 of all before it, in hexadecimal>

    base64 of: 0xFF 0x01 | nonce, 24 bytes | ciphertext | tag, 16 bytes

The cipher is XAES-256-GCM (c2sp.org/XAES-256-GCM); its key is HKDF-SHA256 of the secret, without salt.
The additional data are 0xFF 0x01 and the text from "2|" through the pipe behind the name.

Lines of JSON on both standard streams; bytes are in base64:

{"encrypt": value, "name": ..., "secret": ..., "key_version": 0, "clock": seconds, "nonce": ...}
    {"signed": ...}
{"decrypt": signed, "name": ..., "secrets": {key version: secret}}
    {"value": ...}, or {"error": class}
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEADER = b"\xff\x01"
INFO = b"nestjs-secure-cookie/xaes-256-gcm/v1"
NONCE_LENGTH = 24
TAG_LENGTH = 16


def cipher(secret, nonce):
    """XAES-256-GCM: AES-256-GCM under a key derived, with CMAC, from the nonce's first half."""
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=INFO).derive(secret)
    derived = b""
    for counter in (1, 2):
        mac = CMAC(algorithms.AES(key))
        mac.update(counter.to_bytes(2, "big") + b"X\0" + nonce[:12])
        derived += mac.finalize()
    return AESGCM(derived), nonce[12:]


def field(content):
    return "%d:%s|" % (len(content), content)


def signature(secret, signed_part):
    return hmac.new(secret, signed_part.encode("ascii"), hashlib.sha256).hexdigest()


def encrypt_cookie(secret, name, value, key_version=0, clock=None, nonce=None):
    nonce = nonce or os.urandom(NONCE_LENGTH)
    date = int(time.time() if clock is None else clock)
    envelope = "2|" + field(str(key_version)) + field(str(date)) + field(name)
    aead, gcm_nonce = cipher(secret, nonce)
    sealed = aead.encrypt(gcm_nonce, value, HEADER + envelope.encode("ascii"))
    payload = base64.b64encode(HEADER + nonce + sealed).decode("ascii")
    signed_part = envelope + field(payload)
    return signed_part + signature(secret, signed_part)


def read_field(text, position):
    """The content of the field at a position, and the position behind its pipe."""
    colon = text.index(":", position)
    end = colon + 1 + int(text[position:colon])
    return text[colon + 1 : end], end + 1


def decrypt_cookie(secrets, name, signed):
    """The value; raises where the cookie is not authentic. Its age is left to the caller."""
    key_version, position = read_field(signed, len("2|"))
    _date, position = read_field(signed, position)
    signed_name, envelope_end = read_field(signed, position)
    payload, end = read_field(signed, envelope_end)
    secret = secrets[int(key_version)]
    if not hmac.compare_digest(signature(secret, signed[:end]), signed[end:]):
        raise ValueError("signature")
    if not signed.startswith("2|") or signed_name != name:
        raise ValueError("name")
    data = base64.b64decode(payload, validate=True)
    if len(data) < len(HEADER) + NONCE_LENGTH + TAG_LENGTH or not data.startswith(HEADER):
        raise ValueError("not encrypted")
    nonce, sealed = data[2 : 2 + NONCE_LENGTH], data[2 + NONCE_LENGTH :]
    aead, gcm_nonce = cipher(secret, nonce)
    return aead.decrypt(gcm_nonce, sealed, HEADER + signed[:envelope_end].encode("ascii"))


def answer(question):
    decoded = base64.b64decode
    if "encrypt" in question:
        signed = encrypt_cookie(
            decoded(question["secret"]),
            question["name"],
            decoded(question["encrypt"]),
            question["key_version"],
            question["clock"],
            decoded(question["nonce"]),
        )
        return {"signed": signed}
    secrets = {int(version): decoded(secret) for version, secret in question["secrets"].items()}
    try:
        value = decrypt_cookie(secrets, question["name"], question["decrypt"])
    except Exception as error:
        return {"error": type(error).__name__}
    return {"value": base64.b64encode(value).decode("ascii")}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))
