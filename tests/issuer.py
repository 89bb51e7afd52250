"""An OIDC issuer on this machine: it signs tokens and serves its public keys, as the deployment's pool does."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://issuer.example"


class Issuer:
    """Signs with a key of its own; `asked` counts how often its public keys were asked for."""

    def __init__(self, key_id: str = "key-1") -> None:
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self.key_id = key_id
        self.asked = 0
        self.url = ""

    def token(self, subject: str = "admin-1", *groups: str, key_id: str | None = None, **claims: Any) -> str:
        """An access token as Cognito makes them; a claim set to None is left out."""
        now = int(time.time())
        wanted: dict[str, Any] = {
            "iss": ISSUER,
            "sub": subject,
            "exp": now + 600,
            "iat": now,
            "token_use": "access",
            "client_id": "leads-center",
            "cognito:groups": list(groups),
        }
        wanted |= claims
        kept = {name: value for name, value in wanted.items() if value is not None}
        return jwt.encode(kept, self.key, algorithm="RS256", headers={"kid": key_id or self.key_id})

    def jwks(self) -> bytes:
        """The public keys, as `/.well-known/jwks.json` serves them."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return json.dumps({"keys": [key | {"kid": self.key_id, "use": "sig", "alg": "RS256"}]}).encode()


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer whose keys are served on a free port of the loopback interface."""
    issuer = Issuer()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(issuer.jwks())

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    issuer.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
