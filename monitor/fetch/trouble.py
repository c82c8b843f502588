"""What the engine raises → FetchError. The words are ours or the TLS library's; nothing that a server said is repeated."""

from __future__ import annotations

import errno
import re
import socket
from http import HTTPStatus

import httpx
import pycurl

from monitor.errors import FetchError
from monitor.fetch.transport import BrokenError

ENGINE = (httpx.InvalidURL, httpx.StreamError, BrokenError, pycurl.error, OSError, ValueError)
"""Everything that the engine is known to raise for bad input. ValueError: headers and URLs that can't be put on the wire."""

# Tables by errno: the machine's own trouble, never to be held against an outlet.
_OURS = {
    errno.EMFILE: "too many open files",
    errno.ENFILE: "too many open files on this machine",
    errno.ENOBUFS: "no room for another socket",
    errno.ENOMEM: "out of memory",
    errno.ENETUNREACH: "no route to the internet",
    errno.ENETDOWN: "the network is down",
    errno.EADDRNOTAVAIL: "no local address or port left",
    errno.EACCES: "this machine does not allow the connection",
    errno.EPERM: "this machine does not allow the connection",
}
_THEIRS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ETIMEDOUT: "connection timed out",
    errno.EHOSTUNREACH: "host unreachable",
}
_ROUND_TLS = re.compile(r"^SSL(?: certificate [\w ]+)?: | \(\d+\)$")
_TALKING = frozenset({pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR})
_ANSWERS = {
    pycurl.E_OPERATION_TIMEDOUT: ("connect", "connection timed out"),
    pycurl.E_SSL_CONNECT_ERROR: ("tls", ""),
    pycurl.E_PEER_FAILED_VERIFICATION: ("tls", ""),
    pycurl.E_SSL_CACERT_BADFILE: ("local", "the list of trusted certificates could not be read"),
    pycurl.E_COULDNT_RESOLVE_HOST: ("dns", "no address for that name"),
    pycurl.E_COULDNT_RESOLVE_PROXY: ("local", "the proxy: no address for that name"),
    pycurl.E_GOT_NOTHING: ("protocol", "the server hung up without an answer"),
}
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_NO_RESOLVER = {socket.EAI_AGAIN, socket.EAI_SYSTEM, socket.EAI_MEMORY}


def from_lookup(error: OSError | ValueError) -> FetchError:
    """Say why a name has no address. ValueError: the name can't be one."""
    if not isinstance(error, OSError):
        return FetchError("dns", "not a possible host name", retryable=False)
    if not isinstance(error, socket.gaierror):
        return FetchError("local", _OURS.get(error.errno or 0, "the resolver could not be asked"))
    if error.errno in _NO_SUCH_NAME:
        return FetchError("dns", "no address for that name")
    if error.errno in _NO_RESOLVER:
        return FetchError("local", "the resolver could not be reached")
    return FetchError("dns", "the name could not be resolved")


def proxy_credentials() -> FetchError:
    """Say that a proxy answered 407."""
    return FetchError("local", "the proxy wants other credentials than those in `proxy`")


def from_proxy_lookup(error: FetchError) -> FetchError:
    """Say why the proxy's own name has no address: nothing else is looked up on the way through one."""
    return FetchError("local", f"the proxy: {error.detail}")


def before_answer(error: Exception) -> FetchError:
    """Say why a request got no answer."""
    if isinstance(error, OSError):
        return _connection(error.errno or 0)
    if not isinstance(error, BrokenError):
        # ValueError: a header or an address that can't be put on the wire, now or later
        return FetchError("protocol", "the request could not be sent", retryable=False)
    if error.proxied and (blamed := _proxy(error)):
        return blamed
    if error.code == pycurl.E_COULDNT_CONNECT or (error.code in _TALKING and error.number):
        return _connection(error.number)
    kind, words = _ANSWERS.get(error.code, ("protocol", "the answer is not valid HTTP"))
    return FetchError(kind, words or _tls(error.words))


def in_body(error: Exception) -> FetchError:
    """Say why the body of an answer did not come whole."""
    if isinstance(error, BrokenError) and (error.code == pycurl.E_PARTIAL_FILE or error.number):
        return FetchError("truncated", "the connection broke before the end of the body")
    return FetchError("protocol", "the body is not valid HTTP")


def _connection(number: int) -> FetchError:
    if number in _OURS:
        return FetchError("local", _OURS[number])
    return FetchError("connect", _THEIRS.get(number, "connection failed"))


def _proxy(error: BrokenError) -> FetchError | None:
    """Say what a proxy did not do. Only where it has looked for the outlet itself may the outlet be blamed."""
    if error.tunnel == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return proxy_credentials()
    if error.tunnel >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchError("connect", "the proxy could not connect to the host")
    if error.tunnel >= HTTPStatus.MULTIPLE_CHOICES:
        return FetchError("local", "the proxy does not let the request through")
    if error.code == pycurl.E_COULDNT_CONNECT:
        words = _OURS | _THEIRS
        return FetchError("local", f"the proxy: {words.get(error.number, 'connection failed')}")
    return None


def _tls(words: str) -> str:
    """Give the TLS library's reason alone, without what libcurl puts around it."""
    reason = words.rpartition("::")[2] if "error:" in words else _ROUND_TLS.sub("", words)
    if "subject name" in reason:
        # libcurl repeats what the certificate says
        return "the certificate is another host's"
    return "".join(letter for letter in reason.strip() if letter.isprintable()) or "no secure connection"
