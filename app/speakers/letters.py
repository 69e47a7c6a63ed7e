"""The letter that invites a speaker to edit the profile."""

from flask_babel import gettext as _

from app.extensions import db
from app.lib.present import chosen
from app.lib.urls import absolute
from app.mail.models import Letter
from app.mail.rendering import Content, Stale, compose, renders
from app.people.links import Purpose, address_of_link
from app.speakers.models import Speaker


@renders("speakers.invitation")
def invitation(letter: Letter) -> Content:
    speaker = db.session.get(Speaker, letter.payload["speaker"])
    if speaker is None or speaker.account is None or speaker.account.email != letter.recipient:
        raise Stale("the speaker is gone, or has another address")
    target = absolute("speakers_manage.own_profile", lang=letter.language, event=speaker.event.slug)
    path = target[target.index("/", target.index("//") + 2) :]
    address = address_of_link(speaker.account, Purpose.INVITATION, letter.language, path)
    subject = _("Your profile as a speaker: %(event)s", event=chosen(speaker.event.title))
    reply_to = speaker.event.reply_to or speaker.event.contact_email
    return compose(
        "speakers/letter_invitation", subject, reply_to=reply_to, speaker=speaker, event=speaker.event, address=address
    )
