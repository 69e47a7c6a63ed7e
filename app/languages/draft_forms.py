"""How a draft of subtitles is begun, and a file taken into it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.languages import subtitles
from app.languages.formats.remarks import RefusedError, Remark
from app.languages.forms import LanguageField
from app.languages.models import Linguist, SubtitleDraft
from app.languages.service import subtitles_of
from app.languages.workbench import beginning, drafts
from app.lib.present import language_name
from app.schedule.models import EventSession

EMPTY, TEXT, FILE, PUBLISHED, TRANSLATION = "empty", "text", "file", "published", "translation"
WAYS = {
    EMPTY: _l("Nothing yet"), TEXT: _l("A transcript in plain text"), FILE: _l("A file"),
    PUBLISHED: _l("The published subtitles in this language, to correct them"),
    TRANSLATION: _l("The cues of another draft, to translate them"),
}  # fmt: skip
FORMATS = ".vtt,.srt,.ttml,.dfxp,.xml,.sbv,.ass,.ssa,.txt"


class BeginForm(FlaskForm):
    language = LanguageField(
        _l("Language of the subtitles"), [InputRequired(_l("Choose a language."))],
        render_kw={"list": "languages", "autocomplete": "off"},
    )  # fmt: skip
    way = RadioField(_l("Begin with"), [InputRequired(_l("Choose one."))], default=EMPTY)
    text = TextAreaField(_l("Transcript"), [Optional()], render_kw={"rows": 8})
    file = FileField(
        _l("File"), [Optional()],
        description=_l("WebVTT, SRT, TTML, SBV, ASS or plain text, at most 2 MB."), render_kw={"accept": FORMATS},
    )  # fmt: skip
    source = SelectField(_l("Translate from"), [Optional()], coerce=int)

    def __init__(self, session: EventSession, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session
        self.drafts = {draft.id: draft for draft in drafts.of(session)}
        self.source.choices = [(draft.id, language_name(draft.language)) for draft in self.drafts.values()]
        offered = [way for way in WAYS if way != TRANSLATION or self.drafts]
        if not subtitles_of(session):
            offered.remove(PUBLISHED)
        self.way.choices = [(way, WAYS[way]) for way in offered]
        if not self.drafts:
            del self.source

    def begin(self, by: Linguist) -> SubtitleDraft | None:
        """The draft that was asked for; None when something stands in its way, which the form then says."""
        language, way = self.language.data, self.way.data
        try:
            return self._begin(language, way, by.name)
        except beginning.DraftExistsError:
            self.language.errors = [_("The session has a draft in this language; work on that one.")]
        except RefusedError as refused:
            (self.file if way == FILE else self.text).errors = sentences(refused.remarks)
        return None

    def _begin(self, language: str, way: str, by: str) -> SubtitleDraft | None:
        if way == TEXT:
            return beginning.from_file(self.session, language, (self.text.data or "").encode(), by)
        if way == FILE:
            return beginning.from_file(self.session, language, self.file.data.read() if self.file.data else b"", by)
        if way == PUBLISHED:
            file = subtitles.of(self.session, language)
            if file is None:
                self.way.errors = [_("Nothing is published in this language.")]
                return None
            return beginning.from_published(file, by)
        if way == TRANSLATION:
            return beginning.translation(self.drafts[self.source.data], language, by)
        return beginning.empty(self.session, language, by)


class TakeInForm(FlaskForm):
    file = FileField(
        _l("File"), [FileRequired(_l("Choose a file."))],
        description=_l("WebVTT, SRT, TTML, SBV, ASS or plain text, at most 2 MB. It takes the place of all cues; "
                       "what is there now stays as a revision."), render_kw={"accept": FORMATS},
    )  # fmt: skip


def sentences(remarks: tuple[Remark, ...]) -> list[str]:
    return [sentence(remark) for remark in remarks[:20]]


def sentence(remark: Remark) -> str:
    if not remark.line:
        return str(remark.sentence)
    return str(_("Line %(number)s: %(what)s", number=remark.line, what=remark.sentence))
