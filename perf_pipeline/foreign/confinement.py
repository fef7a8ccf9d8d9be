"""What a reader's process may not do: grow, run on, write, start another process, use the network.

Limits of memory, processor time and file size are the system's own (setrlimit) and always hold.
Where the kernel has them, Landlock forbids every change of a file, every program and every TCP
connection, and a network namespace of its own leaves the process without a network; where it has
not, the limits stay. Started by root it becomes nobody, who may read and nothing else. Where
libseccomp is installed (Debian's apt needs it) the system refuses what no reader asks for: other
processes, sockets, rights and times of files, the machine itself.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from contextlib import suppress

MEMORY = 1024**3  # bytes beyond what the reader's own code needs
_OPEN_FILES = 64

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
_WRITES = 0b1_1111_1111_0011  # of the first version: execute, write, remove, make; not read
_TRUNCATE, _REFER = 1 << 14, 1 << 13
_TCP = 0b11

_KEEP_CAPABILITIES, _CAPSET_VERSION = 8, 0x20080522
_WRITE_ANYWHERE, _READ_SEARCH = 1 << 1, 1 << 2
_NOBODY = 65534
_SECCOMP = "libseccomp.so.2"
_ALLOW, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026  # EPERM, ENOSYS
_OTHER_THAN, _MASKED = 1, 7  # how an argument is compared
_THREAD = 0x10000
_FORBIDDEN = (
    "execve execveat fork vfork ptrace process_vm_readv process_vm_writev pidfd_open "
    "pidfd_getfd pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo tkill socket socketpair "
    "connect bind listen chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime "
    "utimes futimesat utimensat setxattr lsetxattr fsetxattr setxattrat removexattr "
    "lremovexattr fremovexattr removexattrat mount umount2 pivot_root chroot unshare setns "
    "open_by_handle_at fsopen move_mount open_tree bpf perf_event_open userfaultfd "
    "io_uring_setup add_key request_key keyctl personality init_module finit_module "
    "delete_module kexec_load kexec_file_load reboot swapon swapoff acct settimeofday "
    "clock_settime clock_adjtime adjtimex sethostname setdomainname iopl ioperm setuid setgid "
    "setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset setpriority "
    "ioprio_set process_madvise process_mrelease migrate_pages move_pages kcmp"
)
_OF_ITSELF = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
# to whom, and which, signals a file sends: fcntl's F_SETOWN, F_SETSIG, F_SETOWN_EX, ioctl's two
_SIGNALS = {"fcntl": (8, 10, 15), "ioctl": (0x8901, 0x8902)}


def confine() -> None:
    """Take rights from this process, for good."""
    _without_network()
    _as_nobody()
    die_with_parent()  # a change of user forgets it
    _without_writing()
    grown = (_pages(0) or MEMORY // 2) + MEMORY
    _limit(resource.RLIMIT_AS, grown)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _without_calls()  # a limit of processes is one of threads, which Parquet needs


def end_after(seconds: int) -> None:
    """End this process when it has worked so many seconds more, by the processor's clock."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ends = int(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ends, hard))


def more_seconds(seconds: int) -> None:
    """Let a reader that came further work so much longer; whoever has no limit keeps none."""
    ends, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if ends != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (ends + seconds, hard))


def die_with_parent() -> None:
    """Let the system end this process when the one that started it ends (Linux)."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, 9, 0, 0, 0)


def _limit(kind: int, most: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


def resident() -> int:
    """Return how many bytes of memory this process holds; 0 where the system does not tell."""
    return _pages(1) or 0


def _pages(which: int) -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[which]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def _without_network() -> None:
    with suppress(AttributeError, OSError):
        system = ctypes.CDLL(None)
        if system.unshare(_NEW_NETWORK) != 0:
            system.unshare(_NEW_USER | _NEW_NETWORK)


def _without_writing() -> None:
    with suppress(AttributeError, OSError):
        system = ctypes.CDLL(None, use_errno=True)
        version = system.syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
        if version < 1:
            return
        files = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
        handled = struct.pack("QQ", files, _TCP) if version >= 4 else struct.pack("Q", files)
        rules = system.syscall(_LANDLOCK_CREATE, handled, len(handled), 0)
        if rules < 0:
            return
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        system.syscall(_LANDLOCK_RESTRICT, rules, 0)
        os.close(rules)


def _as_nobody() -> None:
    """Where root started this, be nobody, who reads whatever root would.

    In a container root may lack the right to read everything, and have that to write everything.
    """
    with suppress(AttributeError, OSError):
        system, version = ctypes.CDLL(None), struct.pack("Ii", _CAPSET_VERSION, 0)
        held = ctypes.create_string_buffer(24)
        if os.geteuid() != 0 or system.capget(version, held) != 0:
            return
        may = struct.unpack("6I", held.raw)[1]
        kept = may & _READ_SEARCH or may & _WRITE_ANYWHERE
        if kept:
            system.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        system.capset(version, struct.pack("6I", kept, kept, 0, 0, 0, 0))


class _Compared(ctypes.Structure):
    """What an argument of a call is compared with (struct scmp_arg_cmp)."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def _without_calls() -> None:
    """Let the system refuse calls that no reader has a use for; threads and own signals stay."""
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(_SECCOMP)
        library.seccomp_init.restype = ctypes.c_void_p
        rules = ctypes.c_void_p(library.seccomp_init(_ALLOW))

        def refuse(name: str, answer: int = _REFUSE, *when: _Compared) -> None:
            number = library.seccomp_syscall_resolve_name(name.encode())
            compared = (_Compared * len(when))(*when)
            library.seccomp_rule_add_array(rules, answer, number, len(when), compared)

        for name in _FORBIDDEN.split():
            refuse(name)
        refuse("clone3", _UNKNOWN)  # whoever asks for a thread asks clone then
        refuse("clone", _REFUSE, _Compared(0, _MASKED, _THREAD, 0))
        for name in ("kill", "tgkill"):
            refuse(name, _REFUSE, _Compared(0, _OTHER_THAN, os.getpid(), 0))
        for name in _OF_ITSELF.split():
            refuse(name, _REFUSE, _Compared(0, _OTHER_THAN, 0, 0))
        for name, orders in _SIGNALS.items():
            for order in orders:
                refuse(name, _REFUSE, _Compared(1, _MASKED, 0xFFFFFFFF, order))
        library.seccomp_load(rules)
        library.seccomp_release(rules)
