"""Language tags (BCP 47)."""


def base_language(tag: str) -> str:
    """The language of a tag without script, territory or variant: `pt` of `pt-BR`."""
    return tag.split("-")[0].lower()
