"""A witness of what a server writes, and of whom it speaks to, while people talk with it."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TypeAlias

import psutil
from watchfiles import Change, watch

from pipelines.simulation.content import MEDIA, Content

SAMPLE_S = 0.08
"""How often open files and sockets are looked at."""

PEERS_EVERY = 6
"""Looks from one at all connections to the next; new sockets are looked at at once."""

READY_S = 10.0
"""How long a folder may take to be watched."""

STEP_MS, GATHERED_MS = 5, 20
"""How often changes of files are asked for, and how long they are taken together: short, so that a
file which lives for a moment can still be opened."""

MOST_HELD = 400
"""Files that are kept open to be read in the end, even when they are deleted meanwhile."""

BLOCK = 1 << 22
DNS = 53

NO_DISK = ("/memfd:", "/dev/", "/proc/")

Identity: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen.

    `files` were written; `contents` are those of them, and of shared folders, in which marked
    content or any picture or sound was found. `peers` are addresses beyond this machine, and any
    that names are asked of.
    """

    files: tuple[Path, ...]
    contents: tuple[Path, ...]
    peers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    path: Path
    handle: int
    own: bool


@dataclass(frozen=True, slots=True)
class _Notes:
    """What was written so far, the files kept open, and who was spoken to."""

    files: set[Path] = field(default_factory=set)
    held: dict[Identity, _Held] = field(default_factory=dict)
    peers: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def changed(self, path: Path, *, own: bool) -> None:
        """A file of a folder was written, and may be gone."""
        if path.is_dir():
            return
        self.keep(path, own=own)
        if own:
            self.files.add(path)

    def keep(self, path: Path, *, own: bool, via: str | None = None) -> None:
        """Keep a file open: it may be gone before it is read. `via` is where it can be opened."""
        try:
            handle = os.open(via or path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return
        about = os.fstat(handle)
        known = (about.st_dev, about.st_ino)
        with self.lock:
            if (
                stat.S_ISREG(about.st_mode)
                and known not in self.held
                and len(self.held) < MOST_HELD
            ):
                self.held[known] = _Held(path, handle, own)
                return
        os.close(handle)


class Witness:
    """Watches a server and all that it starts, from `start` to `stop`.

    Files are seen in three ways: those that any of the processes holds open for writing, wherever
    they are; every change in `folders`, which must be the server's alone, of files that live for
    20 ms or longer; and, in `shared` folders where others write too, those that hold content. Files
    under `allowed` may be written, but not with content. Not seen are connections that begin and
    end between two looks (`SAMPLE_S`), and what is sent without one.
    """

    def __init__(
        self,
        server: psutil.Process,
        content: Content,
        *,
        folders: Iterable[Path] = (),
        shared: Iterable[Path] = (),
        allowed: Iterable[Path] = (),
    ) -> None:
        self._server, self._content = server, content
        self._folders, self._shared = tuple(folders), tuple(shared)
        self._allowed = tuple(allowed)
        self._notes = _Notes()
        self._before: dict[Path, tuple[int, int, int]] = {}
        self._ending, self._ready = Event(), Event()
        self._threads: tuple[Thread, ...] = ()

    def start(self) -> None:
        """Begin to watch."""
        self._before = _tree((*self._folders, *self._shared))
        self._threads = (
            Thread(target=self._follow, name="witness-files", daemon=True),
            Thread(target=self._sample, name="witness-processes", daemon=True),
        )
        for thread in self._threads:
            thread.start()
        self._ready.wait(READY_S)

    def stop(self) -> Found:
        """End, read everything that was written, and tell what was seen."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        after = _tree((*self._folders, *self._shared))
        for path, about in after.items():
            if self._before.get(path) != about:
                self._notes.changed(path, own=self._is_own(path))
        held = self._notes.held.values()
        open_ones = {one.path for one in held if one.own and os.fstat(one.handle).st_size}
        contents = {one.path for one in held if self._tells(one)}
        files = {path for path in self._notes.files | open_ones if not self._is_allowed(path)}
        return Found(
            tuple(sorted(files | contents)),
            tuple(sorted(contents)),
            tuple(sorted(self._notes.peers)),
        )

    def _follow(self) -> None:
        """Note each change of a file in the folders as it happens."""
        watched = [folder for folder in (*self._folders, *self._shared) if folder.is_dir()]
        if not watched:
            self._ready.set()
            return
        changes = watch(
            *watched,
            watch_filter=None,
            debounce=GATHERED_MS,
            step=STEP_MS,
            stop_event=self._ending,
            rust_timeout=50,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        for change in changes:
            self._ready.set()
            for kind, name in change:
                path = Path(name)
                if kind is not Change.deleted:
                    self._notes.changed(path, own=self._is_own(path))

    def _sample(self) -> None:
        sockets: dict[int, set[str]] = {}
        looks = 0
        while not self._ending.wait(SAMPLE_S):
            looks += 1
            for process in self._family():
                before = sockets.get(process.pid, set())
                sockets[process.pid] = now = self._note_files(process.pid)
                if now - before or looks % PEERS_EVERY == 0:
                    self._note_peers(process)

    def _family(self) -> list[psutil.Process]:
        try:
            return [self._server, *self._server.children(recursive=True)]
        except psutil.Error:
            return []

    def _note_files(self, pid: int) -> set[str]:
        """Note what is open for writing; returns the process's sockets."""
        sockets: set[str] = set()
        for number in _listed(f"/proc/{pid}/fd"):
            via = f"/proc/{pid}/fd/{number}"
            try:
                name = os.readlink(via)
                writes = _flags(f"/proc/{pid}/fdinfo/{number}") & os.O_ACCMODE
            except (OSError, ValueError):
                continue
            if name.startswith("socket:"):
                sockets.add(name)
            # Memory is no disk; /dev/shm can be given as a folder to watch.
            elif writes and name.startswith("/") and not name.startswith(NO_DISK):
                self._notes.keep(Path(name), own=True, via=via)
        return sockets

    def _note_peers(self, process: psutil.Process) -> None:
        try:
            connections = process.net_connections(kind="inet")
        except (psutil.Error, OSError):
            return
        for connection in connections:
            if not connection.raddr:
                continue
            host, port = connection.raddr
            if port == DNS or not _is_this_machine(str(host)):
                self._notes.peers.add(f"{host}:{port}")

    def _is_own(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self._folders)

    def _is_allowed(self, path: Path) -> bool:
        return any(path.is_relative_to(allowed) for allowed in self._allowed)

    def _tells(self, held: _Held) -> bool:
        """Whether a file holds content; closes it."""
        with os.fdopen(held.handle, "rb") as file:
            begin = file.read(BLOCK)
            media = held.own and not self._is_allowed(held.path) and begin.startswith(MEDIA)
            if media or self._content.is_in(begin):
                return True
            overlap = self._content.longest - 1
            tail = begin[-overlap:] if overlap else b""
            while block := file.read(BLOCK):
                if self._content.is_in(tail + block):
                    return True
                tail = block[-overlap:] if overlap else b""
        return False


def _tree(folders: Iterable[Path]) -> dict[Path, tuple[int, int, int]]:
    """Every file under these folders, with what changes when it is written."""
    found: dict[Path, tuple[int, int, int]] = {}
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent, name)
                try:
                    about = path.lstat()
                except OSError:
                    continue
                if stat.S_ISREG(about.st_mode):
                    found[path] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return found


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _flags(path: str) -> int:
    """The flags with which a descriptor was opened."""
    with open(path) as file:
        line = next((line for line in file if line.startswith("flags:")), "flags: 0")
    return int(line.split()[1], 8)


def _is_this_machine(host: str) -> bool:
    address = ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
