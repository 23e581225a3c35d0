"""The offers under the request form: what can be booked, what is held, what was refused and why."""

from agent_tui.tui.widgets.offer_list.state import OfferKey, OffersState, describe_offer, offer_key, offer_of
from agent_tui.tui.widgets.offer_list.widget import OfferList

__all__ = ["OfferKey", "OfferList", "OffersState", "describe_offer", "offer_key", "offer_of"]
