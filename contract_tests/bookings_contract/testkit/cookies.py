"""Cookies, a jar for each caller: what was set for one never goes out with another's request."""

import httpx
from attrs import define, field

# A target that sets more cookies than these, all in all, begins anew.
MOST = 50


@define
class Jars:
    """What a target has set, by the token of the request that it answered."""

    _jars: dict[str, httpx.Cookies] = field(factory=dict)

    def put_into(self, request: httpx.Request) -> None:
        """Sends along what was set for the caller of this request."""
        jar = self._jars.get(_caller(request))
        if jar is not None and "cookie" not in request.headers:
            jar.set_cookie_header(request)

    def take_from(self, response: httpx.Response) -> None:
        """Keeps what is set for the caller who asked."""
        if "set-cookie" not in response.headers:
            return
        if sum(len(jar) for jar in self._jars.values()) >= MOST:
            self._jars.clear()
        jar = self._jars.setdefault(_caller(response.request), httpx.Cookies())
        jar.extract_cookies(response)


def _caller(request: httpx.Request) -> str:
    return str(request.headers.get("authorization", ""))
