"""A file of one's own messages, played by queue against the demo account."""

from collections.abc import Sequence
from pathlib import Path

from chalicelib.capture.intake import conversation_id_of
from chalicelib.clock import utc_now
from infra.console import StopError, say
from infra.demo import Demo, ensure_approved
from infra.feed import feed
from infra.memory import keep, recall
from infra.play import MalformedError, Played, in_waves, native, read_lines, stamped

RETENTION_DAYS = 365  # what an account begins with


def messages_in(path: str) -> tuple[Played, ...]:
    """The messages of the file. Raises StopError with status 2, before anything is sent, if it is not all messages."""
    try:
        with Path(path).expanduser().open("rb") as lines:
            found = tuple(read_lines(lines))
    except OSError as error:
        raise StopError(f"DMS={path} can't be read: {error.strerror}. Name a file of JSON Lines.", 2) from error
    except MalformedError as error:
        count = len(error.faults)
        raise StopError(
            f"{error}\nNothing was sent: {count} lines of {path} can't be played. Mend them first.", 2
        ) from error
    if not found:
        raise StopError(f"There is no message in {path}.", 2)
    return found


def play_file(demo: Demo, messages: tuple[Played, ...]) -> int:
    """1 if any of the messages ended in the dead letters, else 0."""
    path = demo.folder / f"times-{demo.account_id}.json"
    times: dict[str, str] = recall(path)
    played = stamped(messages, times, utc_now())
    keep(path, times)
    sent_at = [one.sent_at for one in played if one.sent_at]
    old = sum((utc_now() - at).days >= RETENTION_DAYS for at in sent_at)
    if old:
        say(f"{old:,} messages are {RETENTION_DAYS} days old or older: an account keeps none so long, nor shows it")
    ensure_approved(demo, min(sent_at))
    say(f"Playing {len(played):,} messages by queue")
    waves = ((native(one, demo.business_id) for one in wave) for wave in in_waves(played))
    dead = feed(demo.stack, waves, len(played))
    if not dead:
        say(f"All {len(played):,} messages are taken in")
        return 0
    told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(dead.items()))
    say(f"{dead.total():,} of {len(played):,} messages ended in the dead letters: {told}")
    return 1


def conversations_of(played: Sequence[Played], account_id: str) -> dict[str, str]:
    """The platform's conversation ids by ours."""
    return {
        conversation_id_of(account_id, "tiktok", one): one
        for one in dict.fromkeys(one.conversation_id for one in played)
    }
