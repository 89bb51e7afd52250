"""A DM is taken in: stored in its thread and, if it carries a contact, made part of a lead. The story, told once.

Steps of an ordinary DM, each harmless when repeated:
 1. the message is written, unless it is stored;
 2. the conversation's head moves forward;
 3. the first message of an hour is told to the lead, before the head knows of the hour, so that a crash repeats it.

A DM that may hold a contact, a part of one, or tells of an ad, and one that comes late among such, is read with its
thread: head, neighbours and card are read strongly; message, head, lead, contacts and the change they publish are one
transaction, on condition that the head is what was read. Whoever loses reads again.
Downside accepted: such a DM costs about five reads, and two of them at once in one thread make one of them wait.
"""

import random
import time
from dataclasses import replace
from datetime import datetime

from chalicelib.accounts.account import Account
from chalicelib.capture import store
from chalicelib.capture.conversation import Conversation
from chalicelib.capture.extraction import find_contacts, is_possible_part
from chalicelib.capture.message import DirectMessage, Message, SentInFutureError, is_ahead
from chalicelib.capture.reading import LOOK_BACK, LOOK_BACK_TIME, Reading, read
from chalicelib.capture.thread import Thread, change_in, writes_of
from chalicelib.clock import cut_to_milliseconds
from chalicelib.ids import derived_id
from chalicelib.leads import store as leads
from chalicelib.leads.forgetting import remove_rest
from chalicelib.leads.lead import lead_id_of
from chalicelib.table import BusyError, ChangedError, commit, write_one

TRIES = 8  # of a message whose thread others write at the same time
BACK_OFF_SECONDS = 0.02


def take_in(dm: DirectMessage, account: Account, now: datetime) -> None:
    """The DM stands in its thread, and the contacts in it on its customer's card.

    **Repeats**: the same final state however often, in whatever order, and wherever it was cut off.
    **Errors**: SentInFutureError for good; BusyError and whatever AWS raises for now.
    """
    if is_ahead(dm.sent_at, now):
        raise SentInFutureError
    message = _message(dm, account)
    if _concerns_thread(message, account.market):
        _take_in_with_thread(dm, message, account, now)
        return
    write_one(store.add_message(message, account.retention_days))
    if write_one(store.move_forward(message, dm.customer)):
        return
    if _settle_head(dm, message, account, now) and message.is_read:
        _take_in_with_thread(dm, message, account, now)


def conversation_id_of(account_id: str, platform: str, platform_conversation_id: str) -> str:
    """Our id of a platform's conversation: URL-safe, and the same for the same."""
    return derived_id("cnv", account_id, platform, platform_conversation_id)


def _message(dm: DirectMessage, account: Account) -> Message:
    sent_at = cut_to_milliseconds(dm.sent_at)
    is_read = dm.direction == "inbound" and bool(dm.text) and account.capture.reads(sent_at)
    return Message(
        account_id=account.id,
        conversation_id=conversation_id_of(account.id, dm.channel_account.platform, dm.conversation_id),
        message_id=dm.message_id,
        sent_at=sent_at,
        direction=dm.direction,
        message_type=dm.message_type,
        customer_id=dm.customer.id if dm.customer else None,
        text=dm.text,
        referral=dm.referral,
        is_read=is_read,
        is_possible_part=is_read and is_possible_part(dm.text or ""),
    )


def _concerns_thread(message: Message, market: str) -> bool:
    if message.customer_id is None:
        return False
    if message.referral is not None and message.direction == "inbound":
        return True
    return message.is_possible_part or (message.is_read and bool(find_contacts(message.text or "", market)))


def _settle_head(dm: DirectMessage, message: Message, account: Account, now: datetime) -> bool:
    """The head knows of the message; answers whether it came late into a thread that was read for contacts."""
    for attempt in range(TRIES):
        old = store.find_conversation(message.account_id, message.conversation_id)
        head = _head(dm, message, old)
        head = replace(head, lead_id=_lead_of(head, old, account, now))
        if head == old or write_one(store.save_conversation(old, head, account.retention_days)):
            return old is not None and old.version > 0 and old.is_overtaken(message)
        back_off(attempt)
    raise BusyError


def _head(dm: DirectMessage, message: Message, old: Conversation | None) -> Conversation:
    platform = dm.channel_account.platform
    new = Conversation(message.account_id, message.conversation_id, platform, dm.conversation_id)
    return (old or new).with_message(message, dm.customer)


def _lead_of(head: Conversation, old: Conversation | None, account: Account, now: datetime) -> str | None:
    """The conversation's lead, told first of an hour that the head does not know yet."""
    if head.customer_id is None:
        return None
    lead_id = lead_id_of(account.id, head.platform, head.customer_id)
    is_news = head.lead_id is None
    if is_news and not _has_lead(account, lead_id, now):
        return None
    if is_news or old is None or head.activity > old.activity:
        write_one(leads.move_activity_forward(account.id, lead_id, head.activity, account.retention_days, now))
    return lead_id


def _has_lead(account: Account, lead_id: str, now: datetime) -> bool:
    lead = leads.find_lead(account.id, lead_id)
    return lead is not None and not leads.is_expired(lead, account.retention_days, now)


def _take_in_with_thread(dm: DirectMessage, message: Message, account: Account, now: datetime) -> None:
    for attempt in range(TRIES):
        try:
            _commit_with_thread(dm, message, account, now)
        except ChangedError:
            back_off(attempt)
        else:
            return
    raise BusyError


def back_off(attempt: int) -> None:
    time.sleep(random.uniform(0, BACK_OFF_SECONDS * 2**attempt))


def _commit_with_thread(dm: DirectMessage, message: Message, account: Account, now: datetime) -> None:
    old = store.find_conversation(message.account_id, message.conversation_id)
    stored = store.find_message(message.account_id, message.conversation_id, message.order)
    if stored is not None:  # what was processed while capture was off is never captured later
        message = replace(message, is_read=stored.is_read, lead_id=stored.lead_id)
    assert message.customer_id is not None  # noqa: S101 - only messages of a known customer come here
    lead_id = lead_id_of(account.id, dm.channel_account.platform, message.customer_id)
    card = leads.get_living_card(account.id, lead_id, account.retention_days, now)
    thread = Thread(message, stored, old, _head(dm, message, old), _reading(message, account), card, lead_id)
    change = change_in(thread, account, now)
    if change is not None and card.has_remains:
        remove_rest(account.id, lead_id, card.expired)
    writes = writes_of(thread, change, account, now)
    if writes:
        commit(writes)


def _reading(message: Message, account: Account) -> Reading:
    if not message.is_read:
        return Reading()
    return read(message, store.list_read_around(message, LOOK_BACK_TIME, LOOK_BACK), account.market)
