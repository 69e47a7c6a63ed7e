"""What is sent is read before the database is asked anything."""

from io import BytesIO

from flask.testing import FlaskClient

from app.extensions import db
from app.languages.models import LinkPurpose
from app.languages.workbench import beginning
from tests.factories import make_event, make_linguist, make_session


class Trickle:
    """A body of which each reading is noted: whether a transaction was open meanwhile."""

    def __init__(self, data: bytes) -> None:
        self.data, self.held = BytesIO(data), list[bool]()

    def read(self, size: int = -1) -> bytes:
        self.held.append(db.session().in_transaction())
        return self.data.read(size)


def test_a_call_that_trickles_in_holds_no_transaction(client: FlaskClient) -> None:
    event = make_event()
    linguist = make_linguist(event)
    draft = beginning.empty(make_session(event), "en", linguist.name)
    path = f"/en/language-team/{linguist.token(LinkPurpose.PAGE)}/subtitles/{draft.id}/cues/"
    db.session.commit()
    body = b'{"at": null, "changes": []}'
    trickle = Trickle(body)
    sent = {"wsgi.input": trickle, "CONTENT_LENGTH": str(len(body))}
    answer = client.post(path, content_type="application/json", environ_overrides=sent)
    assert (answer.status_code, set(trickle.held)) == (200, {False})
