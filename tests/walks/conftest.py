"""The walks of the five seeds, each in its own spelling, on both mounts."""

import pytest

from tests import cast
from tests.conftest import Api


class Mounted(Api):
    """The JSON client at one of the two addresses of the API."""

    def __init__(self, mount: str, token: str = "") -> None:
        super().__init__(token)
        self.mount = mount

    def get(self, path: str, **headers: str) -> object:
        return self.client.get(f"{self.mount}{path}", headers=self._all(headers))

    def send(self, method: str, path: str, body: object = None, **headers: str) -> object:
        data = b"" if body is None else body if isinstance(body, bytes) else self.client._encode_json(body, JSON)
        return self.client.generic(method, f"{self.mount}{path}", data, content_type=JSON, headers=self._all(headers))


JSON = "application/json"


@pytest.fixture(params=["/api", "/api/v1"])
def api(request: pytest.FixtureRequest) -> Mounted:
    return Mounted(request.param)


@pytest.fixture
def till(stage: cast.Stage, api: Mounted) -> Mounted:
    return Mounted(api.mount, cast.till(stage))


@pytest.fixture
def moviepass(stage: cast.Stage, api: Mounted) -> Mounted:
    return Mounted(api.mount, cast.moviepass(stage))
