"""Signing in and out, and one's own account."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.lib.present import page_language
from app.lib.urls import own_path
from app.mail.suppression import allow
from app.people import limits, links, service
from app.people.forms import AccountForm, ChangePasswordForm, LinkForm, NewPasswordForm, SignInForm
from app.people.guard import by_link, current_account, public, signed_in, whoever
from app.people.links import Purpose
from app.people.models import Account

Answer = str | Response | tuple[str, int]

blueprint = Blueprint("people", __name__, template_folder="templates")


@blueprint.route("/sign-in/", methods=["GET", "POST"])
@public
@limits.tries_a_network
@limits.tries_an_address
def sign_in() -> Answer:
    if current_account() is not None and request.method != "POST":
        return redirect(_target())
    form = SignInForm()
    if form.validate_on_submit():
        account = service.by_password(form.email.data or "", form.password.data or "")
        if account is not None:
            return _enter(account, "password", keep=form.keep.data)
        # One answer for a wrong password and an unknown address.
        form.form_errors.append(_("Address and password do not fit together. Check both, or ask for a link."))
    return render_template("people/sign_in.html", form=form, target=_asked_target()), _status(form)


@blueprint.route("/sign-in/link/", methods=["GET", "POST"])
@public
@limits.letters_a_network
@limits.letters_an_address
def ask_link() -> Answer:
    return _ask(Purpose.SIGN_IN, "people/ask_link.html")


@blueprint.route("/sign-in/forgotten/", methods=["GET", "POST"])
@public
@limits.letters_a_network
@limits.letters_an_address
def ask_reset() -> Answer:
    return _ask(Purpose.RESET, "people/ask_reset.html")


def _ask(purpose: Purpose, template: str) -> Answer:
    form = LinkForm()
    if form.validate_on_submit():
        links.send(form.email.data or "", purpose, page_language(), _asked_target())
        db.session.commit()
        return redirect(url_for("people.sent"))
    return render_template(template, form=form, target=_asked_target()), _status(form)


@blueprint.get("/sign-in/sent/")
@public
def sent() -> str:
    return render_template("people/sent.html")


@blueprint.route("/sign-in/link/<token>/", methods=["GET", "POST"])
@by_link
@limits.tries_a_network
def use_link(token: str) -> Answer:
    """The link opens a page with a button: programs that look into letters follow links, but press no buttons."""
    account = links.account_of(token, Purpose.SIGN_IN, Purpose.INVITATION)
    if account is None:
        return _useless_link()
    if request.method != "POST":
        return render_template("people/use_link.html", account=account)
    service.end_sessions(account)
    allow(account.email)  # The letter with the link came.
    return _enter(account, "link")


@blueprint.route("/sign-in/reset/<token>/", methods=["GET", "POST"])
@by_link
@limits.tries_a_network
def reset(token: str) -> Answer:
    account = links.account_of(token, Purpose.RESET)
    if account is None:
        return _useless_link()
    form = NewPasswordForm()
    if form.validate_on_submit():
        service.set_password(account, form.password.data or "")
        allow(account.email)
        flash(_("Your new password is set."))
        return _enter(account, "reset")
    return render_template("people/reset.html", form=form, account=account), _status(form)


def _useless_link() -> Answer:
    return render_template("people/useless_link.html"), 404


@blueprint.post("/sign-out/")
@signed_in
def sign_out() -> Answer:
    logout_user()
    session.clear()
    return redirect(url_for("site.home"))


@blueprint.route("/account/", methods=["GET", "POST"])
@signed_in
def account() -> Answer:
    account = whoever()
    form = AccountForm(obj=account)
    if form.validate_on_submit():
        service.set_facts(account, form.name.data or "", form.language.data, form.zone.data)
        db.session.commit()
        flash(_("Saved."))
        return redirect(url_for("people.account", lang=account.language))
    return render_template("people/account.html", form=form), _status(form)


@blueprint.route("/account/password/", methods=["GET", "POST"])
@signed_in
@limits.tries_a_network
def password() -> Answer:
    account = whoever()
    form = ChangePasswordForm() if account.password_hash else NewPasswordForm()
    if form.validate_on_submit():
        if isinstance(form, ChangePasswordForm) and not service.by_password(account.email, form.present.data or ""):
            form.present.errors = [_("This is not your present password.")]
        else:
            service.set_password(account, form.password.data or "")
            flash(_("Your new password is set. You are signed out everywhere else."))
            return _enter(account, "password", keep=session.permanent, target=url_for("people.account"))
    return render_template("people/password.html", form=form), _status(form)


def _enter(account: Account, way: str, *, keep: bool = False, target: str | None = None) -> Response:
    """Begins a new session as this account. Nothing of the one before stays, least of all its CSRF token."""
    flashes = session.get("_flashes", [])
    session.clear()
    session["_flashes"] = flashes
    session.permanent = keep
    login_user(account)
    service.signed_in(account, way)
    db.session.commit()
    return redirect(target or _target())


def _asked_target() -> str | None:
    return own_path(request.args.get("next"))


def _target() -> str:
    return _asked_target() or url_for("events_manage.home")


def _status(form: SignInForm | LinkForm | NewPasswordForm | AccountForm) -> int:
    return 422 if form.errors else 200
