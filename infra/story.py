"""The story: customers of a market write, by signed webhook and by queue, and become leads. Each step is checked."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.capture.intake import conversation_id_of
from chalicelib.clock import parse_written, utc_now, written
from infra.console import StopError, say
from infra.demo import STEP_SECONDS, Demo, ensure_approved, expected
from infra.feed import feed
from infra.leads_center import cards
from infra.leads_work import work_the_leads
from infra.memory import keep, recall
from infra.play import Played, native
from infra.stack import wait_for

EVENT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Chat:
    """A sample conversation as it is played in this run."""

    conversation_id: str  # the platform's
    customer: dict[str, str]
    via: str
    is_new: bool
    messages: tuple[Played, ...]
    contacts: tuple[tuple[str, str], ...]  # kind and value of each contact that has to be found


def play_story(demo: Demo) -> dict[str, str]:
    """How each conversation came, by our id of it. Raises StopError where anything is not as it should be."""
    ensure_approved(demo)
    events = subscribed(demo)
    chats = _chats(demo)
    for chat in chats:
        if chat.via == "webhook":
            for message in chat.messages:
                event, content = _webhook(demo, chat, message)
                expected(demo.stack.webhook(event, content, demo.business_id))
    queued = [
        _named(native(one, demo.business_id), chat) for chat in chats if chat.via == "queue" for one in chat.messages
    ]
    dead = feed(demo.stack, [queued], len(queued))
    if dead:
        raise StopError(f"Messages of the story ended in the dead letters: {dict(dead)}.")
    by_webhook = sum(len(chat.messages) for chat in chats if chat.via == "webhook")
    say(f"Messages: {by_webhook} by signed webhook, {len(queued)} by queue")
    ours = {conversation_id_of(demo.account_id, "tiktok", chat.conversation_id): chat for chat in chats}
    wait_for(lambda: not _differences(demo, ours), STEP_SECONDS, "the leads of the story") if ours else None
    new_lead = next(
        card for card in cards(demo) if card["conversation_id"] in ours and ours[card["conversation_id"]].is_new
    )
    _wait_for_event(demo, events, "lead.created.v1", new_lead["id"])
    captured_in = next(place for place, chat in ours.items() if chat.contacts)
    unmarked = next(place for place, chat in ours.items() if not chat.contacts)
    work_the_leads(demo, captured_in, unmarked)
    return {ours_id: chat.via for ours_id, chat in ours.items()}


def _chats(demo: Demo) -> list[Chat]:
    """The sample's conversations. Those of an earlier run keep their times, so that playing them again adds nothing."""
    path = demo.folder / f"story-{demo.account_id}.json"
    times, run = recall(path), secrets.token_hex(3)
    chats = [_chat(demo.market, one, run, times) for one in demo.sample["conversations"]]
    keep(path, {one.message_id: written(one.sent_at) for chat in chats for one in chat.messages if one.sent_at})
    return chats


def _chat(market: str, sample: Mapping[str, Any], run: str, times: Mapping[str, str]) -> Chat:
    is_new = bool(sample.get("is_new_each_run"))
    customer = {**sample["customer"], "id": f"{sample['customer']['id']}{f'-{run}' if is_new else ''}"}
    conversation_id = base64.b64encode(f"{market}:{customer['id']}".encode()).decode()
    start, messages = utc_now(), []
    for place, said in enumerate(sample["messages"]):
        direction = "inbound" if "customer" in said else "outbound"
        message_id = base64.b64encode(f"{market}:{customer['id']}:{place}".encode()).decode()
        sent_at = parse_written(times[message_id]) if message_id in times else start + timedelta(seconds=place)
        text = next(iter(said.values()))
        messages.append(Played(conversation_id, customer["id"], text, direction, message_id, sent_at))
    contacts = tuple((one["kind"], one["value"]) for one in sample["contacts"])
    return Chat(conversation_id, customer, sample["via"], is_new, tuple(messages), contacts)


def _webhook(demo: Demo, chat: Chat, message: Played) -> tuple[str, dict[str, Any]]:
    """The event and content of the platform's webhook for a message."""
    person = {"id": chat.customer["id"], "role": "personal_account"}
    business = {"id": demo.business_id, "role": "business_account"}
    is_inbound = message.direction == "inbound"
    names = (
        (chat.customer["username"], demo.business_id) if is_inbound else (demo.business_id, chat.customer["username"])
    )
    content = {
        "from": names[0],
        "to": names[1],
        "unique_identifier": chat.customer["id"],
        "from_user": person if is_inbound else business,
        "to_user": business if is_inbound else person,
        "conversation_id": chat.conversation_id,
        "message_id": message.message_id,
        "timestamp": round(message.sent_at.timestamp() * 1000) if message.sent_at else 0,
        "type": "text",
        "text": {"body": message.text},
    }
    return "im_receive_msg" if is_inbound else "im_send_msg", content


def _named(message: dict[str, Any], chat: Chat) -> dict[str, Any]:
    return message | {"customer": {key: chat.customer[key] for key in ("id", "username", "name")}}


def _differences(demo: Demo, ours: Mapping[str, Chat]) -> list[str]:
    """What the Leads Center lacks or has too much of, by conversation."""
    found = {card["conversation_id"]: card for card in cards(demo) if card["conversation_id"] in ours}
    wanted = {place: sorted(chat.contacts) for place, chat in ours.items() if chat.contacts}
    got = {place: sorted((one["kind"], one["value"]) for one in card["contacts"]) for place, card in found.items()}
    got = {place: contacts for place, contacts in got.items() if contacts or ours[place].contacts}  # not marked ones
    return [
        ours[place].customer["username"] for place in wanted.keys() | got.keys() if wanted.get(place) != got.get(place)
    ]


def subscribed(demo: Demo) -> str:
    """The URL of a queue that gets every event of the topic, as an integrator's would."""
    sqs, topic = demo.stack.client("sqs"), demo.stack.outputs["EventsTopicArn"]
    url = str(sqs.create_queue(QueueName="demo-events")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    raw = {"RawMessageDelivery": "true"}
    demo.stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=raw)
    return url


def _wait_for_event(demo: Demo, url: str, kind: str, subject: str) -> None:
    def arrived() -> bool:
        return any((one.get("type"), one.get("subject")) == (kind, subject) for one in received(demo, url))

    wait_for(arrived, EVENT_SECONDS, f"the event {kind} of a new lead")
    say(f"Event: {kind} on the topic")


def received(demo: Demo, url: str) -> Iterator[dict[str, Any]]:
    sqs = demo.stack.client("sqs")
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for one in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            yield json.loads(one["Body"])
