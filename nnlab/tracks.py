"""The tracks of the course: folders of lessons and what they are called."""

from __future__ import annotations

from nnlab.i18n import N_, _

TRACKS = {
    "a_foundations": N_("Foundations"),
    "b_training_craft": N_("Training craft"),
    "c_vision": N_("Vision"),
    "d_sequences": N_("Sequences"),
    "e_language": N_("Language"),
    "f_generative": N_("Generative models"),
    "g_beyond": N_("Frontiers"),
}


def track_title(track: str) -> str:
    """The track's name; a pack of one's own is called by its folder."""
    if track in TRACKS:
        return _(TRACKS[track])
    return track.partition("_")[2].replace("_", " ") or track
