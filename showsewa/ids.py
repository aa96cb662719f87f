"""Keys and references. Public ids are UUIDv7 (RFC 9562): opaque, unique, and in time order for the index."""

import secrets
import uuid
from datetime import datetime

import uuid_utils.compat

# Crockford's base32 without the vowel-like U: nothing that can be misread at a counter.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# The same key made by PostgreSQL (18 has uuidv7() itself), for rows that a statement makes out of others. A random one
# gets the milliseconds in front; of its version, 0100, the two missing bits of 0111 are set.
SQL_UUID7 = """encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
    'hex')::uuid"""


def uuid7() -> uuid.UUID:
    return uuid_utils.compat.uuid7()


def reference(local_day: datetime) -> str:
    """The printed booking reference, "BK20251201ABCD2X". It names a booking and opens nothing."""
    return f"BK{local_day:%Y%m%d}" + "".join(secrets.choice(ALPHABET) for _ in range(6))


def seat_id(pk: int) -> str:
    """The public id of a show seat. Layouts refuse labels of this form, so the two never clash."""
    return f"seat_{pk}"


def seat_pk(public_id: str) -> int | None:
    """The key behind a public seat id, or None when the text is not one (then it may be a label)."""
    digits = public_id.removeprefix("seat_")
    is_id = public_id.startswith("seat_") and digits.isascii() and digits.isdigit() and len(digits) <= 18
    return int(digits) if is_id else None
