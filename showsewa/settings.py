"""All settings. The same code runs everywhere; only the environment differs (the README has the table)."""

import base64
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from showsewa import gateway_settings, party_settings, waiting_settings, wallet_settings
from showsewa.account_settings import *  # noqa: F403 - Django\'s and allauth\'s own names
from showsewa.api_settings import *  # noqa: F403 - DRF's and drf-spectacular's own names

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env("SHOWSEWA_VAR", default=str(BASE_DIR / "var")))

# demo: what `make up` runs. live: refuses every comfort of the other two. test: what pytest runs.
SHOWSEWA_MODE = env("SHOWSEWA_MODE", default="demo")
if SHOWSEWA_MODE not in ("demo", "live", "test"):
    raise ImproperlyConfigured(f"SHOWSEWA_MODE must be demo, live or test, not {SHOWSEWA_MODE!r}.")
IS_LIVE = SHOWSEWA_MODE == "live"

_DEMO_SECRET = "demo-only-secret-that-live-mode-refuses"  # noqa: S105 - refused below
SECRET_KEY = env("SECRET_KEY", default="" if IS_LIVE else _DEMO_SECRET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former ones: what they sealed is still read
PAYMENT_WEBHOOK_SECRET = env("PAYMENT_WEBHOOK_SECRET", default="" if IS_LIVE else _DEMO_SECRET)
# While a secret is being changed, messages signed with the old one still pass.
PAYMENT_WEBHOOK_SECRET_OLD = env("PAYMENT_WEBHOOK_SECRET_OLD", default="")
# Ed25519, 32 bytes in base64; empty: derived from SECRET_KEY. Changing it makes printed tickets unreadable at the door.
TICKET_SIGNING_KEY = env("TICKET_SIGNING_KEY", default="")
DEBUG = env.bool("DEBUG", default=False)
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
WS_URL = env("WS_URL", default="").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_LIVE else ["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Pages may open a websocket from these origins only; "*" in ALLOWED_HOSTS would let any page in.
WS_ORIGINS = env.list("WS_ORIGINS", default=[BASE_URL, BASE_URL.replace("127.0.0.1", "localhost")])
# How many proxies stand in front: only then does X-Forwarded-For say who is calling.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

if TICKET_SIGNING_KEY and len(base64.b64decode(TICKET_SIGNING_KEY)) != 32:
    raise ImproperlyConfigured("TICKET_SIGNING_KEY must be 32 bytes in base64.")

# The gateways a buyer can choose from. "fake" is the test gateway with its own hosted page.
GATEWAYS = env.list("GATEWAYS", default=[] if IS_LIVE else ["fake"])
# The site's own accounts there, and where they are; a cinema's own stand in Admin > Gateway accounts.
GATEWAY_KEYS, GATEWAY_URLS = gateway_settings.read(env, is_live=IS_LIVE)

if IS_LIVE:
    for name, value in {"SECRET_KEY": SECRET_KEY, "PAYMENT_WEBHOOK_SECRET": PAYMENT_WEBHOOK_SECRET}.items():
        if len(value) < 32 or value == _DEMO_SECRET:
            raise ImproperlyConfigured(f"{name} must be set to at least 32 random characters in live mode.")
    if DEBUG:
        raise ImproperlyConfigured("DEBUG must be off in live mode.")
    if "fake" in GATEWAYS:
        raise ImproperlyConfigured("The test gateway must not be on in live mode.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name this site's hosts in live mode.")

INSTALLED_APPS = [
    "showsewa",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "venues",
    "seatsync",
    "bookings",
    "payments",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "showsewa.middleware.RequestId",
    "showsewa.middleware.SignedOut",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "showsewa.middleware.BodyGuard",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "showsewa.middleware.AskedLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "showsewa.middleware.ContentPolicy",
    "showsewa.middleware.AdminPolicy",
    "showsewa.middleware.Refusals",
]

ROOT_URLCONF = "showsewa.urls"
WSGI_APPLICATION = "showsewa.wsgi.application"
ASGI_APPLICATION = "showsewa.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "showsewa.context.site",
            ],
        },
    }
]

# PostgreSQL. Every wait has an end: 3 s for a lock, 5 s for a statement of the web processes.
DATABASES = {"default": env.db("DATABASE_URL", default="postgres://postgres@127.0.0.1:5432/showsewa")}
_waits = {
    "lock_timeout": env.int("LOCK_TIMEOUT_MS", default=3000),
    "statement_timeout": env.int("STATEMENT_TIMEOUT_MS", default=5000),
    "idle_in_transaction_session_timeout": 60_000,
}
_options: dict[str, Any] = {
    "connect_timeout": 3,
    "options": " ".join(f"-c {name}={value}" for name, value in _waits.items()),
    # Prepared statements save a third of the database's CPU. Off behind a transaction pooler that lacks them.
    "server_side_binding": env.bool("DATABASE_PREPARED", default=True),
    "prepare_threshold": 2 if env.bool("DATABASE_PREPARED", default=True) else None,
}
# A web process keeps so many connections whatever becomes of its threads: granian starts one when it needs one more and
# ends it after a quiet time, and a new connection costs the database as much as some sales. Whoever finds the database
# away waits for a second, and the pool gives up soon, for it would else try again ever more seldom.
_pool = env.int("DATABASE_POOL", default=0)
if _pool:
    _options["pool"] = {"min_size": _pool, "max_size": _pool, "timeout": 1, "reconnect_timeout": 2}
DATABASES["default"].update(
    {
        "ENGINE": "django.db.backends.postgresql",
        # Without a pool: each thread keeps its own. The ASGI process asks only through the hub's one thread.
        "CONN_MAX_AGE": 0 if _pool else None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": _options,
    }
)

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_connect_timeout": 1}]},
    }
}

CACHES = {"default": {"BACKEND": "showsewa.caching.Cache", "LOCATION": REDIS_URL, "KEY_PREFIX": "cache"}}
if SHOWSEWA_MODE == "test":
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if SHOWSEWA_MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ne", _("Nepali"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["showsewa.formats"]
TIME_ZONE = "UTC"
# Whose clock the admin shows. Showtimes are told by their cinema's own.
ADMIN_TIME_ZONE = env("ADMIN_TIME_ZONE", default="Asia/Kathmandu")

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static" if IS_LIVE else None  # elsewhere the files are served from where they lie
STATICFILES_DIRS = [BASE_DIR / "static"]
# In demo and test the files are served from where they lie; live collects them (collectstatic).
WHITENOISE_USE_FINDERS = not IS_LIVE
# Each test client has a chain of middleware of its own, and would list all static files before its first request.
WHITENOISE_AUTOREFRESH = SHOWSEWA_MODE == "test"
MEDIA_URL = env("MEDIA_URL", default="media/")
MEDIA_ROOT = VAR / "media"

IS_HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
if IS_HTTPS:  # no subdomain can set these, and no plain page
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "showsewa.problems.csrf_failed"
SECURE_SSL_REDIRECT = IS_HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# Also for names below this site's own. Off where one of those is still served without TLS.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=True)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [
            SELF,
            *([WS_URL] if WS_URL else []),
            *([WS_URL.replace("127.0.0.1", "localhost")] if WS_URL else []),
        ],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Caps before anything is parsed (RELIABILITY R24).
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
BODY_MAX_DEPTH = 20

EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend" if IS_LIVE else "showsewa.mailbox.EmailBackend",
)
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="ShowSewa <tickets@showsewa.example>")
MAILBOX = VAR / "mailbox"
SMS_BACKEND = env("SMS_BACKEND", default="bookings.sms.Console" if IS_LIVE else "bookings.sms.File")

# The sale's own numbers, in decimals, so that a test can run a day in a minute.
SEAT_HOLD_MINUTES = env.float("SEAT_HOLD_MINUTES", default=5)
HOLD_EXTENSION_MINUTES = env.float("HOLD_EXTENSION_MINUTES", default=2)
HOLD_TOTAL_MINUTES = env.float("HOLD_TOTAL_MINUTES", default=20)
BOOKING_EXPIRY_MINUTES = env.float("BOOKING_EXPIRY_MINUTES", default=15)
PAYMENT_GRACE_MINUTES = env.float("PAYMENT_GRACE_MINUTES", default=2)
# How long after its start a payment nobody has told us of is looked up at its gateway for the first time.
PAYMENT_FIRST_LOOK_SECONDS = env.float("PAYMENT_FIRST_LOOK_SECONDS", default=60)
# How long one gateway may keep one run of the look-ups busy; what is left is asked in the next run.
POLL_GATEWAY_SECONDS = env.float("POLL_GATEWAY_SECONDS", default=10)
# A wrong sum on which nobody has decided by then goes back by itself.
CASE_HOURS = env.float("CASE_HOURS", default=24)
# Gift vouchers: the most one is worth, how long it is good, and at least after something came back onto it.
VOUCHER_MOST, VOUCHER_DAYS = env.int("VOUCHER_MOST", default=50_000), env.int("VOUCHER_DAYS", default=365)
VOUCHER_DAYS_AFTER_RETURN = env.int("VOUCHER_DAYS_AFTER_RETURN", default=30)
REMINDER_HOURS = env.float("REMINDER_HOURS", default=3)
CANCEL_UNTIL_HOURS = env.float("CANCEL_UNTIL_HOURS", default=2)
EXCHANGES_PER_BOOKING = env.int("EXCHANGES_PER_BOOKING", default=3)
# [hours before the start, percent given back], the first that applies.
REFUND_TIERS = [[24, 100], [2, 50]]
# What staff may give back of one booking on their password alone, in its cinema's currency.
SECOND_FACTOR_ABOVE = env.int("SECOND_FACTOR_ABOVE", default=10_000)
# A promise whose keeper died is tried again after this; longer than a mail server or a gateway takes to answer.
PROMISE_LEASE_SECONDS = env.float("PROMISE_LEASE_SECONDS", default=60)
# Webhooks: one call, the waits after failed ones (the last is repeated), and how long until one is given up.
WEBHOOK_TIMEOUT_SECONDS = env.float("WEBHOOK_TIMEOUT_SECONDS", default=10)
WEBHOOK_STEPS_SECONDS = env.list(
    "WEBHOOK_STEPS_SECONDS", cast=float, default=[5, 30, 60, 300, 1200, 3600, 14_400, 21_600, 43_200]
)
WEBHOOK_GIVE_UP_HOURS = env.float("WEBHOOK_GIVE_UP_HOURS", default=72)
# This machine itself as a webhook's address, by plain http too: for integrators who try things out. Never in live mode.
WEBHOOKS_TO_LOOPBACK = env.bool("WEBHOOKS_TO_LOOPBACK", default=SHOWSEWA_MODE == "demo")
if IS_LIVE and WEBHOOKS_TO_LOOPBACK:
    raise ImproperlyConfigured("WEBHOOKS_TO_LOOPBACK must be off in live mode.")
ANNOUNCEMENTS_KEPT_DAYS = env.float("ANNOUNCEMENTS_KEPT_DAYS", default=30)
# Companions' seats go to anybody so many minutes before the start, unless the cinema says otherwise; 0: never.
COMPANIONS_UNTIL_MINUTES = env.int("COMPANIONS_UNTIL_MINUTES", default=120)
MAX_SEATS_PER_HOLD = env.int("MAX_SEATS_PER_HOLD", default=10)
MAX_SEATS_AT_COUNTER = env.int("MAX_SEATS_AT_COUNTER", default=50)
MAX_HOLDS_PER_OWNER = env.int("MAX_HOLDS_PER_OWNER", default=2)
WAITING, PARTY = waiting_settings.read(env), party_settings.read(env)
APPLE_WALLET, GOOGLE_WALLET = wallet_settings.read(env)
RATE_LIMIT_PER_MINUTE = env.int("RATE_LIMIT_PER_MINUTE", default=0 if SHOWSEWA_MODE == "test" else 100)
# Wrong guesses on the page that finds a booking by its reference, per address.
LOOKUP_MISSES_PER_MINUTE = env.int("LOOKUP_MISSES_PER_MINUTE", default=0 if SHOWSEWA_MODE == "test" else 10)
# A channel's key sells, reads and administers, each under its own allowance; 0: no limit.
RATE_LIMIT_CHANNEL_PER_MINUTE = env.int("RATE_LIMIT_CHANNEL_PER_MINUTE", default=0 if SHOWSEWA_MODE == "test" else 6000)
RATE_LIMIT_CHANNEL_READ_PER_MINUTE = env.int(
    "RATE_LIMIT_CHANNEL_READ_PER_MINUTE", default=RATE_LIMIT_CHANNEL_PER_MINUTE // 5
)
RATE_LIMIT_CHANNEL_ADMIN_PER_MINUTE = env.int(
    "RATE_LIMIT_CHANNEL_ADMIN_PER_MINUTE", default=RATE_LIMIT_CHANNEL_PER_MINUTE // 50
)
# Different people from one address who may hold seats of one show at a time; mobile networks share addresses.
MAX_HOLDERS_PER_ADDRESS_AND_SHOW = env.int(
    "MAX_HOLDERS_PER_ADDRESS_AND_SHOW", default=30 if RATE_LIMIT_PER_MINUTE else 0
)
# How long the answer to an Idempotency-Key is kept: reports of sales and refunds are repeated days later.
IDEMPOTENCY_HOURS = env.float("IDEMPOTENCY_HOURS", default=24)
IDEMPOTENCY_LONG_HOURS = env.float("IDEMPOTENCY_LONG_HOURS", default=168)
# After this whoever was asking a gateway under a key must be dead: longer than any gateway's time-out.
IDEMPOTENCY_CLAIM_SECONDS = env.float("IDEMPOTENCY_CLAIM_SECONDS", default=20)
PURGE_HOLDS_AFTER_HOURS = env.float("PURGE_HOLDS_AFTER_HOURS", default=24)
RECONCILE_DAYS = env.float("RECONCILE_DAYS", default=1)  # the nightly comparison looks so far back and ahead
KEEP_SALES_FILES_HOURS = env.float("KEEP_SALES_FILES_HOURS", default=24)
KEEP_RECONCILIATIONS_DAYS = env.float("KEEP_RECONCILIATIONS_DAYS", default=90)
ARCHIVE_AFTER_DAYS = env.float("ARCHIVE_AFTER_DAYS", default=30)
# So long after a show, whoever bought for it is forgotten; 18 months.
KEEP_PERSONAL_DAYS = env.float("KEEP_PERSONAL_DAYS", default=548)

# Race tests switch one guard off to prove that it is the guard that holds. Never outside test settings.
UNSAFE = frozenset(env.list("UNSAFE", default=[])) if SHOWSEWA_MODE == "test" else frozenset()

# The desk (Django admin). Simrik red as on the site; its pages are in */admin, its extra styles in css/admin.css.
UNFOLD = {
    "SITE_TITLE": "ShowSewa",
    "SITE_HEADER": "ShowSewa",
    "SITE_SUBHEADER": _("Box office"),
    "SITE_SYMBOL": "theaters",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "STYLES": [lambda request: static("css/admin.css"), lambda request: static("css/conflict-alarm.css")],
    "SCRIPTS": [lambda request: static("js/conflict-alarm.js"), lambda request: static("js/desk-select.js")],
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "showsewa.admin.desk.dashboard",
    "SIDEBAR": {"show_search": True, "navigation": "showsewa.admin.navigation.sidebar"},
    "COLORS": {
        "primary": {
            "50": "#fdf2f2", "100": "#fbe4e5", "200": "#f7cbcf", "300": "#f0a3aa", "400": "#e5717d", "500": "#e0586b",
            "600": "#b5162f", "700": "#9c1028", "800": "#820f24", "900": "#6f1022", "950": "#3d040f",
        }
    },
}  # fmt: skip

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "httpx": {"level": "WARNING"}, "stripe": {"level": "WARNING"}},
}
