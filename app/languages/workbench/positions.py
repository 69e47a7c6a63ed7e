"""The order of cues. An editor puts a new cue halfway between its neighbours; when the halves run out, all move apart.

Two editors who put one at the same place at the same moment give both the same position: the first one stays first.
"""

from itertools import pairwise

import sqlalchemy as sa

from app.extensions import db
from app.languages.models import DraftCue, SubtitleDraft
from app.languages.workbench.contents import SPACING

LEAST = 2.0**-12
"""Between neighbours. A number of this size keeps it apart up to some billion cues."""


def keep_apart(draft: SubtitleDraft, taken: list[float], version: int) -> bool:
    """Numbers all cues anew when one of the positions just `taken` is too near to its neighbour's."""
    near = db.session.scalars(
        sa.select(DraftCue.position)
        .where(
            DraftCue.draft_id == draft.id, DraftCue.is_gone.is_(False),
            DraftCue.position.between(min(taken) - LEAST, max(taken) + LEAST),
        )
        .order_by(DraftCue.position)
    ).all()  # fmt: skip
    if all(right - left >= LEAST for left, right in pairwise(near)):
        return False
    order = sa.func.row_number().over(order_by=(DraftCue.position, DraftCue.id))
    numbered = sa.select(DraftCue.id, (order * SPACING).label("position")).where(DraftCue.draft_id == draft.id)
    anew = numbered.subquery()
    db.session.execute(
        sa.update(DraftCue)
        .where(DraftCue.id == anew.c.id)
        .values(position=anew.c.position, version=version)
        .execution_options(synchronize_session=False)
    )
    return True
