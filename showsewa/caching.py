"""Django's cache, which counts allauth's attempts for all processes at once: in Redis, and without it in this process.

A dead Redis must neither keep people from signing in nor open the door to guessing.
"""

import json
import logging
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)


class Json:
    """What is read back from Redis is data, never an object (Django's own way would unpickle it)."""

    def dumps(self, value: Any) -> bytes | int:
        return value if isinstance(value, int) and not isinstance(value, bool) else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class Cache(BaseCache):
    """Only what is asked of it here: get, set, add, delete."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        waits = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "serializer": Json()}
        self._shared = RedisCache(server, params | {"OPTIONS": waits})
        self._own = LocMemCache("showsewa", params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try("get", key, default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._try("set", key, value, timeout, version=version)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._try("add", key, value, timeout, version=version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._try("delete", key, version=version))

    def _try(self, name: str, *given: Any, **named: Any) -> Any:
        try:
            return getattr(self._shared, name)(*given, **named)
        except redis.RedisError as error:
            logger.warning("redis does not answer, counting in this process alone: %s", error)
            return getattr(self._own, name)(*given, **named)
