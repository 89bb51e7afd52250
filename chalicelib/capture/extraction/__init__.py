"""Text in, contacts out: phone numbers and e-mail addresses that customers leave in chat.

A leaf: nothing in here knows of storage, accounts or the rest of this project.
"""

from chalicelib.capture.extraction.contact import RULE_SET, Contact, Kind, Part
from chalicelib.capture.extraction.finder import find_contacts
from chalicelib.capture.extraction.gate import is_possible_part
from chalicelib.capture.extraction.thread import find_contacts_in_thread

__all__ = [
    "RULE_SET",
    "Contact",
    "Kind",
    "Part",
    "find_contacts",
    "find_contacts_in_thread",
    "is_possible_part",
]
