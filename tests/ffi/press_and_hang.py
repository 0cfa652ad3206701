"""A process of its own that presses SOS and then lives on, to be killed: press_and_hang.py FOLDER URL. Prints the
alert's id once `press` has returned."""

import signal
import sys

from phone import TAIPEI, Phone
from sos_mobile_bridge import Trigger

phone = Phone(sys.argv[2], sys.argv[1])
pressed = phone.bridge.press(Trigger.HOLD, TAIPEI, text="Cứu tôi")
assert pressed.saved
print(pressed.alert_id, flush=True)
signal.pause()
