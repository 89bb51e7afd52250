"""Which addresses a process and its children listen on, as Linux tells it."""

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"  # TCP_LISTEN, include/net/tcp_states.h


def listening_addresses(process_id: int) -> set[tuple[str, int]]:
    """Host and port of every listening TCP socket of the process and all below it."""
    owned = {inode for one in _family(process_id) for inode in _sockets(one)}
    return {(host, port) for host, port, inode in _listening() if inode in owned}


def _family(process_id: int) -> set[int]:
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    family = {process_id}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _parent(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0


def _sockets(process_id: int) -> Iterator[str]:
    try:
        links = [str(path.readlink()) for path in Path(f"/proc/{process_id}/fd").iterdir()]
    except OSError:
        return
    yield from (link[8:-1] for link in links if link.startswith("socket:["))


def _listening() -> Iterator[tuple[str, int, str]]:
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING:
                host, _, port = fields[1].partition(":")
                yield _host(host), int(port, 16), fields[9]


def _host(text: str) -> str:
    """`127.0.0.1` of 0100007F: words of four bytes, each in the machine's own order."""
    words = [bytes.fromhex(text[place : place + 8]) for place in range(0, len(text), 8)]
    in_order = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    return str(ipaddress.ip_address(in_order))
