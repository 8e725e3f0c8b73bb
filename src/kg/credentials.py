"""Say to another server who asks: a bearer token, or a name and password as it wants them."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import (
    AbstractDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

import urllib3

from kg.errors import BadParameter

__all__ = ["Credentials", "parted"]


class Credentials:
    """What goes into the Authorization field of the next request.

    A name and password are given only to a server that asks for them, and then in its way: Digest
    when it offers that, else Basic.
    """

    def __init__(self, *, token: str | None = None, user: str | None = None) -> None:
        """Keep a bearer token, or NAME:PASSWORD; BadParameter when that has no colon."""
        self._token = token
        self._user = user
        if user and ":" not in user:
            raise BadParameter("--user is NAME:PASSWORD")
        self._asked = ""
        self._digest: AbstractDigestAuthHandler | None = None

    def fields(self, method: str, url: str) -> dict[str, str]:
        """Return the field for a request; none where the server has not asked for a name yet."""
        if self._token:
            return {"Authorization": f"Bearer {self._token}"}
        if not self._user or not self._asked:
            return {}
        if self._digest is None:
            return {"Authorization": urllib3.make_headers(basic_auth=self._user)["authorization"]}
        told = parse_keqv_list([one for one in parse_http_list(self._asked) if "=" in one])
        try:
            found = self._digest.get_authorization(Request(url, method=method), told)
        except ValueError:
            found = None
        return {"Authorization": f"Digest {found}"} if found else {}

    def asked(self, challenge: str | None) -> bool:
        """Take what a 401 says in WWW-Authenticate; say whether the request is worth repeating."""
        if self._token or not self._user:
            return False
        scheme, _, told = (challenge or "Basic").partition(" ")
        known, self._asked = bool(self._asked), told or "Basic"
        if scheme.lower() != "digest":
            return not known
        if self._digest is None:
            name, _, password = self._user.partition(":")
            passwords = HTTPPasswordMgrWithDefaultRealm()
            passwords.add_password(None, "http://", name, password)
            self._digest = _Digest(passwords, name, password)
            return True
        return 'stale="true"' in told.lower() or "stale=true" in told.lower()


class _Digest(AbstractDigestAuthHandler):
    """The one of the standard library, with one name and password for every address."""

    def __init__(
        self, passwords: HTTPPasswordMgrWithDefaultRealm, name: str, password: str
    ) -> None:
        super().__init__(passwords)
        self.passwd = self
        self._pair = name, password

    def find_user_password(self, realm: str, url: str) -> tuple[str, str]:
        """Return the pair for whatever realm and address."""
        return self._pair


def parted(url: str) -> tuple[str, str | None]:
    """Return an address without the name and password in it, and those as NAME:PASSWORD."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    host = parts.netloc.rpartition("@")[2]
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return urlunsplit(parts._replace(netloc=host)), user
