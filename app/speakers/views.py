"""Pictures of speakers, as everyone sees them."""

from flask import Blueprint, Response, abort, g

from app.lib import storage
from app.people.guard import public

blueprint = Blueprint("speakers", __name__, template_folder="templates")


@blueprint.get("/photos/<key>")
@public
def photo(key: str) -> Response:
    content = storage.read(key) if key.endswith(".webp") else None
    if content is None:
        abort(404)
    response = Response(content, mimetype="image/webp")
    # The key is the hash of the content, so what it names never changes.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    g.cacheable = True
    return response
