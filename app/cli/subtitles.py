"""`polyforum subtitles check` and `polyforum subtitles convert`: files alone, without a server or a database."""

from collections.abc import Iterable
from pathlib import Path

import click

from app.cli import Refusal, main
from app.languages.formats import checks, intake, profiles, writing
from app.languages.formats.remarks import RefusedError, Remark, Said

_READABLE = click.Path(exists=True, dir_okay=False, allow_dash=True)
_OTHER_SUFFIXES = {"xml": "ttml", "dfxp": "ttml", "webvtt": "vtt", "text": "txt"}
_SAID_BY_CHECKS = (Said.NO_TEXT, Said.OUT_OF_ORDER)


@main.group()
def subtitles() -> None:
    """Files of subtitles: WebVTT, SubRip, TTML and EBU-TT-D, ASS, SBV, plain text."""


@subtitles.command()
@click.argument("files", nargs=-1, required=True, type=_READABLE)
@click.option("--lang", "language", default="", help="The language, as a BCP 47 tag.")
@click.option("--profile", type=click.Choice(list(profiles.PROFILES)), default="netflix", show_default=True)
@click.pass_context
def check(context: click.Context, files: tuple[str, ...], language: str, profile: str) -> None:
    """Says, line by line, what is wrong with files, and what is not as the profile asks.

    Ends with 0 when there is nothing to say, with 1 when there is, and with 2 when a file cannot be read. A dash is
    standard input.
    """
    context.exit(max(_check(file, language, profile) for file in files))


def _check(file: str, language: str, profile: str) -> int:
    try:
        taken = intake.take_in(_bytes(file), language)
    except RefusedError as fault:
        _tell(file, _sentences(fault.remarks))
        click.echo(f"{file}: cannot be read.", err=True)
        return 2
    cues = taken.document.cues
    findings = checks.check(cues, profiles.limits(profile, language), language)
    said = _sentences(remark for remark in taken.remarks if remark.said not in _SAID_BY_CHECKS)
    said += [(cues[finding.at].line, finding.sentence) for finding in findings]
    _tell(file, sorted(said, key=lambda pair: pair[0]))
    click.echo(f"{file}: {len(cues)} cues, {len(said)} warnings ({profiles.PROFILES[profile].name}).", err=True)
    return 1 if said else 0


@subtitles.command()
@click.argument("source", metavar="IN", type=_READABLE)
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--lang", "language", default="", help="The language, as a BCP 47 tag.")
@click.option("--to", "extension", type=click.Choice(list(writing.FORMATS)), help="Needed where OUT does not tell.")
def convert(source: str, target: str, language: str, extension: str | None) -> None:
    """Reads a file in any format and writes it in the one that the ending of OUT names.

    What was repaired or has no place in the other format is told. A dash is standard input, or output.
    """
    extension = extension or _extension(target)
    if extension not in writing.FORMATS:
        raise Refusal(f"{target}: no format that can be written; it ends in one of {', '.join(writing.FORMATS)}.")
    if _is_same(source, target):
        raise Refusal(f"{target}: this is the file that is read; give another name.")
    try:
        taken = intake.take_in(_bytes(source), language, plain_text=_extension(source) == "txt")
    except RefusedError as fault:
        _tell(source, _sentences(fault.remarks), err=True)
        raise Refusal(f"{source}: cannot be read; nothing was written.") from fault
    _tell(source, _sentences(taken.remarks), err=True)
    if writing.loses(taken.document, extension):
        click.echo(f"{target}: settings, styles, names or notes that {extension} cannot say were left out.", err=True)
    found = writing.written(taken.document, extension, language)
    try:
        with click.open_file(target, "wb", atomic=target != "-") as out:
            out.write(found if isinstance(found, bytes) else found.encode())
    except OSError as fault:
        raise Refusal(f"{target}: {fault.strerror}.") from fault
    click.echo(f"{target}: {len(taken.document.cues)} cues.", err=True)


def _bytes(file: str) -> bytes:
    """One more than is read anyway tells that a file is too large, whatever its size."""
    try:
        with click.open_file(file, "rb") as stream:
            return bytes(stream.read(intake.MOST_BYTES + 1))
    except OSError as fault:
        raise Refusal(f"{file}: {fault.strerror}.") from fault


def _extension(file: str) -> str:
    suffix = Path(file).suffix.lower().removeprefix(".")
    return _OTHER_SUFFIXES.get(suffix, suffix)


def _is_same(source: str, target: str) -> bool:
    return "-" not in (source, target) and Path(target).exists() and Path(target).samefile(source)


def _sentences(said: Iterable[Remark]) -> list[tuple[int, str]]:
    return [(remark.line, str(remark.sentence)) for remark in said]


def _tell(file: str, said: Iterable[tuple[int, str]], err: bool = False) -> None:
    for line, sentence in said:
        click.echo(f"{file}:{line}: {sentence}" if line else f"{file}: {sentence}", err=err)
