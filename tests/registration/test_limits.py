"""Nobody hammers the forms; what is refused is refused with a clear page."""

from flask import Flask

from app import create_app
from app.extensions import db
from tests.conftest import settings_of
from tests.factories import make_event
from tests.registration.test_form import GIVEN


def test_a_network_may_send_many_forms_but_few_requests_to_send_again(app: Flask) -> None:
    limited = create_app(settings_of(app, RATELIMIT_ENABLED=True))
    with limited.app_context():
        event = make_event()
        client = limited.test_client()
        address = f"/en/events/{event.slug}/register/"
        assert client.post(address, data=GIVEN).status_code == 302
        answers = [client.post(f"{address}again/").status_code for _ in range(7)]
        assert answers == [302] * 6 + [429]
        answers = [client.post(address, data={}).status_code for _ in range(60)]
        assert answers == [422] * 59 + [429]
        assert "Too many attempts" in client.post(address, data={}).text
        assert client.get(address).status_code == 200
        db.session.remove()
        db.engine.dispose()
