"""What a database or a disk complains of, in words that tell its keeper what to do."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError

DAMAGED = (
    "数据仓库的文件已损坏或不是数据仓库。先停下所有任务，留下这个文件，"
    "再用最近的备份恢复：perf-pipeline restore"
)
FULL = "磁盘已满，没有写入任何内容。腾出空间后再运行一次"
READ_ONLY = "数据仓库是只读的，没有写入任何内容。检查文件或账号的权限"
BUSY = "数据仓库正被另一个任务占用，没有写入任何内容。等它结束后再运行一次"
CROWDED = "数据库的连接已用完。稍后再试，或让管理员提高连接数"
STOPPING = "数据库正在停止或重新启动，没有写入任何内容。稍后再运行一次"
FORBIDDEN = (
    "数据库账号没有所需的权限。让管理员授权：perf-pipeline upgrade --role 账号；升级软件后也要"
)
# of a server whose messages are English; the second is what all but a superuser are told
CROWDED_OUT = ("too many clients", "connection slots are reserved", "too many connections for")
SILENT = "the server does not answer any more"  # said by our own connections
UNHEARD = (SILENT, "connection timeout expired")  # the second by psycopg, of a new connection
SILENCE = "数据库没有应答，没有写完的内容没有写入。让管理员检查数据库后再运行一次"
UNMADE = "connection failed: "  # by psycopg, which then knows no state
BROKEN_OFF = "与数据库的连接中断，没有写完的内容没有写入。再运行一次"

SQLITE = {
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CANTOPEN": "数据仓库的文件打不开。检查文件夹是否存在、有没有权限",
}
# by SQLSTATE, or its first two signs for a whole class of them
POSTGRESQL = {
    "53100": FULL,
    "53300": CROWDED,
    "53": "数据库的内存或磁盘不够用，没有写入任何内容。让管理员检查后再运行一次",
    "25006": READ_ONLY,
    "42501": FORBIDDEN,
    "55P03": BUSY,
    "57P": STOPPING,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}


FULL_DISK = "磁盘已满，没有写完：{}。腾出空间后再运行一次"
DISK = {
    errno.ENOSPC: FULL_DISK,
    errno.EDQUOT: FULL_DISK,
    errno.EFBIG: FULL_DISK,  # of what one may fill
    errno.EROFS: "文件夹是只读的，没有写入：{}。检查磁盘或文件夹后再运行一次",
    errno.EACCES: "没有读写的权限：{}。检查文件夹的权限后再运行一次",
    errno.EMFILE: "打开的文件太多，没有完成：{}。让管理员提高限额后再运行一次",
}


def complaint(error: BaseException) -> str | None:
    """Return what a complaint means; None for one that only a fault of ours explains."""
    if isinstance(error, OSError):
        said = DISK.get(error.errno or 0)
        return said.format(error.filename or "文件") if said else None
    if not isinstance(error, DBAPIError):
        return None
    if any(each in str(error.orig) for each in CROWDED_OUT):  # who is not let in is told no state
        return CROWDED
    if any(each in str(error.orig) for each in UNHEARD):
        return SILENCE
    if UNMADE in str(error.orig):  # a password that is refused is no interruption
        if "the database system is" in str(error.orig):
            return STOPPING
        return None if "FATAL" in str(error.orig) else BROKEN_OFF
    name = str(getattr(error.orig, "sqlite_errorname", None) or "")
    state = str(getattr(error.orig, "sqlstate", None) or "")
    known = SQLITE if name else POSTGRESQL
    for code, said in known.items():
        if (name or state).startswith(code):
            return said
    return BROKEN_OFF if error.connection_invalidated else None
