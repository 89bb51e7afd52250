"""A file of one's own messages, read: lines in, messages out. Pure: no AWS, no clock, no file.

A line is `{"conversation_id", "from", "text", "sent_at"?, "direction"?, "message_id"?}`. On inbound lines `from` is the
customer's id, on outbound ones it is ignored.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from chalicelib.capture.message import MessageText, PlatformId
from chalicelib.clock import cut_to_milliseconds, parse_written, written
from chalicelib.strict_json import NotJsonError, parse_json

WAVE = 10  # messages of one conversation: a batch of the queue, which one function takes in by itself
MOST_FAULTS = 20  # told one by one


class _Line(Struct, frozen=True, forbid_unknown_fields=True, rename={"sender": "from"}):
    conversation_id: PlatformId
    text: MessageText
    sender: Any = None
    sent_at: Annotated[datetime, Meta(tz=True)] | None = None
    direction: Literal["inbound", "outbound"] = "inbound"
    message_id: PlatformId | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """A line of the file as a message. `sent_at` is missing until `stamped` gives one."""

    conversation_id: str
    customer_id: str | None
    text: str
    direction: str
    message_id: str
    sent_at: datetime | None


class MalformedError(Exception):
    """Lines that can't be played: `faults` has the number of each and what is wrong with it, without its text."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__("\n".join(f"line {number}: {fault}" for number, fault in faults[:MOST_FAULTS]))
        self.faults = tuple(faults)


def read_lines(lines: Iterable[bytes]) -> list[Played]:
    """The messages of a file's lines; empty lines are skipped. Raises MalformedError with every faulty line."""
    played: list[Played] = []
    faults: list[tuple[int, str]] = []
    seen: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        content = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not content.strip():
            continue
        try:
            played.append(_played(_parsed(content), seen))
        except (ValueError, msgspec.ValidationError) as error:
            faults.append((number, str(error)))
    if faults:
        raise MalformedError(faults)
    return played


def _parsed(content: bytes) -> _Line:
    try:
        value = parse_json(content.decode())
    except UnicodeDecodeError as error:
        raise ValueError("is not UTF-8") from error
    except NotJsonError as error:
        raise ValueError(f"is no JSON object: {error}") from error
    line: _Line = msgspec.convert(value, _Line)
    if line.direction == "inbound":
        _check_customer(line.sender)
    return line


def _check_customer(sender: object) -> None:
    if sender is None:
        raise ValueError("an inbound line needs `from`, the customer's id")
    try:
        msgspec.convert(sender, PlatformId)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error} - at `$.from`") from error


def _played(line: _Line, seen: Counter[str]) -> Played:
    """The message; without an id of its own, it gets one that the same lines get in any order."""
    customer_id = line.sender if line.direction == "inbound" else None
    sent_at = cut_to_milliseconds(line.sent_at.astimezone(UTC)) if line.sent_at else None
    message_id = line.message_id
    if message_id is None:
        when = written(sent_at) if sent_at else None
        same = _digest(line.conversation_id, customer_id, line.text, when, line.direction)
        message_id = f"line-{_digest(same, seen[same])[:32]}"
        seen[same] += 1
    return Played(line.conversation_id, customer_id, line.text, line.direction, message_id, sent_at)


def _digest(*values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def stamped(played: Sequence[Played], remembered: MutableMapping[str, str], now: datetime) -> list[Played]:
    """The messages, each with the time it was sent.

    Without one of its own, the time it was given before; else, for the last line now, and a second less for each line
    before it: a message from the future would be refused. What is given is added to `remembered`, by a digest.
    """
    missing = [one for one in played if one.sent_at is None and _key(one) not in remembered]
    for place, one in enumerate(missing, 1):
        sent_at = cut_to_milliseconds(now) - timedelta(seconds=len(missing) - place)
        remembered.setdefault(_key(one), written(sent_at))
    return [one if one.sent_at else replace(one, sent_at=parse_written(remembered[_key(one)])) for one in played]


def _key(one: Played) -> str:
    return _digest(one.conversation_id, one.message_id)[:32]


def in_waves(played: Sequence[Played]) -> Iterator[list[Played]]:
    """The messages in waves of at most ten of each conversation, which stand together in file order.

    Messages of one thread that hold contacts are taken in one after the other: too many of them at once get into each
    other's way, and the loser is tried again only minutes later.
    """
    waves: dict[int, dict[str, list[Played]]] = {}
    count: Counter[str] = Counter()
    for one in played:
        wave = waves.setdefault(count[one.conversation_id] // WAVE, {})
        wave.setdefault(one.conversation_id, []).append(one)
        count[one.conversation_id] += 1
    for threads in waves.values():
        yield [one for thread in threads.values() for one in thread]


def native(one: Played, business_id: str) -> dict[str, Any]:
    """The message as an integrator puts it on the queue."""
    if one.sent_at is None:
        raise ValueError("a message needs the time it was sent")
    message = {
        "type": "direct_message",
        "version": 1,
        "channel_account": {"platform": "tiktok", "business_id": business_id},
        "conversation_id": one.conversation_id,
        "message_id": one.message_id,
        "sent_at": written(one.sent_at),
        "direction": one.direction,
        "message_type": "text",
        "text": one.text,
    }
    return message | ({"customer": {"id": one.customer_id}} if one.customer_id is not None else {})
