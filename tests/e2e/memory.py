"""Searching the memory of a running process for secrets (Linux: proc(5), maps and mem)."""

import re

LINE = re.compile(r"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) (?P<may>\S+) \S+ \S+ (?P<inode>\d+) *(?P<name>.*)$")


def forms(text) -> dict:
    """A password as our programs and those of others write it."""
    return {name: text.encode(name) for name in ("utf-8", "utf-16-be", "utf-16-le")}


def places(process, secrets) -> list:
    """Where the secrets lie, as pairs of form and mapping. Files that were never written to are left out."""
    found, size = [], 0
    with open(f"/proc/{process}/maps", encoding="utf-8") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in maps:
            mapping = LINE.match(line.rstrip("\n"))
            may, name = mapping["may"], mapping["name"]
            if not may.startswith("r") or name.startswith("[v") or (mapping["inode"] != "0" and may[1] != "w"):
                continue
            start, end = int(mapping["start"], 16), int(mapping["end"], 16)
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                # Gone since the list was read.
                continue
            size += len(content)
            for form, secret in secrets.items():
                found += [(form, name or "memory without a name")] * content.count(secret)
    assert size > 0, f"nothing of process {process} could be read"
    return found
