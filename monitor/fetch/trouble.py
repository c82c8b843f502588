"""What the engine raises → FetchError. The words are ours or the TLS library's; nothing that a server said is repeated."""

from __future__ import annotations

import errno
import socket
import ssl
from http import HTTPStatus

import aiohttp
import httpx
from aiohttp.http_exceptions import HttpProcessingError

from monitor.errors import FetchError

ENGINE = (httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, HttpProcessingError, OSError, ValueError)
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
    if isinstance(error, aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError):
        return _proxy(error)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _tls(error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return _tls(error.os_error)
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ConnectionError) and not error.errno:
        # asyncio's own words, without an errno, for a handshake that the other side left; the alert with the reason is lost
        return FetchError("tls", "the server broke off the TLS handshake")
    if isinstance(error, OSError):  # ServerTimeoutError is one, too: TimeoutError is
        return _connection(error)
    return _protocol(error)


def in_body(error: Exception) -> FetchError:
    """Say why the body of an answer did not come whole."""
    if isinstance(error, aiohttp.ClientPayloadError | OSError | aiohttp.ServerDisconnectedError):
        return FetchError("truncated", "the connection broke before the end of the body")
    return FetchError("protocol", "the body is not valid HTTP")


def _connection(error: OSError) -> FetchError:
    if isinstance(error, TimeoutError):
        return FetchError("connect", "connection timed out")
    number = error.errno or 0
    if number in _OURS:
        return FetchError("local", _OURS[number])
    return FetchError("connect", _THEIRS.get(number, "connection failed"))


def _proxy(error: aiohttp.ClientProxyConnectionError | aiohttp.ClientHttpProxyError) -> FetchError:
    """Say what a proxy did not do. Only where it has looked for the outlet itself may the outlet be blamed."""
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        words = _OURS | _THEIRS
        return FetchError("local", f"the proxy: {words.get(error.errno or 0, 'connection failed')}")
    if error.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return proxy_credentials()
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchError("connect", "the proxy could not connect to the host")
    return FetchError("local", "the proxy does not let the request through")


def _protocol(error: BaseException) -> FetchError:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return FetchError("protocol", "the server hung up without an answer")
    if isinstance(error, aiohttp.ClientResponseError | HttpProcessingError):
        return FetchError("protocol", "the answer is not valid HTTP")
    # ValueError, aiohttp's InvalidURL among them: a header or an address that can't be put on the wire, now or later
    return FetchError("protocol", "the request could not be sent", retryable=not isinstance(error, ValueError))


def _tls(error: BaseException) -> FetchError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return FetchError("tls", error.verify_message.rstrip(".") or "certificate not trusted")
    if isinstance(error, ssl.SSLError) and error.reason:
        return FetchError("tls", error.reason.lower().replace("_", " "))
    return FetchError("tls", "no secure connection")
