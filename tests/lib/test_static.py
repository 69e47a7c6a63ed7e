"""Static files: kept for ever under an address that names their content; media in parts."""

import re

import pytest
from flask.testing import FlaskClient

from app.lib.http import STATIC_FOLDER

VIDEO = "/static/demo/two-views.webm"


def test_a_player_gets_the_part_that_it_asks_for(client: FlaskClient) -> None:
    answer = client.get(VIDEO, headers={"Range": "bytes=1000-1099"})
    assert answer.status_code == 206
    assert answer.mimetype == "video/webm"
    assert answer.data == (STATIC_FOLDER / "demo/two-views.webm").read_bytes()[1000:1100]


def test_a_file_under_its_stamp_is_kept_for_ever(client: FlaskClient) -> None:
    address = re.search(r'href="(/static/style\.css\?v=\w+)"', client.get("/en/").text)[1]
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/style.css").headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("name", ["../config.py", "nothing.css", "demo", "%2e%2e/config.py"])
def test_nothing_else_is_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404
