"""The dialogs: each asks one thing and is dismissed with the answer, or with None when nothing is to happen."""

from agent_tui.tui.modals.base import Dialog, TextField
from agent_tui.tui.modals.calls import CallItem, CallPick, CallsModal
from agent_tui.tui.modals.choice import ChoiceModal
from agent_tui.tui.modals.confirm import ConfirmModal
from agent_tui.tui.modals.details import DetailsModal
from agent_tui.tui.modals.effect import EffectModal
from agent_tui.tui.modals.fields import Field, FieldsModal
from agent_tui.tui.modals.new_client import NewClientModal
from agent_tui.tui.modals.number import NumberModal
from agent_tui.tui.modals.page import PageModal
from agent_tui.tui.modals.tour import TourModal

__all__ = [
    "CallItem",
    "CallPick",
    "CallsModal",
    "ChoiceModal",
    "ConfirmModal",
    "DetailsModal",
    "Dialog",
    "EffectModal",
    "Field",
    "FieldsModal",
    "NewClientModal",
    "NumberModal",
    "PageModal",
    "TextField",
    "TourModal",
]
