"""A person at a browser, for the drill: signs in with password and code, fetches a file."""

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class NotSeen(Exception):
    """The house did not answer as it should; the sentence says what was asked for."""


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str


@dataclass
class Visitor:
    """One browser at one host, over plain HTTP to the process behind the proxy."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> Answer:
        """One request, as the proxy passes it on."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Host": self.host,
            "Referer": f"https://{self.host}{path}",
            "X-Forwarded-Proto": "https",
            "Cookie": "; ".join(
                f"{key}={value}" for key, value in self.cookies.items()
            ),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request(method, path, urlencode(data or {}), headers)
            response = connection.getresponse()
            self._keep(response.msg.get_all("Set-Cookie", []))
            return Answer(
                response.status, response.read(), response.headers.get("Location", "")
            )
        finally:
            connection.close()

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value

    def send(self, path: str, **data: str) -> Answer:
        """Opens the form at `path` and sends it. Raises NotSeen when there is none."""
        page = self.ask("GET", path)
        token = TOKEN.search(page.body.decode(errors="replace"))
        if page.status != 200 or not token:
            raise NotSeen(f"{path} shows no form (status {page.status}).")
        return self.ask("POST", path, {"csrfmiddlewaretoken": token[1], **data})

    def sign_in(self, login: str, password: str, code: str) -> None:
        """Password, then the code of the second factor. Raises NotSeen."""
        answer = self.send("/sign-in/", login=login, password=password, stay="0")
        if answer.location.partition("?")[0] != "/sign-in/code/":
            raise NotSeen("The password did not lead to the second factor.")
        answer = self.send("/sign-in/code/", code=code, remember="0")
        if answer.status != 302 or "/sign-in" in answer.location:
            raise NotSeen("The code of the second factor was not taken.")

    def fetch(self, path: str) -> bytes:
        """What lies at an address. Raises NotSeen unless it is there."""
        answer = self.ask("GET", path)
        if answer.status != 200:
            raise NotSeen(f"{path} answers {answer.status} {answer.location}".strip())
        return answer.body
