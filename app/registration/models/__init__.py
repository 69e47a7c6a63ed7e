"""Registrations without accounts, and what belongs to them: a noun a file."""

from app.registration.models.admission import AccessCode, Admission
from app.registration.models.attendance import Attendance, Certificate, Source
from app.registration.models.former import FormerAgendaItem
from app.registration.models.places import Booking, Claim, Places
from app.registration.models.question import Answer, Need, NeedKind, Question, QuestionKind, QuestionOption
from app.registration.models.record import Erasure, Step, Visit
from app.registration.models.registration import (
    HOLDING,
    LASTING,
    AgendaItem,
    Origin,
    Purpose,
    Registration,
    RegistrationLink,
    RegistrationState,
)
from app.registration.models.reply import Answering, MailedEntry, Reply

__all__ = [
    "HOLDING",
    "LASTING",
    "AccessCode",
    "Admission",
    "AgendaItem",
    "Answer",
    "Answering",
    "Attendance",
    "Booking",
    "Certificate",
    "Claim",
    "Erasure",
    "FormerAgendaItem",
    "MailedEntry",
    "Need",
    "NeedKind",
    "Origin",
    "Places",
    "Purpose",
    "Question",
    "QuestionKind",
    "QuestionOption",
    "Registration",
    "RegistrationLink",
    "RegistrationState",
    "Reply",
    "Source",
    "Step",
    "Visit",
]
