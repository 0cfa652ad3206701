"""The generated side as an app uses it: a bridge, and a listener that keeps what it was told."""

import threading

from sos_mobile_bridge import Fix, FixSource, SosBridge, SosConfig, SosEvent, SosListener
from wait import LIMIT_S

TAIPEI = Fix(lat=25.0478, lon=121.5170, accuracy_m=9.0, source=FixSource.GPS)


class Told(SosListener):
    """What the bridge said, in its order."""

    def __init__(self):
        self.changed = threading.Condition()
        self.events = []
        self.threads = set()

    def on_event(self, event):
        with self.changed:
            self.events.append(event)
            self.threads.add(threading.get_ident())
            self.changed.notify_all()

    def first(self, what, kind, wanted=lambda event: True):
        """The first event of `kind` that is `wanted`, past or to come."""

        def look():
            return next((e for e in self.events if isinstance(e, kind) and wanted(e)), None)

        with self.changed:
            if not self.changed.wait_for(look, LIMIT_S):
                raise AssertionError(f"waited in vain: {what}; told so far: {self.events}")
            return look()

    def receipt(self, alert_id, stage):
        wanted = lambda event: event.receipt.alert_id == alert_id and event.receipt.stage == stage
        return self.first(f"the receipt {stage}", SosEvent.RECEIPT_CAME, wanted).receipt

    def accepted(self, id_):
        return self.first(f"{id_} accepted", SosEvent.ACCEPTED, lambda event: event.id == id_)


class Phone:
    """A phone in the hand; what is in `folder` stays when it is switched off."""

    def __init__(self, url, folder, signer=None, roots=None):
        self.told = Told()
        config = SosConfig(
            data_folder=folder,
            gateway_url=url,
            app_version="tests",
            device_model="simulated phone",
            trusted_roots_pem=roots,
        )
        self.bridge = SosBridge.open(config, self.told, signer)

    def off(self):
        self.bridge.shut_down()
