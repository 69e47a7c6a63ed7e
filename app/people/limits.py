"""How often somebody may try: from one network, and for one address."""

import ipaddress

from flask import Response, request
from flask_limiter.util import get_remote_address

from app.extensions import limiter
from app.people.addresses import InvalidAddress, normal_address


def network() -> str:
    """The sender's IPv4 address or IPv6 /64, which is what one household or cloud customer gets."""
    sender = get_remote_address()
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender
    return sender if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def written_address() -> str:
    """The address that the form is about, so that a crowd of machines cannot share out the guessing."""
    try:
        return normal_address(request.form.get("email", ""))
    except InvalidAddress:
        return network()


def _failed(response: Response) -> bool:
    return response.status_code == 422


# Who signs in rightly uses nothing up, so a class room behind one address gets in; the mailed link stays open to an
# account whose password somebody else is guessing at.
tries_a_network = limiter.limit("30 per 5 minutes", key_func=network, methods=["POST"], deduct_when=_failed)
tries_an_address = limiter.limit("10 per 15 minutes", key_func=written_address, methods=["POST"], deduct_when=_failed)
letters_a_network = limiter.limit("20 per hour", key_func=network, methods=["POST"])
letters_an_address = limiter.limit("5 per hour", key_func=written_address, methods=["POST"])
