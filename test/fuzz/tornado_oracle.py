"""Answers what Tornado makes of signed values: lines of JSON on both standard streams.

A line holds many questions, because each turn between two processes costs more than an answer.

["decode", secret, name, signed, max_age_days, clock, min_version]
    {"value": base64, "keyVersion": ..., "numbers": [...], "base64": ...} where it is accepted,
    null where it is refused, {"error": class, ...} where Tornado raises
["create", secret, key_version, name, value, version, clock]
    {"signed": ...} or {"error": class}

Secrets are base64, or a record of them by key version; values are text or {"base64": ...}.
"""

import base64
import json
import logging
import sys

from tornado import web
from tornado.escape import utf8

logging.disable(logging.CRITICAL)


def secrets(secret):
    if isinstance(secret, dict):
        return {int(version): base64.b64decode(key) for version, key in secret.items()}
    return base64.b64decode(secret)


def seen(signed):
    """The numbers and the base64 that Tornado reads, as they stand in the signed value."""
    value = utf8(signed)
    if web._get_version(value) == 1:
        payload, timestamp, _ = value.split(b"|")
        return {"numbers": [timestamp.decode("latin1")], "base64": payload.decode("latin1")}
    numbers, contents, rest = [], [], value[2:]
    for _ in range(4):
        length, _, rest = rest.partition(b":")
        content, rest = rest[: int(length)], rest[int(length) + 1 :]
        numbers.append(length.decode("latin1"))
        contents.append(content.decode("latin1"))
    key_version, timestamp, _, payload = contents
    return {"numbers": [timestamp, key_version] + numbers, "base64": payload}


def decode(secret, name, signed, max_age_days, clock, min_version):
    try:
        value = web.decode_signed_value(
            secret, name, signed, max_age_days, lambda: clock, min_version
        )
    except AssertionError:
        # v1 under a record: what the record's key 0 says of it as a single secret.
        answer = {"error": "AssertionError", "key0": None}
        if 0 in secret:
            answer["key0"] = decode(secret[0], name, signed, max_age_days, clock, min_version)
        return answer
    except UnicodeEncodeError:
        return {"error": "UnicodeEncodeError"}
    except Exception as error:
        return {"error": type(error).__name__, **seen(signed)}
    if value is None:
        return None
    return {
        "value": base64.b64encode(value).decode(),
        "keyVersion": web.get_signature_key_version(signed),
        **seen(signed),
    }


def create(secret, key_version, name, value, version, clock):
    if isinstance(value, dict):
        value = base64.b64decode(value["base64"])
    try:
        signed = web.create_signed_value(
            secret, name, value, version, lambda: clock, key_version
        )
    except Exception as error:
        return {"error": type(error).__name__}
    return {"signed": signed.decode("utf-8")}


ANSWERS = {"decode": decode, "create": create}

for line in sys.stdin.buffer:
    answers = [
        ANSWERS[question](secrets(secret), *rest) for question, secret, *rest in json.loads(line)
    ]
    sys.stdout.write(json.dumps(answers) + "\n")
    sys.stdout.flush()
