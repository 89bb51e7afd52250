"""A lead and its contact card: the rules, and nothing stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from chalicelib.clock import parse_written, written
from chalicelib.ids import derived_id


class Status(StrEnum):
    RAW = "raw"
    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"
    CONTACTED = "contacted"
    CONVERTED = "converted"


class Source(StrEnum):
    ORGANIC = "organic"
    PAID = "paid"


class Channel(StrEnum):
    DIRECT_MESSAGE = "direct_message"
    LEAD_FORM = "lead_form"
    MANUAL = "manual"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """Where a part of a contact stands: the message, the place in it in code points, the text as typed."""

    conversation_id: str
    message_id: str
    sent_at: datetime
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a contact is on a card: where it was said, what found it, and under which policy."""

    parts: tuple[EvidencePart, ...]
    rule: str
    is_region_assumed: bool
    captured_at: datetime
    application_id: str | None
    policy_sha256: str | None
    rule_set: str

    @property
    def order(self) -> str:
        """By the message that completed the contact: the later evidence is the one that is kept."""
        last = self.parts[-1]
        return f"{written(last.sent_at)}#{last.message_id}"


@dataclass(frozen=True, slots=True)
class Place:
    """One place a contact was found in; superseded where it is a piece of a longer contact, or was misread."""

    evidence: Evidence
    is_superseded: bool = False

    @property
    def order(self) -> tuple[str, int]:
        return self.evidence.order, self.evidence.parts[0].start


# Places kept of one contact, the latest. One is shown; the others stand in for it when it turns out superseded.
KEPT_PLACES = 5


class Origin(StrEnum):
    """How a contact came onto its card."""

    CAPTURED = "captured"  # found in a message, with its places
    TYPED = "typed"  # by a member
    FORM = "form"  # filled in by the customer


@dataclass(frozen=True, slots=True)
class Contact:
    """One phone number (E.164), e-mail address or self-stated name on a card."""

    kind: str
    value: str
    places: tuple[Place, ...] = ()  # latest first; only captured contacts have any
    is_removed: bool = False  # by a member: it is not added again
    is_touched: bool = False  # by a member: capture leaves it as it is
    is_preferred: bool = False  # by a member: the one of its kind that lists show
    origin: Origin = Origin.CAPTURED
    added_at: datetime | None = None  # when it was typed or filled in, and by whom
    added_by: str | None = None
    suggestion: str | None = None  # what a customer who mistyped it probably meant; shown, never taken for it

    @property
    def id(self) -> str:
        return derived_id("con", self.kind, self.value)

    @property
    def evidence(self) -> Evidence | None:
        """Why it is on the card: the latest place where it stands."""
        return next((place.evidence for place in self.places if not place.is_superseded), None)

    @property
    def stands(self) -> bool:
        return not self.is_removed and (self.is_touched or not self.places or self.evidence is not None)

    @property
    def outlives_lead(self) -> bool:
        """Whether a member decided about it: that holds for the customer's next lead, too."""
        return self.is_removed or self.is_touched

    @property
    def order(self) -> tuple[bool, str, str]:
        """The last of a kind by this is the one that lists show: preferred, or else latest."""
        said = self.evidence.order if self.evidence else ""
        added = written(self.added_at) if self.added_at else ""
        return self.is_preferred, max(said, added), self.value


def masked(kind: str, value: str) -> str:
    """The contact with its middle hidden: `+62•••••5571`, `r•••@example.com`, `D•••`.

    Only an address keeps its domain: behind the @ of a name stands whatever its owner likes, a number for one.
    """
    if kind == "phone":
        return f"{value[:3]}•••••{value[-4:]}"
    _, at, domain = value.rpartition("@") if kind == "email" else ("", "", "")
    return f"{value[:1]}•••{at}{domain if at else ''}"


@dataclass(frozen=True, slots=True)
class Touch:
    """An ad or a short link that brought the customer, by the message that told of it."""

    order: str
    source: str  # `ad` or `short_link`
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def at(self) -> datetime:
        return parse_written(self.order.partition("#")[0])


class FormAnswer(Struct, frozen=True):
    field: str
    value: str


class FormEntry(Struct, frozen=True):
    """What a customer filled in, as it was: contacts are made of it, and questions of the business's own stay here."""

    lead_id: str  # the platform's
    submitted_at: datetime
    form_id: str
    form_name: str
    answers: tuple[FormAnswer, ...]
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """What the account keeps about one customer. Its contacts are items of their own."""

    account_id: str
    id: str
    platform: str | None
    customer_id: str | None  # none of who wrote no message: a form, or a lead somebody typed
    customer_username: str | None
    customer_name: str | None
    conversation_id: str | None
    created_at: datetime
    activity: str  # the hour of its last activity
    updated_at: datetime  # when its card last changed
    status: Status = Status.RAW
    status_since: datetime | None = None  # none: since it was created
    source: Source = Source.ORGANIC
    channel: Channel = Channel.DIRECT_MESSAGE
    first_touch: Touch | None = None
    last_touch: Touch | None = None
    assignee: str | None = None
    phone: str | None = None  # what a list shows: the latest standing one of each kind
    email: str | None = None
    name: str | None = None
    typed_name: str | None = None  # by a member: stands before any name the customer stated
    company: str | None = None
    address: str | None = None
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # of the business's own
    form: FormEntry | None = None
    version: int = 1

    def moved_to(self, status: Status, at: datetime) -> "Lead":
        """With another status as of now."""
        return replace(self, status=status, status_since=at)

    def seconds_in_status(self, at: datetime) -> int:
        """How long it has had its status."""
        return max(0, round((at - (self.status_since or self.created_at)).total_seconds()))

    def with_touches(self, touches: Iterable[Touch]) -> "Lead":
        """With what brought the customer: an ad makes the lead paid; a short link is kept but does not.

        First and last touch stay when the ads they are of have expired.
        """
        known = (touch for touch in (self.first_touch, self.last_touch) if touch)
        ads = sorted((touch for touch in (*touches, *known) if touch.source == "ad"), key=lambda touch: touch.order)
        if not ads:
            return self
        return replace(self, source=Source.PAID, first_touch=ads[0], last_touch=ads[-1])

    def with_summary(self, contacts: Iterable[Contact]) -> "Lead":
        """With the latest standing contact of each kind, for lists."""
        shown = {one.kind: one.value for one in sorted(contacts, key=lambda one: one.order) if one.stands}
        name = self.typed_name or shown.get("name")
        return replace(self, phone=shown.get("phone"), email=shown.get("email"), name=name)

    def active_in(self, hour: str) -> "Lead":
        return replace(self, activity=max(self.activity, hour))


NOBODY = "none"  # as a list asks for leads without an assignee


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """Which leads a list shows: those of which everything that is given is so."""

    status: Status | None = None
    assignee: str | None = None  # a member's id, or NOBODY
    source: Source | None = None
    channel: Channel | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None  # this very moment not included
    updated_since: datetime | None = None  # this very moment included
    has_phone: bool | None = None
    has_email: bool | None = None

    def admits(self, lead: Lead) -> bool:
        return (
            self.status in {None, lead.status}
            and self.assignee in {None, lead.assignee or NOBODY}
            and self.source in {None, lead.source}
            and self.channel in {None, lead.channel}
            and (self.created_from is None or lead.created_at >= self.created_from)
            and (self.created_before is None or lead.created_at < self.created_before)
            and (self.updated_since is None or lead.updated_at >= self.updated_since)
            and self.has_phone in {None, lead.phone is not None}
            and self.has_email in {None, lead.email is not None}
        )


@dataclass(frozen=True, slots=True)
class Note:
    """What a member wrote about a lead. Ids are ordered by time (chalicelib/ids.py)."""

    id: str
    text: str
    author: str  # a member's id
    created_at: datetime
    edited_at: datetime | None = None
    version: int = 1


def lead_id_of(account_id: str, platform: str, customer_id: str) -> str:
    """The one lead of this account and customer, whoever asks and however often."""
    return derived_id("led", account_id, platform, customer_id)


def form_lead_id_of(account_id: str, platform: str, form_lead_id: str) -> str:
    """The one lead of this account and form entry, by whatever way and however often the entry comes."""
    return derived_id("led", account_id, platform, "form", form_lead_id)


def merged_contact(standing: Contact | None, found: Contact) -> Contact | None:
    """What a card keeps once a contact was found (again), or None where nothing is to be written.

    The latest places are kept, each with whether it stands there, so that any order of arrival ends alike; what a
    member removed or touched stays as it is.
    """
    if standing is None:
        return found
    if standing.is_removed or standing.is_touched:
        return None
    places = {place.evidence.parts: place for place in standing.places}
    for place in found.places:
        known = places.get(place.evidence.parts, place)
        places[place.evidence.parts] = replace(known, is_superseded=place.is_superseded)
    kept = tuple(sorted(places.values(), key=lambda place: place.order, reverse=True)[:KEPT_PLACES])
    after = replace(standing, places=kept, suggestion=found.suggestion)
    return None if after == standing else after
