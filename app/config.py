"""Every setting of Polyforum. The only place that reads the environment."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

LANGUAGES = ("en", "ro", "ru")
"""Languages of the interface, as BCP 47 tags; each has a complete catalogue in `translations/`."""


class Config:
    """Flask settings made from environment variables.

    POLYFORUM_HOME    folder of the database, mail, uploads and the embedded broker (`./instance`)
    DATABASE_URL      SQLAlchemy address (`sqlite:///POLYFORUM_HOME/polyforum.db`)
    REDIS_URL         `redis://host:port/0` or `unix:///path` of a Redis or Valkey server (unset: `polyforum run`
                      starts one in POLYFORUM_HOME)
    MAIL_URL          `maildir:PATH` or `smtp://user:password@host:port?tls=starttls|tls|none`
    MAIL_FROM         sender of every letter
    MAIL_RATE         letters a minute of the whole server (0: as many as go)
    MAIL_DOMAIN_RATE  letters a minute to one domain, and to some: `100,gmail.com=60,mail.ru=30` (0: as many as go)
    INBOX_URL         `imaps://user:password@host:port/folder` or `maildir:PATH`: where bounces and replies to
                      MAIL_FROM arrive (unset: nobody reads them). With it each letter has a return address of its
                      own: the local part of MAIL_FROM, `+`, and a mark
    DKIM_KEY          private key for RFC 6376: a file in PEM, or the PEM itself
    DKIM_SELECTOR     name of the key in the DNS of MAIL_FROM's domain
    SECRET_KEY        signs cookies and links (made on the first run, kept in POLYFORUM_HOME)
    BASE_URL          where people reach the site; every link in a letter or feed starts with it
    STORAGE_URL       `file:PATH`, where uploads are kept
    DEFAULT_LANGUAGE  language of the interface when a reader asks for none of ours
    LOG_LEVEL         of the standard library's logging
    RATE_LIMITS       `on` or `off`
    TRUSTED_PROXIES   how many proxies in front set X-Forwarded-For and -Proto (0)
    CAPTION_HOSTS     where captions may be passed on to beside Zoom and YouTube: `host:port`, several with commas
    TRANSLATION_URL   of a LibreTranslate server (https://libretranslate.com), for machine translation of captions
    TRANSLATION_KEY   its API key, if it asks for one
    PORT              of the embedded web server and of the default BASE_URL
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        env = os.environ if environ is None else environ
        self.HOME = Path(env.get("POLYFORUM_HOME", "instance")).resolve()
        self.PORT = int(env.get("PORT", "8000"))
        self.SQLALCHEMY_DATABASE_URI = env.get("DATABASE_URL", f"sqlite:///{self.HOME / 'polyforum.db'}")
        # A fault of the database is logged without what was asked for: a private link, an address of a person.
        self.SQLALCHEMY_ENGINE_OPTIONS = {"hide_parameters": True}
        self.REDIS_URL = env.get("REDIS_URL", "")
        self.MAIL_URL = env.get("MAIL_URL", f"maildir:{self.HOME / 'mail'}")
        self.MAIL_FROM = env.get("MAIL_FROM", "Polyforum <polyforum@localhost>")
        self.MAIL_RATE = int(env.get("MAIL_RATE", "0"))
        self.MAIL_DOMAIN_RATE = env.get("MAIL_DOMAIN_RATE", "")
        self.INBOX_URL = env.get("INBOX_URL", "")
        self.DKIM_KEY = env.get("DKIM_KEY", "")
        self.DKIM_SELECTOR = env.get("DKIM_SELECTOR", "")
        self.SECRET_KEY = env.get("SECRET_KEY") or _kept_secret(self.HOME / "secret-key")
        self.BASE_URL = env.get("BASE_URL", f"http://localhost:{self.PORT}").rstrip("/")
        self.STORAGE_URL = env.get("STORAGE_URL", f"file:{self.HOME / 'uploads'}")
        self.DEFAULT_LANGUAGE = env.get("DEFAULT_LANGUAGE", "en")
        self.TRUSTED_PROXIES = int(env.get("TRUSTED_PROXIES", "0"))
        self.CAPTION_HOSTS = frozenset(filter(None, env.get("CAPTION_HOSTS", "").replace(" ", "").split(",")))
        self.TRANSLATION_URL = env.get("TRANSLATION_URL", "").rstrip("/")
        self.TRANSLATION_KEY = env.get("TRANSLATION_KEY", "")
        self.LOG_LEVEL = env.get("LOG_LEVEL", "INFO")
        self.RATELIMIT_ENABLED = env.get("RATE_LIMITS", "on") != "off"
        # Limits are shared by all web processes; while the broker is away each counts for itself.
        self.RATELIMIT_STORAGE_URI = self.REDIS_URL.replace("unix://", "redis+unix://") or "memory://"
        self.RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True
        if self.DEFAULT_LANGUAGE not in LANGUAGES:
            raise ValueError(f"DEFAULT_LANGUAGE is {self.DEFAULT_LANGUAGE!r}, not one of {', '.join(LANGUAGES)}")

        self.LANGUAGES = LANGUAGES
        self.BABEL_DEFAULT_LOCALE = self.DEFAULT_LANGUAGE
        self.BABEL_TRANSLATION_DIRECTORIES = str(Path(__file__).parent.parent / "translations")
        self.MAX_CONTENT_LENGTH = 16 * 1024 * 1024
        self.MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
        # Links built outside a request (letters) take their host from here, never from a Host header.
        base = urlsplit(self.BASE_URL)
        self.SERVER_NAME = base.netloc
        self.PREFERRED_URL_SCHEME = base.scheme
        self.APPLICATION_ROOT = base.path or "/"
        # Forms on private pages come without a Referer on purpose; their token is checked all the same. It holds as
        # long as the session does, since a form may lie open for hours.
        self.WTF_CSRF_SSL_STRICT = False
        self.WTF_CSRF_TIME_LIMIT = None
        self.SESSION_COOKIE_SECURE = base.scheme == "https"
        self.SESSION_COOKIE_HTTPONLY = True
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.REMEMBER_COOKIE_SECURE = base.scheme == "https"
        self.REMEMBER_COOKIE_HTTPONLY = True
        self.REMEMBER_COOKIE_SAMESITE = "Lax"


def _kept_secret(path: Path) -> str:
    """The secret of this installation, made with the first start and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass  # Another process of the same first start was quicker; its secret is the one.
    return path.read_text()
