"""A browser without scripts: it reads pages, fills in their forms and shows their links."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

ACCEPTED = "text/html,application/xhtml+xml,*/*;q=0.8"


class Browser:
    """What stands on the page where it is; `answer` is how the server answered for that."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def open(self, url: str, **headers: str) -> "Browser":
        """Go to an address, as by a link on another page, and on to where that leads."""
        self._took(self._client.get(url, headers={"accept": ACCEPTED, **headers}))
        return self

    def click(self, words: str, **headers: str) -> "Browser":
        """Press a button; its form is sent as browsers do."""
        action, fields = self.page.buttons[words]
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.url))
        own = {"accept": ACCEPTED, "origin": origin, "sec-fetch-site": "same-origin"}
        navigates = {"sec-fetch-mode": "navigate", **headers}
        self._took(
            self._client.post(urljoin(self.url, action), data=fields, headers={**own, **navigates})
        )
        return self

    def _took(self, answer: httpx.Response) -> None:
        self.steps = [answer.status_code]
        while answer.is_redirect:
            onward = urljoin(str(answer.url), answer.headers["location"])
            assert urlsplit(onward).netloc == urlsplit(str(answer.url)).netloc, onward
            answer = self._client.get(onward, headers={"accept": ACCEPTED})
            self.steps.append(answer.status_code)
        self.url, self.answer, self.page = str(answer.url), answer, Page(answer.text)

    @property
    def text(self) -> str:
        return " ".join(self.page.text.split())


class Page(HTMLParser):
    """Its buttons by their words (address and fields), its links by theirs, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.buttons: dict[str, tuple[str, dict[str, Any]]] = {}
        self.links: dict[str, str] = {}
        self.text = ""
        self.scripts = 0
        self._action, self._open, self._words = "", {}, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.scripts += tag == "script" or any(name.startswith("on") for name in said)
        if tag == "form":
            assert said["method"] == "post"
            self._action = said["action"] or ""
        if tag in ("button", "a", "style", "script"):
            self._open, self._words = {"tag": tag, **said}, ""

    def handle_data(self, data: str) -> None:
        if self._open.get("tag") in ("style", "script"):
            return
        self._words += data
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and "name" in self._open:
            self.buttons[self._words] = (self._action, {self._open["name"]: self._open["value"]})
        if tag == "a":
            self.links[self._words] = self._open["href"]
        if tag == self._open.get("tag"):
            self._open = {}
