"""Reads every value of secure-cookie.json, and says what it finds: written from docs/encryption.md alone.

    python3 check_vectors.py secure-cookie.json

Prints the title of each vector that it reads otherwise than the file says, and then how many it read;
exits with 1 where there was one.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ENCRYPTED = b"\xff\x01"
NUMBER = "(?:0|[1-9][0-9]*)"
HEX = re.compile("[0-9a-f]*")


class Refused(Exception):
    """The first check that fails; its text is the reason."""


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def key_of(vector, key_version):
    if "secret" in vector:
        return vector["secret"].encode("utf-8")
    secret = vector["secrets"].get(str(key_version))
    return None if secret is None else secret.encode("utf-8")


def check_signature(key, digest, message, signature):
    matches = key is not None and hmac.compare_digest(
        hmac.new(key, message.encode("ascii"), digest).hexdigest(), signature
    )
    require(matches or HEX.fullmatch(signature), "malformed")
    require(key is not None, "unknown-key")
    require(matches, "signature")


def number(text, digits):
    require(len(text) <= digits and re.fullmatch(NUMBER, text, re.ASCII), "malformed")
    return int(text)


def read_field(signed, position):
    """The content of a field, and where the next one begins."""
    colon = signed.find(":", position)
    require(colon != -1, "malformed")
    end = colon + 1 + number(signed[position:colon], 5)
    require(signed[end : end + 1] == "|", "malformed")
    return signed[colon + 1 : end], end + 1


def open_v2(vector, signed):
    key_version, position = read_field(signed, 2)
    date, position = read_field(signed, position)
    name, envelope_end = read_field(signed, position)
    payload, end = read_field(signed, envelope_end)
    key_version = number(key_version, 10)
    date = number(date, 12)
    signature = signed[end:]
    require(len(signature) == 64, "malformed")
    key = key_of(vector, key_version)
    check_signature(key, hashlib.sha256, signed[:end], signature)
    require(name == vector["name"], "name")
    return {"version": 2, "keyVersion": key_version, "issuedAt": date}, key, payload, signed[:envelope_end]


def open_v1(vector, signed):
    payload, date, signature = signed.split("|")
    key = key_of(vector, 0)
    check_signature(key, hashlib.sha1, vector["name"] + payload + date, signature)
    return {"version": 1, "keyVersion": 0, "issuedAt": int(date)}, key, payload, None


def open_value(vector):
    signed = vector["signed"]
    require(signed != "", "missing")
    require(len(signed) <= 16384, "too-large")
    require(re.fullmatch("[\x21-\x7e]*", signed), "malformed")
    if signed.startswith("2|"):
        return open_v2(vector, signed)
    require(not re.match("[1-9][0-9]{0,2}[|]", signed, re.ASCII), "version")
    require(re.fullmatch("[^|]*[|][1-9][0-9]{0,11}[|][0-9a-f]{40}", signed, re.ASCII), "malformed")
    require(vector["minVersion"] == 1, "version")
    return open_v1(vector, signed)


def decode_base64(text):
    try:
        decoded = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Refused("malformed")
    require(base64.b64encode(decoded).decode("ascii") == text, "malformed")
    return decoded


def decrypt(key, envelope, payload):
    require(envelope is not None and payload[:2] == ENCRYPTED and len(payload) >= 42, "decrypt")
    nonce, sealed = payload[2:26], payload[26:]
    info = b"nestjs-secure-cookie/xaes-256-gcm/v1"
    root = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key)
    derived = b""
    for counter in (1, 2):
        mac = CMAC(algorithms.AES(root))
        mac.update(counter.to_bytes(2, "big") + b"X\0" + nonce[:12])
        derived += mac.finalize()
    try:
        return AESGCM(derived).decrypt(nonce[12:], sealed, ENCRYPTED + envelope.encode("ascii"))
    except InvalidTag:
        raise Refused("decrypt")


def unframe(payload, signed_at, known_flags):
    """What a definition with absoluteMaxAge finds: payload, first issue, and flags."""
    flags, first, start = 0, None, 0
    if payload[:2] == b"\xfe\x01" and len(payload) >= 7:
        first, start = payload[2:7], 7
    elif payload[:2] == b"\xfe\x02" and len(payload) >= 8:
        flags, first, start = payload[2], payload[3:8], 8
    require(flags & ~known_flags == 0, "encoding")
    first_issue = signed_at if first is None else min(int.from_bytes(first, "big"), signed_at)
    return payload[start:], first_issue, flags


def read(vector):
    try:
        found, key, base64_payload, envelope = open_value(vector)
        now = vector["now"]
        require(found["issuedAt"] >= now - vector["maxAge"], "expired")
        require(found["issuedAt"] <= now + vector["clockTolerance"], "future")
        payload = decode_base64(base64_payload)
        if vector["encrypted"]:
            payload = decrypt(key, envelope, payload)
        if "absoluteMaxAge" in vector:
            bound_for = vector.get("boundFor")
            known_flags = 1 if bound_for is None else 3
            payload, first_issue, flags = unframe(payload, found["issuedAt"], known_flags)
            require(not flags & 2 or found["issuedAt"] >= now - bound_for, "expired")
            require(first_issue >= now - vector["absoluteMaxAge"], "absolute-age")
            found.update(firstIssuedAt=first_issue, persistent=not flags & 1)
            if bound_for is not None:
                found.update(bound=bool(flags & 2))
        return {"valid": True, "payload": payload.hex(), **found}
    except Refused as refused:
        return {"valid": False, "reason": str(refused)}


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    wrong = [(vector, found) for vector in vectors if (found := read(vector)) != vector["result"]]
    for vector, found in wrong:
        print("%s: %s" % (vector["title"], json.dumps(found)))
    print("%d vectors, %d read otherwise" % (len(vectors), len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
